import { defineStack } from "vigie";

const text = { summary: "a", description: { fr: "b", en: "b" } };

export default defineStack({
  alerts: [
    { alert: "HostDown", expr: "up == 0", severity: "critical", ...text },
    { alert: "ApiSlow", expr: "rate(api_seconds_sum) > 1", severity: "warning", ...text },
    { alert: "ApiSlow", expr: 'up{job="api" == 0', severity: "warning", ...text },
    { alert: "ApiGone", expr: "absnt(up)", severity: "critical", ...text },
    { alert: "ApiLate", expr: "up[5m]", severity: "info", ...text, labels: { severity: "info" } },
    {
      alert: "ApiBusy",
      expr: `
        sum by (job) (
          rate(api_requests_total[5m])
        ) / on (job) api_limit{tier=~"(a"} > 1
      `,
      severity: "info",
      ...text,
    },
    { alert: "ApiOld", expr: "time() - 5", severity: "info", ...text },
  ],
  recordings: [
    { record: "job:up:sum", expr: "sum by (job) (up" },
    { record: "job:up:sum", expr: "sum by (job) (up)" },
    { record: "instance:node_cpu_busy:ratio", expr: "up" },
  ],
});
