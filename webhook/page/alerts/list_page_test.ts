import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { alertOf, HELD, withPages } from "./testing.ts";

/** A page as its reader reads it. */
const textOf = (html: string) =>
  html.slice(Math.max(html.indexOf("<main"), 0)).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim();

/** The heads of the groups. */
const headsOf = (html: string) =>
  [...html.matchAll(/<summary>(.*?)<\/summary>/gs)].slice(1).map(([, head]) => textOf(head!));

Deno.test("listPage puts what fires into groups, with its number and its worst severity", () =>
  withPages(async ({ get }) => {
    deepEqual(headsOf((await get("/alerts")).text), [
      "critical HostDown 1 alert",
      "warning DiskFull 1 alert",
      "information Quiet 1 alert",
    ]);
    deepEqual(headsOf((await get("/alerts?group=instance")).text), ["critical web-1 3 alerts"]);
    deepEqual(headsOf((await get("/alerts?group=nothing")).text), ["critical without nothing 3 alerts"]);
    const { text } = await get("/alerts?group=-");
    deepEqual(headsOf(text), []);
    match(text, /<option value="-" selected="">no groups/);
    for (const odd of ["<b>", "__proto__", "a b"]) {
      doesNotMatch((await get(`/alerts?group=${encodeURIComponent(odd)}`)).text, /<b>/);
    }
  }));

Deno.test("listPage groups as Alertmanager does, and says so when it does not tell how", async () => {
  const groups = [
    { labels: { severity: "warning" }, receiver: { name: "a" }, alerts: [HELD[1], HELD[2]] },
    { labels: { other: "x" }, receiver: { name: "b" }, alerts: [HELD[2]] },
  ];
  await withPages(
    async ({ get }) => {
      deepEqual(headsOf((await get("/alerts?group=-am")).text), [
        "critical severity=warning 2 alerts",
        "information no group 1 alert",
      ]);
    },
    (url) => Response.json(url.pathname.endsWith("/groups") ? groups : HELD),
  );
  await withPages(
    async ({ get }) => {
      const { text } = await get("/alerts?group=-am");
      match(textOf(text), /groups are not known: Alertmanager answered HTTP 500/);
      equal(headsOf(text).length, 3);
    },
    (url) => url.pathname.endsWith("/groups") ? new Response("", { status: 500 }) : Response.json(HELD),
  );
});

Deno.test("listPage tells what each is now, and who was told of it", () =>
  withPages(async ({ get, accept, journal }) => {
    const told = (name: string) => ({ ...alertOf(name, "warning"), status: "firing" });
    const id = await accept({ status: "firing", alerts: [told("DiskFull")] }, ["chat", "mail", "pager"]);
    await journal.settle([
      { to: "delivered", id: id * 1024, atMs: 1, tookMs: 1 },
      { to: "dead", id: id * 1024 + 2, atMs: 1, tookMs: 1, reason: "gone" },
    ]);
    const text = textOf((await get("/alerts")).text);
    match(
      text,
      /DiskFull Summary of DiskFull instance=web-1 0.25 threshold == 0 .*? ✓ chat : delivered … mail : waiting ✗ pager : given up active/,
    );
    match(text, /Quiet .*? nobody silenced/);
  }));

Deno.test("listPage shows what was last told when Alertmanager does not tell, and never as if it were so now", () =>
  withPages(async ({ get, accept }) => {
    const told = (name: string, status: string) => ({ ...alertOf(name, "critical"), status });
    equal(/each was last told, no alert is firing/.test((await get("/alerts")).text), true);
    const id = await accept({
      status: "firing",
      alerts: [told("HostDown", "firing"), told("Over", "firing")],
    });
    await accept({ status: "resolved", alerts: [told("Over", "resolved")] });
    const { text } = await get("/alerts");
    match(
      textOf(text),
      /What fires is not known: Alertmanager cannot be reached: refused This is what the journal knows/,
    );
    match(textOf(text), /HostDown .*? last told 22 Nov 2026, 10:00:00 UTC/);
    doesNotMatch(textOf(text), /active|Over/);
    match(text, new RegExp(`href="/alerts/fp-HostDown\\?n=${id}"`));
    match(text, /<html[^>]* data-severity="unknown">/);
    const one = textOf((await get(`/alerts/fp-HostDown?n=${id}`)).text);
    match(one, /What fires is not known: .*? As last told, at 22 Nov 2026, 10:00:00 UTC : fired/);
    match((await get("/alerts?filter=alertname%3DNone")).text, /No alert fits the filter/);
  }, () => Promise.reject(new TypeError("refused"))));

Deno.test("listPage tells in the history what came of each message, for how long each alert fired, and leads back to it", () =>
  withPages(async ({ get, accept, journal }) => {
    const over = { ...alertOf("Over", "info"), status: "resolved", endsAt: "2026-01-02T03:16:05Z" };
    const id = await accept({ status: "resolved", alerts: [over] }, ["chat"]);
    await journal.settle([{ to: "dead", id: id * 1024, atMs: 1, tookMs: 1, reason: "gone" }]);
    for (let i = 0; i < 50; i++) {
      await accept({ status: "firing", number: i, alerts: [alertOf("Noise", "info")] });
    }
    const address = `/alerts?tab=history&filter=severity%3Dinfo&group=job&below=${id + 1}`;
    const { text } = await get(address);
    match(textOf(text), /resolved Over web-1 , over after 12 min ✗ chat : given up/);
    match(text, new RegExp(`<tr id="n${id}">`));
    const link = /href="(\/alerts\/fp-Over[^"]*)"/.exec(text)![1]!.replaceAll("&amp;", "&");
    const one = (await get(link)).text;
    match(
      one.replaceAll("&amp;", "&"),
      new RegExp(`href="${address.replaceAll("?", "\\?")}#n${id}">Back to the list`),
    );
    const odd = await get(
      `/alerts/fp-Over?n=${id}&list=${encodeURIComponent("http://evil.example/?below=x#<b>")}`,
    );
    match(odd.text, /href="\/alerts">Back to the list/);
  }));

Deno.test("listPage says that there is no Alertmanager", () =>
  withPages(
    async ({ get, asked }) => {
      const { text } = await get("/alerts");
      match(text, /There is no Alertmanager configured/);
      deepEqual(asked.filter(({ path }) => path.includes("/api/v2/")), []);
      doesNotMatch(text, /as in Alertmanager/);
    },
    undefined,
    "viewer",
    undefined,
    {},
  ));
