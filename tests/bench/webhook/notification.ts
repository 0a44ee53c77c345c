/** A body as Alertmanager posts it, with places for a number that makes it a notification of its own. */

/** As many digits as the load generators fill in. */
const NUMBER = "@".repeat(16);

/** The body with `alerts` alerts, ASCII. */
export function notificationTemplate(alerts: number): string {
  const common = { alertname: "HostHighCpuLoad", severity: "warning", job: "node" };
  return JSON.stringify({
    receiver: "team\\.ops",
    status: "firing",
    alerts: Array.from({ length: alerts }, (_, i) => ({
      status: "firing",
      labels: { ...common, instance: `web-${i}.example.org:9100`, run: NUMBER },
      annotations: {
        description: `The CPU of web-${i}.example.org has been busy for 5 minutes: 93.4 %.`,
        runbook_url: "https://runbooks.example.org/HostHighCpuLoad",
        summary: `web-${i}.example.org: CPU at 93.4 %`,
      },
      startsAt: "2026-03-14T10:02:11.123456789Z",
      endsAt: "0001-01-01T00:00:00Z",
      generatorURL: "http://prometheus.example.org:9090/graph?g0.expr=cpu&g0.tab=1",
      fingerprint: NUMBER,
    })),
    groupLabels: { alertname: common.alertname, run: NUMBER },
    commonLabels: common,
    commonAnnotations: {},
    externalURL: "http://alertmanager.example.org:9093",
    version: "4",
    groupKey: `{}/{team="ops"}:{alertname="HostHighCpuLoad", run="${NUMBER}"}`,
    truncatedAlerts: 0,
    notification_reason: "first notification",
  });
}
