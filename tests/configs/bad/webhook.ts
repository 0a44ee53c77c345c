import { defineStack } from "vigie";

export default defineStack({
  webhook: {
    timezone: "Europe/Pari",
    externalUrl: "alerts.example.org",
    retention: { age: "long" },
    limits: { body: "32", connections: 0, requests: 1.5 },
    flapping: { changes: 2, quite: "5m" } as never,
    watchdog: { receiver: "nobody" },
    heartbeat: { url: "https://hc.example.org/not-to-be-shown" } as never,
    port: 9094,
  } as never,
});
