import { defineStack } from "vigie";

export default defineStack({
  hosts: [
    { name: "db-1", address: "10.0.0.7:9100", labels: { role: "database", region: "eu" } },
    { name: "web-1", address: "10.0.0.8:9100", labels: { role: "web" } },
  ],
  rules: {
    HostMemroyHigh: { threshold: 95 },
    ApiSlow: { enabled: false },
    Unheard: { enabled: false },
    HostDown: { threshold: 3, critical: { for: "10m" }, warning: { for: "5m" } },
    HostDiskSpaceLow: { threshold: 20, critical: { threshold: 12 } },
    CertificateExpiring: { severity: "warning" },
    HostLoadHigh: { labels: { severity: "critical", instance: "x", team: "web" } },
    HostMemoryHigh: {
      hosts: [
        { matchers: ["role=database"], threshold: 95 },
        { matchers: ['region="eu"'], threshold: 97 },
        { matchers: ['rool="web"'], threshold: 80 },
        { matchers: ['role="cache"'], threshold: 80 },
        { matchers: ['role=~"we(b"'], threshold: 80 },
      ],
    },
    HostCpuHigh: { enabled: false, hosts: [{ matchers: ['role="web"'], threshold: 50 }] },
    ProbeNotMade: { hosts: [{ matchers: ['role="web"'], for: "1h" }] },
    HostInodesLow: {
      warning: {
        hosts: [
          { matchers: ['mountpoint="/mail"'], threshold: 1 },
          { matchers: ['mountpoint="/cache"'], threshold: 2 },
          { matchers: ['mountpoint="/tmp"'] },
        ],
      },
      critical: { hosts: [{ matchers: ['mountpoint="/cache"'], threshold: 1 }] },
    },
    Watchdog: { severity: "info", summary: "Tout va bien" },
    VigieDrill: { enabled: false },
  },
  alerts: [{
    alert: "ApiSlow",
    expr: "up == 0",
    severity: "info",
    summary: "a",
    description: "b",
  }],
});
