import { defineStack } from "vigie";

export default defineStack({
  services: { "node-exporter": false, blackbox: false },
  probes: [{ name: "site", kind: "http", target: "https://example.org/" }],
});
