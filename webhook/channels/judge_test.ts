import { deepEqual, equal } from "node:assert/strict";
import type { HttpAnswer } from "./http.ts";
import { jsonOf, judgeFailure, saying } from "./judge.ts";

function answer(status: number, text = "", headers: Record<string, string> = {}): HttpAnswer {
  return { status, text, headers: new Headers(headers) };
}

Deno.test("judgeFailure tells what passes from what needs another configuration, and both from a bad message", () => {
  const results = (statuses: readonly number[]) =>
    new Set(statuses.map((status) => judgeFailure(answer(status), 0).result));
  deepEqual(results([408, 425, 429, 500, 502, 503, 504, 507, 599]), new Set(["retry"]));
  deepEqual(results([301, 308, 401, 403, 404, 410]), new Set(["gone"]));
  deepEqual(results([400, 405, 409, 413, 415, 422]), new Set(["refused"]));
  // Not how the destination confirms, or the way to a page of somebody in between.
  deepEqual(results([200, 202, 204, 302, 303, 307]), new Set(["retry"]));
});

Deno.test("judgeFailure waits as long as it is asked to, in seconds or until a date", () => {
  const nowMs = Date.parse("2026-11-22T10:05:00Z");
  const after = (value: string) => {
    const outcome = judgeFailure(answer(429, "", { "retry-after": value }), nowMs);
    return outcome.result === "retry" ? outcome.afterMs : outcome.result;
  };
  equal(after("30"), 30_000);
  equal(after("Sun, 22 Nov 2026 10:06:00 GMT"), 60_000);
  equal(after("Sun, 22 Nov 2026 10:00:00 GMT"), 0);
  equal(after("soon"), undefined);
});

Deno.test("saying is one short line of what was answered", () => {
  equal(saying(answer(503)), "It answered 503");
  equal(saying(answer(400, " no\n\x1b[2J\tway ")), "It answered 400: no <U+001B>[2J way");
  equal(saying(answer(400, "<html>"), "title is too long"), "It answered 400: title is too long");
  equal(saying(answer(500, "x".repeat(1_000))).length, "It answered 500: ".length + 201);
});

Deno.test("jsonOf gives an object, and nothing else", () => {
  deepEqual(jsonOf(answer(200, '{"ok":true}')), { ok: true });
  for (const text of ["", "ok", "null", "[1]", '"x"', "{"]) equal(jsonOf(answer(200, text)), undefined, text);
});
