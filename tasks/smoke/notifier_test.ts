import assert from "node:assert/strict";
import { drillRoute, refusalOf, sentBy } from "./notifier.ts";
import { fakeContext } from "./testing.ts";

function alertmanager(original: string) {
  return fakeContext({ "alertmanager/api/v2/status": { config: { original } } });
}

Deno.test("drillRoute reads the receiver, the times and the integrations in force", async () => {
  const route = await drillRoute(alertmanager(`
route:
  receiver: console
  group_wait: 10s
  routes:
    - { matchers: ['severity="critical"'], receiver: oncall }
    - { matchers: ['alertname="VigieDrill"'], receiver: drill, group_interval: 5s }
receivers:
  - name: console
  - name: drill
    webhook_configs: [{ url: <secret> }]
    email_configs: [{ to: a@example.org }, { to: b@example.org }]
`));
  assert.deepEqual(route, {
    receiver: "drill",
    groupWaitMs: 10_000,
    groupIntervalMs: 5_000,
    integrations: { webhook: 1, email: 2 },
  });
});

Deno.test("drillRoute gives Alertmanager's own defaults, and nothing without a route", async () => {
  const bare = await drillRoute(alertmanager(`
route: { receiver: a, routes: [{ matchers: ['alertname="VigieDrill"'] }] }
receivers: [{ name: a }]
`));
  assert.deepEqual(bare, { receiver: "a", groupWaitMs: 30_000, groupIntervalMs: 300_000, integrations: {} });
  assert.equal(await drillRoute(alertmanager("route: { receiver: a }")), undefined);
});

Deno.test("sentBy sums the counters of one integration", async () => {
  const metrics = `# TYPE alertmanager_notification_requests_total counter
alertmanager_notification_requests_total{integration="email"} 5
alertmanager_notification_requests_total{integration="webhook"} 100
alertmanager_notification_requests_failed_total{integration="email"} 2
alertmanager_notification_requests_failed_total{integration="webhook"} 0
`;
  const context = fakeContext({ "alertmanager/metrics": new Response(metrics) });
  assert.deepEqual(await sentBy(context, "email"), { delivered: 3, refused: 2 });
  assert.deepEqual(await sentBy(context, "slack"), { delivered: 0, refused: 0 });
});

Deno.test("refusalOf finds the last reason in Alertmanager's log", async () => {
  const lines = [
    'level=WARN msg="Notify attempt failed, will retry later" receiver=drill integration=webhook[0] err="first"',
    'level=WARN msg="Notify attempt failed, will retry later" receiver=drill integration=webhook[0] err="Post \\"http://x\\": refused"',
    'level=WARN msg="Notify attempt failed, will retry later" receiver=drill integration=email[0] err="no mail"',
    "level=INFO msg=done",
  ];
  const context = fakeContext({}, { logs: () => Promise.resolve(lines) });
  assert.equal(await refusalOf(context, "webhook"), 'Post "http://x": refused');
  assert.equal(await refusalOf(context, "slack"), undefined);
});
