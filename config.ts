/**
 * The one file to edit. Every key has a default; your editor completes and explains them.
 * After a change: `deno task check`, then `deno task up` applies it to the running stack.
 */
import { defineStack } from "vigie";

export default defineStack({
  name: "vigie",
  locale: "fr", // language of alerts and dashboards: "fr" or "en"
  engine: "auto", // "docker", "local", or "auto": Docker when it answers

  scrape: { interval: "15s", timeout: "10s" },
  evaluation: { interval: "15s" },
  retention: { time: "15d", size: "5GB" }, // whichever is reached first

  hosts: [
    { name: "localhost" }, // this machine: the stack runs its node exporter
    // { name: "web-1", address: "10.0.0.7:9100", labels: { team: "web" } },
  ],

  jobs: [
    // { name: "api", targets: ["10.0.0.7:8000"] },
  ],

  probes: [
    // { name: "site", kind: "http", target: "https://example.org/" },
  ],

  thresholds: {
    cpu: 90, // percent busy, for 15 minutes
    memory: 90, // percent used, for 15 minutes
    diskFreeWarning: 10, // percent free
    diskFreeCritical: 5,
  },

  notify: {
    receivers: {
      console: [{ kind: "console" }], // printed by the webhook: `deno task logs webhook`
    },
    receiver: "console", // who is told, unless a route below says otherwise
    routes: [
      // { matchers: ['severity="critical"'], receiver: "oncall" },
    ],
  },

  rules: { // what is different about an alert: its line, its severity, its words; docs/alerts.md has them all
    // HostMemoryHigh: { hosts: [{ matchers: ['role="database"'], threshold: 97 }] },
  },
});
