import { defineStack } from "vigie";

export default defineStack({
  bind: "10.0.0.7",
  tls: { mode: "acme", email: "ops@example.org" },
  entry: { layout: "hosts", aliases: ["10.0.0.7"] },
});
