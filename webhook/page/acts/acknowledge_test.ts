import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { STARTS, withPages } from "../alerts/testing.ts";

const AT = "/alerts/fp-DiskFull";
const starts = `${Date.parse(STARTS)}`;

Deno.test("acknowledge keeps who has seen an alert, shows it in both places, and takes it back", () =>
  withPages(async ({ get, post, lines }) => {
    match((await get(AT)).text, /Nobody has acknowledged it yet/);
    const note = "On it <b>hunter2</b>";
    equal((await post(`${AT}/acknowledge`, { starts, note })).status, 303);
    const one = (await get(AT)).text;
    match(one, /seen by ada, <time/);
    match(one, /<p>On it &lt;b&gt;&lt;secret&gt;&lt;\/b&gt;<\/p>/);
    match(one, /Withdraw the acknowledgement/);
    const list = (await get("/alerts")).text;
    equal([...list.matchAll(/seen by ada/g)].length, 1);
    match(list, /title="On it &lt;b&gt;&lt;secret&gt;/);
    equal((await post(`${AT}/withdraw`, { starts })).status, 303);
    doesNotMatch((await get("/alerts")).text, /seen by/);
    deepEqual(lines.map(({ user, role, act, what, note }) => [user, role, act, what, note]), [
      ["ada", "operator", "acknowledge", "fp-DiskFull", "On it <b><secret></b>"],
      ["ada", "operator", "withdraw-acknowledgement", "fp-DiskFull", undefined],
    ]);
  }));

Deno.test("acknowledge refuses what is over, began anew or is too long, and says why", () =>
  withPages(async ({ get, post, lines }) => {
    const earlier = await post(`${AT}/acknowledge`, { starts: "5" });
    equal(earlier.status, 409);
    match(earlier.text, /role="alert">The alert has begun to fire anew since/);
    const long = await post(`${AT}/acknowledge`, { starts, note: "é".repeat(501) });
    equal(long.status, 422);
    match(long.text, /longer than 500 characters/);
    equal((await post("/alerts/none/acknowledge", { starts })).status, 404);
    match((await get(AT)).text, /Nobody has acknowledged it yet/);
    equal(lines.length, 3);
  }));

Deno.test("acknowledge is not offered to who only looks, nor done for them", () =>
  withPages(
    async ({ get, post }) => {
      doesNotMatch((await get(AT)).text, /acknowledge"/);
      const fields = { starts };
      equal((await post(`${AT}/acknowledge`, fields)).status, 403);
    },
    undefined,
    "viewer",
  ));

Deno.test("acknowledge says that it cannot be kept, and that it is not known who has seen what", () =>
  withPages(async ({ get, post, dataDir }) => {
    Deno.writeTextFileSync(`${dataDir}/page.sqlite`, "no database ".repeat(1_000));
    const page = await get(AT);
    equal(page.status, 200);
    match(page.text, /Who has seen which alerts is not known: Cannot read/);
    const refused = await post(`${AT}/acknowledge`, { starts });
    equal(refused.status, 503);
    match(refused.text, /role="alert">Cannot write [^<]*damaged/);
    equal((await get("/alerts")).status, 200);
  }));
