import assert from "node:assert/strict";
import type * as z from "zod";
import { decodeNotification } from "./payload.ts";
import { createRouting } from "./routing.ts";
import { webhookSchema } from "./schema.ts";

type Route = Partial<z.input<typeof webhookSchema>["routes"] & object>[number];

function routing(routes: Route[], more: Partial<z.input<typeof webhookSchema>> = {}) {
  const channels = ["ops", "db", "pager"].map((name) => ({ kind: "console" as const, name }));
  return createRouting(webhookSchema.parse({ channels, routes, ...more }));
}

/** A notification with an alert of each `alertname team`; `~` before it resolves it. */
function notification(alerts: readonly string[], more: Record<string, unknown> = {}) {
  return decodeNotification({
    receiver: "team",
    status: "firing",
    alerts: alerts.map((alert) => {
      const [alertname, team] = alert.replace("~", "").split(" ");
      return {
        status: alert.startsWith("~") ? "resolved" : "firing",
        labels: { alertname, ...team && { team } },
        annotations: { summary: alertname, runbook: "x" },
      };
    }),
    ...more,
  });
}

const DB: Route = { matchers: ['team="db"'], channels: ["db"] };
const names = (deliveries: readonly { channel: string }[]) => deliveries.map(({ channel }) => channel);

Deno.test("createRouting sends each alert by the first route that fits its labels", async () => {
  const { plan, forChannel } = await routing([DB, { matchers: [], channels: ["ops"] }]);
  assert.deepEqual(names(plan(notification(["A db"]))), ["db"]);
  assert.deepEqual(names(plan(notification(["B"]))), ["ops"]);
  const both = notification(["A db", "B", "C db"]);
  assert.deepEqual(names(plan(both)), ["ops", "db"]);
  assert.deepEqual(forChannel("db", both).alerts.map(({ labels }) => labels.alertname), ["A", "C"]);
  assert.deepEqual(forChannel("ops", both).alerts.map(({ labels }) => labels.alertname), ["B"]);
});

Deno.test("createRouting goes on where a route says so, and tells no channel twice", async () => {
  const { plan } = await routing([
    { matchers: ["team=db"], channels: ["pager"], continue: true },
    { matchers: ["alertname=~A|B"], channels: ["db", "pager"] },
    { matchers: [], channels: ["ops"] },
  ]);
  assert.deepEqual(names(plan(notification(["A db"]))), ["db", "pager"]);
  assert.deepEqual(names(plan(notification(["C db"]))), ["ops", "pager"]);
  assert.deepEqual(names(plan(notification(["B"]))), ["db", "pager"]);
});

Deno.test("createRouting tells every channel what no route fits, and nobody where a route says so", async () => {
  const { plan } = await routing([{ matchers: ["team=db"], channels: [] }]);
  assert.deepEqual(names(plan(notification(["A"]))), ["ops", "db", "pager"]);
  assert.deepEqual(plan(notification(["A db"])), []);
  assert.deepEqual(names(plan(notification(["A db", "B"]))), ["ops", "db", "pager"]);
});

Deno.test("createRouting looks at the receiver where a route names some", async () => {
  const { plan } = await routing([{ receivers: ["team", "other"], matchers: [], channels: ["db"] }]);
  assert.deepEqual(names(plan(notification(["A"]))), ["db"]);
  assert.deepEqual(names(plan(notification(["A"], { receiver: "third" }))), ["ops", "db", "pager"]);
});

Deno.test("createRouting sends drills to every channel, whole", async () => {
  const { plan, forChannel } = await routing([DB, { matchers: [], channels: ["ops"] }]);
  const drill = notification(["A db", "B"], { receiver: "drill" });
  assert.deepEqual(names(plan(drill)), ["ops", "db", "pager"]);
  assert.equal(forChannel("pager", drill), drill);
});

Deno.test("createRouting sends the watchdog to nobody, when one is expected", async () => {
  const { plan, forChannel } = await routing([], { watchdog: { alertname: "Watchdog" } });
  assert.deepEqual(plan(notification(["Watchdog"])), []);
  const mixed = notification(["Watchdog", "A"]);
  assert.deepEqual(names(plan(mixed)), ["ops", "db", "pager"]);
  assert.deepEqual(forChannel("ops", mixed).alerts.map(({ labels }) => labels.alertname), ["A"]);
  assert.deepEqual(names((await routing([])).plan(notification(["Watchdog"]))), ["ops", "db", "pager"]);
});

Deno.test("createRouting sends a notification without alerts by the labels of its group", async () => {
  const { plan, forChannel } = await routing([DB]);
  const empty = notification([]);
  assert.deepEqual(names(plan(empty)), ["ops", "db", "pager"]);
  assert.equal(forChannel("ops", empty), empty);
  assert.deepEqual(names(plan(notification([], { groupLabels: { team: "db" } }))), ["db"]);
});

Deno.test("forChannel works out anew what follows from the alerts that are left", async () => {
  const { forChannel } = await routing([DB, { matchers: [], channels: ["ops"] }]);
  const mixed = notification(["~A db", "B"], {
    commonAnnotations: { runbook: "x" },
    groupLabels: { g: "1" },
  });
  const db = forChannel("db", mixed);
  assert.equal(mixed.status, "firing");
  assert.equal(db.status, "resolved");
  assert.deepEqual({ ...db.commonLabels }, { alertname: "A", team: "db" });
  assert.deepEqual({ ...db.commonAnnotations }, { summary: "A", runbook: "x" });
  assert.equal(db.groupLabels, mixed.groupLabels);
  assert.deepEqual({ ...forChannel("ops", mixed).commonLabels }, { alertname: "B" });
});

Deno.test("forChannel tells a channel everything that is not routed there any more", async () => {
  const { forChannel } = await routing([DB]);
  const all = notification(["A db"]);
  assert.equal(forChannel("ops", all), all);
  assert.equal(forChannel("a channel of old", all), all);
});

Deno.test("createRouting names every matcher that cannot be used", async () => {
  const bad = ["team=db", "alertname=~(", 'alertname=~"a{2000}"'];
  await assert.rejects(routing([DB, { matchers: bad, channels: [] }]), {
    name: "BadConfig",
    message: [
      "Cannot use the routes:",
      '  routes[1].matchers[1]: Cannot use the matcher alertname=~"(": its regular expression is not one of RE2: ' +
      "error parsing regexp: missing closing ): `^(?:()$`",
      '  routes[1].matchers[2]: Cannot use the matcher alertname=~"a{2000}": its regular expression is not one of RE2: ' +
      "error parsing regexp: invalid repeat count: `{2000}`",
    ].join("\n"),
  });
});
