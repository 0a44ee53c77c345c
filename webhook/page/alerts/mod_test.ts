import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { alertOf, HELD, STARTS, withPages } from "./testing.ts";

/** The alerts that a page leads to. */
const namesIn = (text: string) => [...text.matchAll(/href="\/alerts\/fp-(\w+)[?"]/g)].map(([, name]) => name);

Deno.test("createAlerts lists what fires, the worst first, as text, without what tells nobody anything", () =>
  withPages(async ({ get }) => {
    const { status, text } = await get("/alerts");
    equal(status, 200);
    deepEqual(namesIn(text), [
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
    deepEqual(namesIn(filtered.text), [
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
      match(one.text, /This alert is not known: (?:Alertmanager|What)/);
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
    equal([...text.matchAll(/href="\/alerts\/fp-Over\d+\?n=\d+&amp;list=/g)].length, 50);
    const next = /href="(\/alerts\?tab=history&amp;below[^"]*)">Older ones/.exec(text)![1]!.replaceAll(
      "&amp;",
      "&",
    );
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
    match((await get("/silences?alert=dbb38017f519720e")).text, /name="alert" value="dbb38017f519720e"/);
    doesNotMatch((await get("/silences?alert=//evil.example")).text, /evil/);
    const back = await post("/silences", {
      ...draft,
      previewed: draft.matchers,
      alert: "dbb38017f519720e",
    });
    equal(back.location, "/alerts/dbb38017f519720e");
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
    deepEqual(lines.map(({ act, user }) => `${user} ${act}`), [
      "ada silence",
      "ada silence",
      "ada end-silence",
    ]);
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
