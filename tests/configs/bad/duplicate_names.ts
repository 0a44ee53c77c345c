import { defineStack } from "vigie";

export default defineStack({
  hosts: [{ name: "web-1" }, { name: "web-1", address: "10.0.0.7" }, { name: "this-too" }],
  jobs: [
    { name: "api", targets: ["10.0.0.7:8000"] },
    { name: "api", targets: ["10.0.0.8:8000"] },
    { name: "node", targets: ["10.0.0.9:9100"] },
    { name: "empty" },
  ],
  probes: [
    { name: "site", kind: "http", target: "https://example.org/" },
    { name: "site", kind: "icmp", target: "example.org" },
  ],
});
