import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { createAuth } from "../../auth/mod.ts";
import { createAlertIndex } from "../../journal/alert_index.ts";
import { createArchive } from "../../journal/archive.ts";
import type { SqliteJournal } from "../../journal/mod.ts";
import { arrival, withJournal } from "../../journal/testing.ts";
import { decodeNotification } from "../../payload.ts";
import { createFeed } from "../feed.ts";
import { createPages, pageSchema, type PagesOptions } from "../mod.tsx";

const HOST = { host: "127.0.0.1:9094", "accept-language": "en" };
const FOREIGN = '"><script>alert(1)</script>\u202e';
const STARTS = "2026-01-02T03:04:05Z";

const alertOf = (name: string, severity: string, more: object = {}) => ({
  fingerprint: `fp-${name}`,
  labels: { alertname: name, severity, instance: "web-1" },
  annotations: { summary: `Summary of ${name}` },
  startsAt: STARTS,
  generatorURL: "http://prometheus/graph?g0.expr=up+%3D%3D+0",
  status: { state: "active", silencedBy: [], inhibitedBy: [] },
  ...more,
});
const HELD = [
  alertOf("Watchdog", "none"),
  alertOf("DiskFull", "warning"),
  alertOf("HostDown", "critical", { annotations: { summary: FOREIGN, runbook_url: "javascript:alert(1)" } }),
  alertOf("Quiet", "info", { status: { state: "suppressed", silencedBy: ["s1"], inhibitedBy: [] } }),
];
const SILENCE = {
  id: "s1",
  matchers: [{ name: "alertname", value: "Quiet|Calm", isRegex: true, isEqual: false }],
  startsAt: STARTS,
  endsAt: "2026-01-02T05:04:05Z",
  createdBy: "<b>",
  comment: "hunter2",
  status: { state: "active" },
};

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** The pages over an Alertmanager that has HELD and SILENCE, or what `answer` gives. */
async function withPages(
  test: (
    pages: {
      get(path: string): Promise<{ status: number; text: string }>;
      post(path: string, fields: Record<string, string>): Promise<{ status: number; text: string }>;
      readonly asked: Asked[];
      readonly lines: Record<string, unknown>[];
      /** @returns the notification's id. */
      accept(json: unknown, channels?: readonly string[]): Promise<number>;
      readonly journal: SqliteJournal;
    },
  ) => Promise<void>,
  answer?: () => Response | Promise<Response>,
  role: "operator" | "viewer" = "operator",
  directory?: string,
): Promise<void> {
  await withJournal(async ({ journal, clock }) => {
    const index = createAlertIndex(journal, { clock });
    const asked: Asked[] = [];
    const lines: Record<string, unknown>[] = [];
    const fetch = async (url: URL, { method = "GET", body }: RequestInit = {}) => {
      const isJson = typeof body === "string";
      asked.push({ method, path: url.pathname, ...(isJson && { body: JSON.parse(body) }) });
      if (answer) return await answer();
      if (url.pathname.endsWith("/alerts")) return Response.json(HELD);
      if (url.pathname.endsWith("/query")) {
        const result = [1, 2].map((i) => ({ metric: { instance: `web-${i}` }, value: [0, `${i / 4}`] }));
        return Response.json({ status: "success", data: { resultType: "vector", result } });
      }
      return method === "GET" ? Response.json([SILENCE]) : Response.json({ silenceID: "s2" });
    };
    const app = createPages({
      directory: () => directory,
      page: () => pageSchema.parse({ alertmanager: { url: "http://am/x" }, prometheus: { url: "http://p" } }),
      archive: createArchive(journal, index),
      feed: createFeed(),
      now: () => Date.parse("2026-01-02T04:00:00Z"),
      timezone: () => undefined,
      hasRunbook: (alert: string) => alert === "DiskFull",
      redact: (text: string) => text.replaceAll("hunter2", "<secret>"),
      onDefect: () => {},
      log: { info: (_: string, facts: Record<string, unknown>) => lines.push(facts), error: () => {} },
      fetch,
      externalUrl: () => undefined,
      gate: {
        formTargets: () => [],
        sessionOf: () => ({ user: "ada", role, source: "local", signOutProof: "made-up" }),
      },
      isGated: () => true,
      auth: () => createAuth({ bearers: [], users: [], hmacs: [] }),
      isLocal: () => true,
      locale: () => "en",
    } as unknown as PagesOptions);
    const read = async (response: Response) => ({ status: response.status, text: await response.text() });
    const get = async (path: string) => await read(await app.request(path, { headers: HOST }));
    await test({
      get,
      asked,
      lines,
      async post(path, fields) {
        const proof = /name="proof" value="([^"]+)"/.exec((await get("/silences")).text)![1]!;
        asked.length = 0;
        return await read(
          await app.request(path, {
            method: "POST",
            headers: { ...HOST, "content-type": "application/x-www-form-urlencoded" },
            body: String(new URLSearchParams({ proof, ...fields })),
          }),
        );
      },
      journal,
      async accept(json, channels = []) {
        const notification = decodeNotification(json);
        const body = new TextEncoder().encode(JSON.stringify(json));
        return (await journal.accept(arrival(clock, {
          notification,
          body,
          deliveries: channels.map((channel) => ({ channel })),
        }))).id;
      },
    });
    await index.stop();
  });
}

Deno.test("createAlerts lists what fires, the worst first, as text, without what tells nobody anything", () =>
  withPages(async ({ get }) => {
    const { status, text } = await get("/alerts");
    equal(status, 200);
    deepEqual([...text.matchAll(/href="\/alerts\/fp-(\w+)"/g)].map(([, name]) => name), [
      "HostDown",
      "DiskFull",
      "Quiet",
    ]);
    match(text, /&lt;script&gt;alert\(1\)/);
    doesNotMatch(text, /<script>|\u202e/);
    match(text, /silenced/);
    match(text, /data-severity="critical"><head>/);
  }));

Deno.test("createAlerts filters by matchers, and says what is wrong with one", () =>
  withPages(async ({ get }) => {
    const filtered = await get(
      `/alerts?${new URLSearchParams({ filter: '{severity=~"w.*", instance="web-1"}' })}`,
    );
    deepEqual([...filtered.text.matchAll(/href="\/alerts\/fp-(\w+)"/g)].map(([, name]) => name), [
      "DiskFull",
    ]);
    match((await get("/alerts?filter=severity%3D%22other%22")).text, /No alert fits the filter/);
    match((await get("/alerts?filter=alertname%3D%22Watchdog%22")).text, /fp-Watchdog/);
    const bad = await get(`/alerts?${new URLSearchParams({ filter: 'severity="<b>", (' })}`);
    equal(bad.status, 422);
    match(bad.text, /Cannot read the matcher &quot; \(&quot;: expected one such as/);
    match(bad.text, /aria-invalid="true"/);
    doesNotMatch(bad.text, /fp-DiskFull/);
  }));

Deno.test("createAlerts says that it is not known what fires when Alertmanager does not tell", async () => {
  const lies = [
    () => Promise.reject(new TypeError("connection refused hunter2")),
    () => new Response("hunter2", { status: 500 }),
    () => new Response("<html>"),
    () => Response.json([{ fingerprint: 1 }]),
    () => Response.json([{ ...HELD[1], startsAt: "long ago" }]),
    () => Response.redirect("http://evil.example/", 302),
  ];
  for (const lie of lies) {
    await withPages(async ({ get }) => {
      const { status, text } = await get("/alerts");
      equal(status, 200);
      match(text, /What fires is not known/);
      doesNotMatch(text, /No alert is firing|hunter2/);
      const one = await get("/alerts/fp-DiskFull");
      equal(one.status, 502);
      match(one.text, /What fires is not known: (?:Alertmanager|What)/);
      doesNotMatch(one.text, /hunter2/);
    }, lie);
  }
});

Deno.test("createAlerts shows one alert with its curve, its runbook and what became of it", () =>
  withPages(async ({ get, accept }) => {
    await accept({ status: "firing", alerts: [{ ...alertOf("DiskFull", "warning"), status: "firing" }] });
    const { status, text } = await get("/alerts/fp-DiskFull");
    equal(status, 200);
    match(text, /href="\/runbooks\/DiskFull"/);
    match(text, /data-query="up" data-operator="==" data-threshold="0"/);
    match(text, /<ol class="events"><li/);
    match(text, /href="\/silences\?matchers=alertname%3D%22DiskFull%22%0A/);
    doesNotMatch((await get("/alerts/fp-HostDown")).text, /href="javascript:|<script>alert/);
    equal((await get("/alerts/none")).status, 404);
  }));

Deno.test("createAlerts draws an alert as its rule says, with its unit, its threshold and what it is now", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const curve = { query: "used:ratio", operator: ">", threshold: 0.1, unit: "percentunit" };
    await Deno.writeTextFile(
      `${directory}/graphs.json`,
      JSON.stringify({ DiskFull: { ...curve, expr: "up == 0" } }),
    );
    await withPages(
      async ({ get }) => {
        const { text } = await get("/alerts/fp-DiskFull");
        match(
          text,
          /data-query="used:ratio" data-operator="&gt;" data-threshold="0.1" data-unit="percentunit"/,
        );
        match(text, /value <strong>25%<\/strong> · threshold &gt; 10%/);
        match((await get("/alerts/fp-HostDown")).text, /data-query="up" data-operator="=="/);
        await Deno.writeTextFile(`${directory}/graphs.json`, "{");
        match((await get("/alerts/fp-DiskFull")).text, /data-query="up" data-operator="=="/);
      },
      undefined,
      "viewer",
      directory,
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("createAlerts tells of each attempt: when, what the destination said, and what comes next", () =>
  withPages(async ({ get, accept, journal }) => {
    const firing = { ...alertOf("DiskFull", "warning"), status: "firing" };
    const id = await accept({ status: "firing", alerts: [firing] }, ["chat", "mail", "pager"]);
    const [chat, mail, pager] = [0, 1, 2].map((which) => id * 1024 + which) as [number, number, number];
    const minute = (m: number) => Date.UTC(2026, 10, 22, 10, m);
    await journal.settle([1, 2, 3, 4].map((m) => ({
      to: "queued",
      id: chat,
      atMs: minute(m),
      attempt: { tookMs: 1_200, reason: `HTTP 503: hunter2 busy ${m} <b>` },
      nextMs: minute(70),
      partsDone: 0,
      plain: false,
    })));
    await journal.settle([{ to: "delivered", id: mail, atMs: minute(5), tookMs: 40 }]);
    await journal.settle([{ to: "dead", id: pager, atMs: minute(6), tookMs: 10, reason: "HTTP 410: gone" }]);
    const { text } = await get("/alerts/fp-DiskFull");
    const plain = text.slice(text.indexOf('id="timeline"')).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
    match(
      plain,
      /chat waiting 4 attempts 22 Nov 2026, 10:01:00 UTC failed: HTTP 503: &lt;secret&gt; busy 1 &lt;b&gt; \(1.2 s\)/,
    );
    match(plain, /busy 4 &lt;b&gt; \(1.2 s\) next attempt 22 Nov 2026, 11:10:00 UTC/);
    match(plain, /mail delivered 22 Nov 2026, 10:05:00 UTC accepted \(40 ms\)/);
    match(
      plain,
      /pager given up Read the message 22 Nov 2026, 10:06:00 UTC failed: HTTP 410: gone \(10 ms\)/,
    );
    match(text, new RegExp(`href="/delivery/dead/${pager}"`));
  }));

Deno.test("createAlerts shows the timeline of an alert by parts, and says that it is cut", () =>
  withPages(async ({ get, accept }) => {
    const firing = { ...alertOf("DiskFull", "warning"), status: "firing" };
    for (let i = 0; i < 31; i++) await accept({ status: "firing", number: i, alerts: [firing] });
    const { text } = await get("/alerts/fp-DiskFull");
    equal([...text.matchAll(/Repeated/g)].length, 29);
    match(text, /This page shows 30 notifications/);
    doesNotMatch(text, /First message|Fired/);
    const older = /href="(\/alerts\/fp-DiskFull\?below=\d+#timeline)">Older/.exec(text)![1]!;
    const rest = (await get(older)).text;
    deepEqual(
      [...rest.matchAll(/<strong>(First message|Repeated|Silenced|Fired)/g)].map(([, what]) => what),
      [
        "First message",
        "Silenced",
        "Fired",
      ],
    );
    match(rest, /href="\/alerts\/fp-DiskFull#timeline">Newest/);
  }));

Deno.test("createAlerts shows the history by pages, and an alert that is over from there", () =>
  withPages(async ({ get, accept }) => {
    const ids: number[] = [];
    for (let i = 0; i < 52; i++) {
      const alert = { ...alertOf(`Over${i}`, "info"), status: "resolved", endsAt: STARTS };
      ids.push(await accept({ status: "resolved", alerts: [alert] }));
    }
    const { text } = await get("/alerts?tab=history");
    equal([...text.matchAll(/href="\/alerts\/fp-Over\d+\?n=\d+"/g)].length, 50);
    const next = /href="(\/alerts\?tab=history[^"]*)">Older ones/.exec(text)![1]!.replaceAll("&amp;", "&");
    equal([...(await get(next)).text.matchAll(/href="\/alerts\/fp-Over/g)].length, 2);
    const over = await get(`/alerts/fp-Over0?n=${ids[0]}`);
    equal(over.status, 200);
    match(over.text, /Alertmanager does not hold it any more/);
    equal((await get("/alerts/fp-Over51")).status, 200);
    const one = await get(`/alerts?${new URLSearchParams({ tab: "history", filter: 'alertname="Over7"' })}`);
    equal([...one.text.matchAll(/href="\/alerts\/fp-Over7\?/g)].length, 1);
  }));

Deno.test("createAlerts shows silences, what a new one would mute, and makes it", () =>
  withPages(async ({ get, post, asked, lines }) => {
    const list = await get("/silences");
    match(list.text, /alertname!~&quot;Quiet\|Calm&quot;/);
    match(list.text, /&lt;b&gt;/);
    doesNotMatch(list.text, /hunter2/);
    const draft = { matchers: 'alertname="DiskFull"\r\ninstance=~"web.*"', duration: "4h", reason: "Moving" };
    const preview = await post("/silences/preview", draft);
    match(preview.text, /would mute 1 alert now/);
    match(preview.text, /formaction="\/silences"/);
    deepEqual(asked.map(({ method }) => method), ["GET", "GET"]);
    const other = await post("/silences", { ...draft, previewed: 'alertname="Other"' });
    match(other.text, /would mute 1 alert now/);
    deepEqual(asked.filter(({ method }) => method !== "GET"), []);
    const made = await post("/silences", { ...draft, previewed: draft.matchers });
    equal(made.status, 303);
    deepEqual(asked, [{
      method: "POST",
      path: "/x/api/v2/silences",
      body: {
        matchers: [
          { name: "alertname", value: "DiskFull", isRegex: false, isEqual: true },
          { name: "instance", value: "web.*", isRegex: true, isEqual: true },
        ],
        startsAt: "2026-01-02T04:00:00.000Z",
        endsAt: "2026-01-02T08:00:00.000Z",
        createdBy: "ada",
        comment: "Moving",
      },
    }]);
    equal((await post("/silences/end", { id: "s1" })).status, 303);
    deepEqual(asked.map(({ method, path }) => `${method} ${path}`), ["DELETE /x/api/v2/silence/s1"]);
    deepEqual(lines.map(({ act, user }) => `${user} ${act}`), ["ada silence", "ada end-silence"]);
    equal((await post("/silences/end", { id: "../alerts" })).status, 404);
  }));

Deno.test("createAlerts refuses a silence that fits everything, has no reason, or cannot be read", () =>
  withPages(async ({ post, asked }) => {
    const draft = { matchers: 'alertname="DiskFull"', duration: "1h", reason: "Moving" };
    for (
      const [change, said] of [
        [{ matchers: "" }, /at least one condition/],
        [{ matchers: 'a=~".*"' }, /at least one condition/],
        [{ matchers: 'a!="b"' }, /at least one condition/],
        [{ matchers: "a=~(" }, /Cannot read|missing closing/],
        [{ reason: " " }, /Give a reason/],
        [{ duration: "100y" }, /Choose how long/],
        [{ duration: "toString" }, /Choose how long/],
      ] as const
    ) {
      const { status, text } = await post("/silences", { ...draft, ...change });
      equal(status, 422);
      match(text, said);
      deepEqual(asked.filter(({ method }) => method !== "GET"), []);
    }
  }));

Deno.test("createAlerts says why Alertmanager refuses, and notes who asked", () =>
  withPages(
    async ({ post, lines }) => {
      const { status, text } = await post("/silences/end", { id: "s1" });
      equal(status, 422);
      match(text, /role="alert">Alertmanager answered HTTP 500: out of disk/);
      deepEqual(lines.map(({ act, user, reason }) => [act, user, reason]), [
        ["end-silence", "ada", "Alertmanager answered HTTP 500: out of disk"],
      ]);
    },
    () => new Response("out of disk", { status: 500 }),
  ));

Deno.test("createAlerts offers nothing to do to who only looks", () =>
  withPages(
    async ({ get }) => {
      const text = (await get("/silences")).text + (await get("/alerts/fp-DiskFull")).text;
      doesNotMatch(text, /action="\/silences|href="\/silences\?/);
    },
    undefined,
    "viewer",
  ));
