/** The correct configuration that every mutant starts from: something of everything. */

import type { StackInput } from "../../tasks/stack.ts";

/** A fresh copy of it. */
export function baseInput(): StackInput {
  return structuredClone(BASE);
}

const BASE: StackInput = {
  locale: "en",
  services: { cadvisor: true },
  hosts: [
    { name: "localhost" },
    { name: "web-1", address: "10.0.0.7:9100", labels: { team: "web" } },
    { name: "db-1", address: "10.0.0.8:9100", labels: { role: "database" } },
  ],
  jobs: [{ name: "api", targets: ["10.0.0.7:8000"], labels: { team: "web" } }],
  probes: [
    { name: "site", kind: "http", target: "https://example.org/" },
    { name: "mail", kind: "tcp", target: "mail.example.org:465", tls: true },
  ],
  rules: {
    HostMemoryHigh: { hosts: [{ matchers: ['role="database"'], threshold: 95 }] },
  },
  recordings: [{ record: "job:node_load1:max", expr: "max by (job, instance) (node_load1)" }],
  alerts: [
    {
      alert: "LoadOnWeb",
      expr: 'job:node_load1:max{instance="web-1"} > 12',
      for: "10m",
      severity: "warning",
      labels: { team: "web" },
      summary: "{{ $labels.instance }} has much to do",
      description: "Load {{ $value | humanize }} on {{ $labels.instance }}.",
      dashboard: { uid: "vigie-host", variables: ["instance"] },
    },
  ],
  notify: {
    receivers: {
      console: [{ kind: "console" }],
      web: [{ kind: "console" }],
      oncall: [{ kind: "ntfy", topic: "oncall" }],
      night: [{
        kind: "email",
        via: "alertmanager",
        to: "night@example.org",
        from: "vigie@example.org",
        smarthost: "localhost:25",
        tls: false,
      }],
    },
    receiver: "console",
    severities: { critical: "oncall" },
    teams: { web: "web" },
    bypass: "night",
  },
};
