import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { createAuth } from "../../auth/mod.ts";
import type { ChannelState } from "../../delivery/mod.ts";
import { createAlertIndex } from "../../journal/alert_index.ts";
import { createArchive } from "../../journal/archive.ts";
import { arrival, withJournal } from "../../journal/testing.ts";
import { decodeNotification } from "../../payload.ts";
import { createFeed } from "../feed.ts";
import { createPages, pageSchema, type PagesOptions } from "../mod.tsx";

const HOST = { host: "127.0.0.1:9094", "accept-language": "en" };
const FOREIGN = "<script>alert(1)</script>";

/** The page over a journal of its own, with the channels `chat`, which works, and `mail`, which is down. */
async function withPage(
  test: (page: Awaited<ReturnType<typeof pageOf>>) => Promise<void>,
  more: Partial<PagesOptions> = {},
): Promise<void> {
  await withJournal(async ({ journal, clock }) => {
    const page = pageOf(journal, clock, more);
    await test(page);
    await page.index.stop();
  });
}

function pageOf(
  journal: Parameters<typeof createArchive>[0] & PagesOptions["journal"],
  clock: Parameters<typeof arrival>[0],
  more: Partial<PagesOptions>,
) {
  const index = createAlertIndex(journal, { clock });
  const archive = createArchive(journal, index);
  const lines: Record<string, unknown>[] = [];
  const state = { woken: 0, stopping: false };
  const channels = (): ChannelState[] => [
    {
      name: "chat",
      kind: "slack",
      queued: 0,
      dead: 0,
      ...journal.depths().get("chat"),
      circuit: "closed",
      consecutiveFailures: 0,
      lastDeliveredMs: clock.now(),
    },
    {
      name: "mail",
      kind: "mail",
      queued: 3,
      oldestMs: clock.now(),
      dead: 0,
      circuit: "open",
      pausedUntilMs: clock.now() + 60_000,
      consecutiveFailures: 7,
      lastFailure: { atMs: clock.now(), reason: `Refused: hunter2 ${FOREIGN}` },
    },
    { name: "idle", kind: "ntfy", queued: 0, dead: 0, circuit: "closed", consecutiveFailures: 0 },
  ];
  const app = createPages({
    page: () => pageSchema.parse({}),
    archive,
    index,
    journal,
    deliveries: { channels, wake: () => void state.woken++ },
    feed: createFeed(),
    now: clock.now,
    timezone: () => undefined,
    isStopping: () => state.stopping,
    textOf: () => Promise.resolve(`Text with hunter2 and ${FOREIGN}`),
    redact: (text: string) => text.replaceAll("hunter2", "<secret>"),
    log: { info: (msg: string, facts: object) => lines.push({ msg, ...facts }), error: () => {} },
    externalUrl: () => undefined,
    gate: {
      formTargets: () => [],
      sessionOf: () => ({ user: "ada", role: "operator", source: "local", signOutProof: "made-up" }),
    },
    isGated: () => true,
    auth: () => createAuth({ bearers: [], users: [], hmacs: [] }),
    isLocal: () => true,
    locale: () => "en",
    ...more,
  } as unknown as PagesOptions);

  const read = async (path: string) => {
    const response = await app.request(path, { headers: HOST });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return {
    index,
    archive,
    journal,
    lines,
    state,
    read,
    /** Posts a form as the page does. */
    async post(path: string, fields: readonly (readonly [string, string])[]) {
      const proof = /name="proof" value="([^"]+)"/.exec((await read("/delivery")).text)![1]!;
      const response = await app.request(path, {
        method: "POST",
        headers: { ...HOST, "content-type": "application/x-www-form-urlencoded" },
        body: String(new URLSearchParams([["proof", proof], ...fields].map((pair) => [...pair]))),
      });
      return {
        status: response.status,
        location: response.headers.get("location"),
        text: await response.text(),
      };
    },
    /** Lets a delivery die. @returns its id. */
    async dead(channel: string): Promise<number> {
      const json = { status: "firing", alerts: [{ labels: { alertname: `Disk${FOREIGN}` } }] };
      const { id } = await journal.accept(arrival(clock, {
        notification: decodeNotification(json),
        body: new TextEncoder().encode(JSON.stringify(json)),
        deliveries: [{ channel }],
      }));
      const [delivery] = archive.deliveries(id);
      const reason = `HTTP 404 hunter2 ${FOREIGN}`;
      await journal.settle([{ to: "dead", id: delivery!.id, atMs: clock.now(), tookMs: 12, reason }]);
      return delivery!.id;
    },
  };
}

Deno.test("createDelivery shows each channel as it is: what nobody has tried is not said to work", () =>
  withPage(async ({ read, dead }) => {
    await dead("chat");
    await dead("gone");
    const { status, text } = await read("/delivery");
    equal(status, 200);
    match(text, /data-severity="good">working</);
    match(text, /data-severity="critical">down</);
    match(text, /<span class="badge">nothing since the start</);
    match(text, /<span class="badge">no longer configured</);
    match(text, /Refused: &lt;secret&gt; &lt;script&gt;/);
    doesNotMatch(text, /hunter2|<script>alert/);
  }));

Deno.test("createDelivery shows one dead letter, without secrets and with foreign text as text", () =>
  withPage(async ({ read, dead }) => {
    const id = await dead("chat");
    const { status, text } = await read(`/delivery/dead/${id}`);
    equal(status, 200);
    match(text, /HTTP 404 &lt;secret&gt; &lt;script&gt;/);
    match(text, /Text with &lt;secret&gt; and &lt;script&gt;/);
    doesNotMatch(text, /hunter2|<script>alert/);
    for (const path of ["/delivery/dead/999999", "/delivery/dead/x", "/delivery/quarantine/1"]) {
      equal((await read(path)).status, 404, path);
    }
  }));

Deno.test("createDelivery replays one, those that were selected, or a whole channel, and notes who did", () =>
  withPage(async ({ archive, post, dead, lines, state }) => {
    const ids = [await dead("chat"), await dead("chat"), await dead("chat"), await dead("chat")];
    const one = await post("/delivery/replay", [["id", String(ids[0])]]);
    deepEqual([one.status, one.location], [303, "/delivery?replayed=1"]);
    const some = await post("/delivery/replay", ids.slice(0, 3).map((id) => ["id", String(id)]));
    equal(some.location, "/delivery?replayed=2", "the first is no dead letter any more");
    const all = await post("/delivery/replay-channel", [["channel", "chat"]]);
    equal(all.location, "/delivery?replayed=1");
    deepEqual(ids.map((id) => archive.delivery(id)?.state), ids.map(() => "queued"));
    equal(state.woken, 3);
    deepEqual(lines.map(({ audit, user, act, replayed }) => [audit, user, act, replayed]), [
      ["page", "ada", "replay", "1"],
      ["page", "ada", "replay", "2"],
      ["page", "ada", "replay-channel", "1"],
    ]);
  }));

Deno.test("createDelivery says on the page why something was not done, and notes that too", () =>
  withPage(async ({ post, dead, read, lines, state }) => {
    const id = await dead("gone");
    const gone = await post("/delivery/replay", [["id", String(id)]]);
    equal(gone.status, 409);
    match(gone.text, /role="alert">[^<]*No channel of the configuration is called &quot;gone&quot;/);
    doesNotMatch((await read(`/delivery/dead/${id}`)).text, /action="\/delivery\/replay"/);
    equal((await post("/delivery/test", [["channel", "nowhere"]])).status, 404);
    equal((await post("/delivery/replay", [["id", "-1"]])).status, 422);
    state.stopping = true;
    equal((await post("/delivery/test", [["channel", "chat"]])).status, 503);
    deepEqual(lines.map(({ msg, act, user }) => [msg, act, user]), [
      ["Refused on a page", "replay", "ada"],
      ["Refused on a page", "test", "ada"],
      ["Refused on a page", "test", "ada"],
    ]);
  }));

Deno.test("createDelivery sends a test message, and shows what becomes of it", () =>
  withPage(async ({ archive, journal, post, read, lines }) => {
    const { status, location } = await post("/delivery/test", [["channel", "chat"], ["text", "Bonjour"]]);
    equal(status, 303);
    const id = Number(/^\/delivery\?tested=(\d+)$/.exec(location!)![1]);
    equal(archive.notification(id)?.origin, "test");
    match(new TextDecoder().decode(archive.notification(id)!.body), /Bonjour/);
    match((await read(location!)).text, /Test message to chat: queued/);
    await journal.settle([{ to: "delivered", id: archive.deliveries(id)[0]!.id, atMs: 1, tookMs: 1 }]);
    match((await read(location!)).text, /Test message to chat: delivered/);
    deepEqual([lines[0]!.audit, lines[0]!.act, lines[0]!.what], ["page", "test", "chat"]);
  }));

Deno.test("createDelivery shows a quarantined body by its bytes where it is no text, and gives it as it came", () =>
  withPage(async ({ journal, read }) => {
    const body = Uint8Array.of(0xff, 0x00, 0x3c, 0x62, 0x3e);
    const id = await journal.quarantine({
      receivedMs: 1,
      reason: "not_utf8",
      detail: `The body is no UTF-8 ${FOREIGN}`,
      body,
      bytes: 5,
    });
    const { text } = await read(`/delivery/quarantine/${id}`);
    match(text, /000000 {2}ff 00 3c 62 3e .*\.\.&lt;b&gt;/);
    doesNotMatch(text, /<script>alert/);
    const raw = await read(`/delivery/quarantine/${id}/body`);
    deepEqual(
      [raw.headers.get("content-type"), raw.headers.get("content-disposition")],
      ["application/octet-stream", `attachment; filename="quarantined-${id}"`],
    );
    match((await read("/delivery")).text, new RegExp(`href="/delivery/quarantine/${id}"`));
  }));

Deno.test("createDelivery pages through dead letters without losing one", () =>
  withPage(async ({ read, dead }) => {
    const ids: number[] = [];
    for (let i = 0; i < 30; i++) ids.push(await dead("chat"));
    const seen = new Set<number>();
    for (let path: string | undefined = "/delivery"; path !== undefined;) {
      const { text } = await read(path);
      for (const [, id] of text.matchAll(/href="\/delivery\/dead\/(\d+)"/g)) seen.add(Number(id));
      path = /href="(\/delivery\?dead=[^"#]+)#dead">Older/.exec(text)?.[1];
    }
    deepEqual([...seen].sort((a, b) => a - b), ids);
  }));

Deno.test("createDelivery offers nothing to do to who only looks", () =>
  withPage(async ({ read, dead }) => {
    const id = await dead("chat");
    for (const path of ["/delivery", `/delivery/dead/${id}`]) {
      doesNotMatch((await read(path)).text, /action="\/delivery|type="checkbox"|>Replay the selection</);
    }
  }, {
    gate: {
      formTargets: () => [],
      sessionOf: () => ({ user: "bob", role: "viewer", source: "local", signOutProof: "made-up" }),
    },
  }));
