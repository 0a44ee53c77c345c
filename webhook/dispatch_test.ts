import { deepEqual, equal, match } from "node:assert/strict";
import { channelsFor } from "./dispatch.ts";
import { decodeNotification } from "./payload.ts";
import { parseConfig } from "./read_config.ts";
import { createTestWebhook } from "./testing.ts";

const CONFIG = {
  locale: "en",
  channels: ["ops", "dev"].map((name) => ({ name, settings: { kind: "console" } })),
  routes: [{ receiver: "developers", channels: ["dev"] }, { receiver: "nobody", channels: [] }],
};

Deno.test("channelsFor follows the routes; without one, and for a drill, all channels are told", () => {
  const config = parseConfig(
    JSON.stringify({ ...CONFIG, routes: [...CONFIG.routes, { receiver: "drill", channels: ["dev"] }] }),
    "test",
  );
  const names = (receiver: string) => channelsFor(receiver, config).map(({ name }) => name);
  deepEqual(names("developers"), ["dev"]);
  deepEqual(names("nobody"), []);
  deepEqual(names("unheard-of"), ["ops", "dev"]);
  deepEqual(names(""), ["ops", "dev"]);
  deepEqual(names("drill"), ["ops", "dev"]);
});

Deno.test("createDispatcher tells the other channels when one fails, and counts and logs it", async () => {
  let calls = 0;
  const { app, inbox, logged, post, series } = createTestWebhook({
    config: CONFIG,
    print: () => ++calls === 1 ? Promise.reject(new Error("Broken pipe")) : Promise.resolve(),
  });
  await post("/drill", '{"id":"a"}');
  const alert = { labels: { alertname: "VigieDrill", drill: "a" } };
  equal((await post("/webhook", JSON.stringify({ receiver: "drill", alerts: [alert] }))).status, 200);
  await inbox.idle();
  equal(await series('vigie_webhook_deliveries_total{channel="ops",result="failed"}'), 1);
  equal(await series('vigie_webhook_deliveries_total{channel="dev",result="delivered"}'), 1);
  const { notifications } = await (await app.request("/drill/a")).json();
  const at = "2026-11-22T10:00:00.000Z";
  deepEqual(
    notifications[0].deliveries.toSorted((a: { channel: string }, b: { channel: string }) =>
      a.channel < b.channel ? -1 : 1
    ),
    [{ channel: "dev", ok: true, at }, { channel: "ops", ok: false, at, reason: "Broken pipe" }],
  );
  match(logged.at(-1)!, /level=ERROR msg="Cannot deliver" channel=ops receiver=drill reason="Broken pipe"/);
});

Deno.test("createDispatcher does not let a slow channel hold the sender", async () => {
  const slow = Promise.withResolvers<void>();
  const { inbox, post, series } = createTestWebhook({ print: () => slow.promise });
  equal((await post("/webhook", '{"alerts":[]}')).status, 200);
  equal(await series('vigie_webhook_deliveries_total{channel="console",result="delivered"}'), 0);
  slow.resolve();
  await inbox.idle();
  equal(await series('vigie_webhook_deliveries_total{channel="console",result="delivered"}'), 1);
  equal(await series('vigie_webhook_delivery_duration_seconds_count{channel="console"}'), 1);
});

Deno.test("createDispatcher uses the configuration that is in use when a notification comes", async () => {
  const { inbox, printed, state } = createTestWebhook({ config: CONFIG });
  const notification = decodeNotification({ receiver: "developers", alerts: [] });
  await inbox.accept(notification);
  state.config = parseConfig(JSON.stringify({ locale: "fr" }), "test");
  await inbox.accept(notification);
  await inbox.idle();
  deepEqual(printed.map((text) => text.slice(0, 12)), ["🚨 ALERT REC", "🚨 ALERTE RE"]);
});
