import assert from "node:assert/strict";
import { instancesOnHosts } from "./on_hosts.ts";
import { measure } from "./testing/example.ts";

Deno.test("instancesOnHosts finds the targets and probes at the address of a host", () => {
  const on = instancesOnHosts(measure({
    hosts: [
      { name: "localhost" },
      { name: "web-1", address: "10.0.0.7:9100" },
      { name: "web-2", address: "Web-2.example.org" },
      { name: "db-1", address: "[fd00::7]:9100" },
      { name: "behind-1", address: "gate:9101" },
      { name: "behind-2", address: "gate:9102" },
    ],
    jobs: [
      { name: "api", targets: ["10.0.0.7:8000", "10.0.0.70:8000", "web-2.example.org:80", "127.0.0.1:8000"] },
      { name: "named", targets: ["10.0.0.7:8001"], labels: { instance: "web-1" } },
      { name: "gate", targets: ["gate:8000"] },
    ],
    probes: [
      { name: "site", kind: "http", target: "https://10.0.0.7/health" },
      { name: "database", kind: "http", target: "http://[fd00::7]:5432/" },
      { name: "mail", kind: "tcp", target: "web-2.example.org:25" },
      { name: "ping", kind: "icmp", target: "10.0.0.7" },
      { name: "elsewhere", kind: "icmp", target: "10.0.0.1" },
    ],
  }));
  assert.deepEqual(on, {
    "web-1": ["10.0.0.7:8000", "site", "ping"],
    "web-2": ["web-2.example.org:80", "mail"],
    "db-1": ["database"],
    // One address of two hosts does not say which of them is meant.
    "behind-1": [],
    "behind-2": [],
  });
});
