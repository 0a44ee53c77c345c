import { defineStack } from "vigie";

export default defineStack({
  name: "My Shop",
  retenton: { time: "15d" },
  scrape: { interval: "15 seconds" },
  hosts: [{ name: "web-1", address: "10.0.0.7:9100", label: { team: "web" } }],
  notify: { routes: [{ matchers: ["severity=critical"] } as never] },
});
