import { deepEqual, equal, match, ok } from "node:assert/strict";
import type * as z from "zod";
import { arrival } from "../journal/testing.ts";
import { decodeNotification } from "../payload.ts";
import { problemSchema } from "./problem.ts";
import * as schemas from "./schemas.ts";
import { SECRET, withApi } from "./testing.ts";

function fits(schema: z.ZodType, value: unknown): void {
  const parsed = schema.safeParse(value);
  equal(parsed.error, undefined);
}

Deno.test("createApi lists and shows notifications as its schemas say", () =>
  withApi(async ({ ask, keep, kill }) => {
    await keep({ alertname: "HostDown", severity: "critical" }, ["slack"]);
    const id = await keep({ alertname: "DiskFull", instance: "db-1" }, ["slack", "console"]);
    await kill(id);
    const list = await ask("GET", "/api/v1/notifications");
    equal(list.response.status, 200);
    fits(schemas.notificationPage, list.json);
    deepEqual(list.json.items.map(({ names }: { names: string[] }) => names), [["DiskFull"], ["HostDown"]]);
    deepEqual(list.json.items[0].deliveryCounts, { queued: 0, delivered: 0, coalesced: 0, dead: 2 });
    const one = await ask("GET", `/api/v1/notifications/${id}`);
    fits(schemas.notificationDetail, one.json);
    equal(one.json.notification.alerts[0].labels.instance, "db-1");
    equal(JSON.parse(one.json.body).receiver, "team");
    deepEqual(one.json.deliveries.map(({ channel }: { channel: string }) => channel), ["slack", "console"]);
    const body = await ask("GET", `/api/v1/notifications/${id}/body`);
    equal(await body.response.text(), one.json.body);
  }));

Deno.test("createApi shows a large notification by its bytes alone", () =>
  withApi(async ({ ask, journal, clock }) => {
    const size = async (bytes: number) => {
      const json = { alerts: [{ labels: { alertname: "Large" }, annotations: { text: "x".repeat(bytes) } }] };
      const body = new TextEncoder().encode(JSON.stringify(json));
      const { id } = await journal.accept(arrival(clock, { notification: decodeNotification(json), body }));
      const shown = await ask("GET", `/api/v1/notifications/${id}`);
      fits(schemas.notificationDetail, shown.json);
      equal(shown.json.bodyBytes, body.length);
      const whole = await ask("GET", `/api/v1/notifications/${id}/body`);
      equal((await whole.response.arrayBuffer()).byteLength, body.length);
      return [shown.json.body === null, shown.json.notification === null];
    };
    deepEqual(await size(1_000_000), [false, false]);
    deepEqual(await size(2_000_000), [true, false]);
    deepEqual(await size(9_000_000), [true, true]);
  }));

Deno.test("createApi finds notifications", () =>
  withApi(async ({ ask, keep, clock }) => {
    await keep({ alertname: "HostDown", severity: "critical" });
    clock.set(clock.now() + 60_000);
    await keep({ alertname: "DiskFull", instance: "db-1" });
    const ids = async (query: string) =>
      (await ask("GET", `/api/v1/notifications?${query}`)).json.items.map(({ id }: { id: number }) => id);
    deepEqual(await ids("search=disk"), [2]);
    deepEqual(await ids(`matcher=${encodeURIComponent('severity="critical"')}`), [1]);
    deepEqual(
      await ids(`matcher=severity%3Dcritical&matcher=${encodeURIComponent('alertname=~"Disk.*"')}`),
      [],
    );
    deepEqual(await ids("matcher=severity%3D"), [2], "a label that is not there is empty");
    deepEqual(await ids("status=resolved"), []);
    deepEqual(await ids("receiver=team&origin=alert"), [2, 1]);
    deepEqual(await ids("since=2026-11-22T11:00:30%2B01:00"), [2]);
    deepEqual(await ids("until=2026-11-22T10:00:30Z"), [1]);
    const first = (await ask("GET", "/api/v1/notifications?limit=1")).json;
    deepEqual([first.items[0].id, first.next], [2, "2"]);
    const last = (await ask("GET", `/api/v1/notifications?limit=1&cursor=${first.next}`)).json;
    deepEqual([last.items[0].id, last.next], [1, null]);
  }));

const REFUSED: [
  name: string,
  method: string,
  path: string,
  status: number,
  detail: RegExp,
  init?: [body?: unknown, headers?: Record<string, string>],
][] = [
  ["a query key it does not know", "GET", "/api/v1/notifications?serch=x", 400, /query.*serch/],
  ["a query where none is taken", "GET", "/api/v1/channels?x=1", 400, /query/],
  [
    "a query key that is given twice",
    "GET",
    "/api/v1/notifications?limit=1&limit=2",
    400,
    /"limit" more than once/,
  ],
  ["a limit that is no number", "GET", "/api/v1/notifications?limit=1e2", 400, /query.*"limit"/],
  ["a limit that is too large", "GET", "/api/v1/notifications?limit=201", 400, /query.*"limit"/],
  ["a cursor that is none", "GET", "/api/v1/quarantine?cursor=0", 400, /query.*"cursor"/],
  ["a matcher that is none", "GET", "/api/v1/notifications?matcher=severity", 400, /expected a matcher/],
  ["a regular expression that is none", "GET", "/api/v1/notifications?matcher=a%3D~%22(%22", 400, /RE2/],
  ["a time that is none", "GET", "/api/v1/notifications?since=2026-02-30T00:00:00Z", 400, /query.*"since"/],
  ["an id that is none", "GET", "/api/v1/notifications/x", 400, /path.*"id"/],
  ["an id that is too large", "GET", "/api/v1/notifications/9007199254740992", 400, /path.*"id"/],
  ["an id that nothing has", "GET", "/api/v1/notifications/9007199254740991", 404, /no notification 9007/],
  ["a body that nothing has", "GET", "/api/v1/notifications/7/body", 404, /no notification 7/],
  ["a dead letter that is none", "GET", "/api/v1/dead-letters/7", 404, /no dead letter 7/],
  ["a quarantined body that is none", "GET", "/api/v1/quarantine/7", 404, /no quarantined body 7/],
  ["a path that is none", "GET", "/api/v1/nowhere", 404, /no such path/],
  ["another method", "DELETE", "/api/v1/notifications/1", 405, /Use GET, HEAD/],
  ["another method of a path beside one with an id", "GET", "/api/v1/dead-letters/replay", 405, /Use POST/],
  ["a client that does not take JSON", "GET", "/api/v1/channels", 406, /application\/json/, [, {
    accept: "text/html",
  }]],
  ["a form", "POST", "/api/v1/channels/slack/test", 415, /content-type/, ["a=b", {
    "content-type": "application/x-www-form-urlencoded",
  }]],
  ["plain text, which a form can send", "POST", "/api/v1/channels/slack/test", 415, /content-type/, ["{}", {
    "content-type": "text/plain",
  }]],
  ["a compressed body", "POST", "/api/v1/channels/slack/test", 415, /content-encoding/, [{}, {
    "content-encoding": "gzip",
  }]],
  ["no body", "POST", "/api/v1/channels/slack/test", 415, /content-type/],
  ["a body that is not JSON", "POST", "/api/v1/channels/slack/test", 400, /not JSON/, ["{"]],
  ["a body of another shape", "POST", "/api/v1/channels/slack/test", 400, /body.*nothing|nrecognized/, [{
    nothing: 1,
  }]],
  ["null", "POST", "/api/v1/dead-letters/replay", 400, /body/, ["null"]],
  ["ids and a channel", "POST", "/api/v1/dead-letters/replay", 400, /body/, [{ ids: [1], channel: "slack" }]],
  ["a body that is too large", "POST", "/api/v1/dead-letters/replay", 413, /larger/, [
    `"${"x".repeat(300_000)}"`,
  ]],
  ["a channel that is none", "POST", "/api/v1/channels/nobody/test", 404, /called "nobody"/, [{}]],
  [
    "a replay to a channel that is gone",
    "POST",
    "/api/v1/dead-letters/replay",
    409,
    /called "gone"; there are: console, slack/,
    [{
      channel: "gone",
    }],
  ],
];

for (const [name, method, path, status, detail, [body, headers] = []] of REFUSED) {
  Deno.test(`createApi refuses ${name} with ${status}`, () =>
    withApi(async ({ ask, state }) => {
      const { response, json } = await ask(method, path, body, headers);
      equal(response.status, status, JSON.stringify(json));
      equal(response.headers.get("content-type"), "application/problem+json");
      fits(problemSchema, json);
      equal(json.status, status);
      match(json.detail, detail);
      if (status === 405) match(response.headers.get("allow")!, /^(GET, HEAD|POST)$/);
      deepEqual(state.defects, []);
    }));
}

Deno.test("createApi sends a test message the way of every alert", () =>
  withApi(async ({ ask, journal, woken }) => {
    const { response, json } = await ask("POST", "/api/v1/channels/slack/test", { text: "Hello" });
    equal(response.status, 202);
    fits(schemas.accepted, json);
    equal(response.headers.get("location"), `/api/v1/notifications/${json.notificationId}`);
    equal(woken.count, 1);
    const [group] = journal.due("slack", Number.MAX_SAFE_INTEGER, 10, new Set());
    equal(group!.deliveries[0]!.notificationId, json.notificationId);
    equal(journal.depths().has("console"), false);
    const followed = (await ask("GET", response.headers.get("location")!)).json;
    equal(followed.origin, "test");
    equal(followed.notification.alerts[0].annotations.summary, "Hello");
    await ask("POST", "/api/v1/channels/slack/test", {});
    equal(
      journal.due("slack", Number.MAX_SAFE_INTEGER, 10, new Set()).length,
      2,
      "each is a group of its own",
    );
  }));

Deno.test("createApi shows channels, former ones with what is left of them too", () =>
  withApi(async ({ ask, keep, kill }) => {
    await keep({}, ["slack"]);
    await kill(await keep({}, ["gone"]));
    const { json } = await ask("GET", "/api/v1/channels");
    fits(schemas.channelList, json);
    deepEqual(
      json.items.map(({ name, kind, queued, dead }: Record<string, unknown>) => [name, kind, queued, dead]),
      [["console", "console", 0, 0], ["slack", "slack", 1, 0], ["gone", null, 0, 1]],
    );
  }));

Deno.test("createApi lists, shows and replays dead letters", () =>
  withApi(async ({ ask, keep, kill, journal, woken }) => {
    const [first] = await kill(await keep({ alertname: "A" }, ["slack"]), `no_service for ${SECRET}`);
    const [second] = await kill(await keep({ alertname: "B" }, ["console"]));
    const list = await ask("GET", "/api/v1/dead-letters");
    fits(schemas.deadLetterPage, list.json);
    deepEqual(list.json.items.map(({ id }: { id: number }) => id), [second, first]);
    deepEqual(
      (await ask("GET", "/api/v1/dead-letters?channel=slack")).json.items.map(({ id }: { id: number }) => id),
      [first],
    );
    deepEqual((await ask("GET", "/api/v1/dead-letters?channel=none")).json, { items: [], next: null });
    const one = await ask("GET", `/api/v1/dead-letters/${first}`);
    fits(schemas.deadLetterDetail, one.json);
    deepEqual([one.json.reason, one.json.text, one.json.decoded.alerts[0].labels.alertname], [
      "no_service for <secret>",
      "plain <secret>",
      "A",
    ]);
    equal((await ask("GET", `/api/v1/dead-letters/${second}`)).json.text, null);

    deepEqual((await ask("POST", `/api/v1/dead-letters/${first}/replay`, {})).json, { replayed: 1 });
    equal(woken.count, 1);
    equal(journal.depths().get("slack")!.queued, 1);
    const again = await ask("POST", `/api/v1/dead-letters/${first}/replay`, {});
    deepEqual([again.response.status, again.json.detail], [
      404,
      `Delivery ${first} is no dead letter: it is queued`,
    ]);
    const some = await ask("POST", "/api/v1/dead-letters/replay", { ids: [first, second, second, 99] });
    fits(schemas.replayed, some.json);
    deepEqual(some.json, { replayed: 1 });
  }));

Deno.test("createApi replays all dead letters of a channel, however many", () =>
  withApi(async ({ ask, keep, kill, journal }) => {
    for (let i = 0; i < 450; i++) await kill(await keep({}, ["slack"]));
    deepEqual((await ask("POST", "/api/v1/dead-letters/replay", { channel: "slack" })).json, {
      replayed: 450,
    });
    deepEqual([journal.depths().get("slack")!.queued, journal.depths().get("slack")!.dead], [450, 0]);
    deepEqual((await ask("POST", "/api/v1/dead-letters/replay", { channel: "slack" })).json, { replayed: 0 });
  }));

Deno.test("createApi does not replay to a channel that is gone", () =>
  withApi(async ({ ask, keep, kill, journal }) => {
    const [id] = await kill(await keep({}, ["gone"]));
    for (
      const [path, body] of [[`/api/v1/dead-letters/${id}/replay`, {}], ["/api/v1/dead-letters/replay", {
        ids: [id],
      }]] as const
    ) {
      equal((await ask("POST", path, body)).response.status, 409);
    }
    equal(journal.depths().get("gone")!.dead, 1);
  }));

Deno.test("createApi gives quarantined bodies back byte for byte", () =>
  withApi(async ({ ask, journal, clock }) => {
    const body = new Uint8Array([0x7b, 0xff, 0x00]);
    const id = await journal.quarantine({
      receivedMs: clock.now(),
      reason: "not_utf8",
      detail: "The body is not UTF-8",
      body,
      bytes: 3,
    });
    const list = await ask("GET", "/api/v1/quarantine");
    fits(schemas.quarantinePage, list.json);
    equal(list.json.items[0].reason, "not_utf8");
    const one = await ask("GET", `/api/v1/quarantine/${id}`);
    fits(schemas.quarantinedDetail, one.json);
    equal(one.json.bodyBase64, "e/8A");
    const raw = await ask("GET", `/api/v1/quarantine/${id}/body`);
    deepEqual(new Uint8Array(await raw.response.arrayBuffer()), body);
    equal(raw.response.headers.get("content-type"), "application/octet-stream");
    equal(raw.response.headers.get("content-disposition"), `attachment; filename="quarantined-${id}"`);
  }));

Deno.test("createApi lets no answer be cached or guessed at, refusals included", () =>
  withApi(async ({ ask }) => {
    for (
      const path of ["/api/v1/channels", "/api/v1/nowhere", "/api/v1/notifications?x=1", "/openapi.json"]
    ) {
      const { response } = await ask("GET", path);
      equal(response.headers.get("cache-control"), "no-store", path);
      equal(response.headers.get("x-content-type-options"), "nosniff", path);
    }
  }));

Deno.test("createApi answers HEAD as GET, without a body", () =>
  withApi(async ({ ask }) => {
    const { response } = await ask("HEAD", "/api/v1/channels");
    deepEqual([response.status, response.headers.get("content-type"), await response.text()], [
      200,
      "application/json",
      "",
    ]);
  }));

Deno.test("createApi changes nothing while the webhook ends", () =>
  withApi(async ({ ask, keep, kill, state }) => {
    const [id] = await kill(await keep({}, ["slack"]));
    state.stopping = true;
    for (const path of ["/api/v1/channels/slack/test", `/api/v1/dead-letters/${id}/replay`]) {
      equal((await ask("POST", path, {})).response.status, 503);
    }
    equal((await ask("POST", "/api/v1/dead-letters/replay", { channel: "slack" })).response.status, 503);
    equal((await ask("GET", "/api/v1/dead-letters")).response.status, 200, "it can still be looked at");
  }));

Deno.test("createApi answers 503 when the journal cannot be written or read", async () => {
  await withApi(async ({ ask, journal }) => {
    await journal[Symbol.asyncDispose]();
    equal((await ask("POST", "/api/v1/channels/slack/test", {})).response.status, 503);
  });
  const broken = () => {
    throw new Error("database disk image is malformed");
  };
  await withApi(async ({ ask, state }) => {
    const { response, json } = await ask("GET", "/api/v1/channels");
    deepEqual([response.status, json.detail], [503, "The journal cannot be read: try again"]);
    deepEqual(state.defects, []);
  }, { deliveries: { wake: broken, channels: broken } });
});

Deno.test("createApi tells a defect to the operator and not to the client", () => {
  const defect = new TypeError("x is undefined");
  const broken = () => {
    throw defect;
  };
  return withApi(async ({ ask, state }) => {
    const { response, json } = await ask("GET", "/api/v1/channels");
    equal(response.status, 500);
    ok(!JSON.stringify(json).includes("undefined"));
    deepEqual(state.defects, [defect]);
  }, { deliveries: { wake: broken, channels: broken } });
});
