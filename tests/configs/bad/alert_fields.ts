import { defineStack } from "vigie";

export default defineStack({
  rules: {
    HostMemoryHigh: { treshold: 95 },
    HostDown: { severity: "page", for: "soon", enabled: "no" },
    HostCpuHigh: { hosts: [{ threshold: 5 }, { matchers: [], threshold: 5 }, { matchers: ["role"] }] },
    HostLoadHigh: { summary: { fr: "Charge" }, runbook: "wiki/load" },
  },
  alerts: [
    { alert: "Api slow", expr: " ", severity: "none", summary: "", description: "b", dashboard: "api" },
    { alert: "ApiSlow" },
  ],
  recordings: [{ record: "job up", expr: "up" }],
});
