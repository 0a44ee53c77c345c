import { deepEqual, equal, ok } from "node:assert/strict";
import { exchange, isAnswer, retryAfterMs } from "./http.ts";
import { fakeDestination } from "./testing/fake_destination.ts";

const NOW_MS = Date.parse("2026-11-22T10:00:00Z");

function ask(url: string, signal = AbortSignal.timeout(10_000)) {
  const context = { fetch, signal, print: () => Promise.resolve(), now: () => NOW_MS };
  return exchange({ method: "POST", url, headers: { "x-test": "1" }, body: "{}" }, context);
}

Deno.test("exchange gives the answer whatever its status, and at most 64 KiB of it", async () => {
  await using destination = fakeDestination();
  destination.answer({ status: 418, headers: { "x-why": "tea" }, body: "x".repeat(100_000) });
  const answer = await ask(destination.url);
  ok(isAnswer(answer));
  deepEqual([answer.status, answer.headers.get("x-why"), answer.text.length], [418, "tea", 65_536]);
  deepEqual([destination.requests[0]!.method, destination.requests[0]!.headers["x-test"]], ["POST", "1"]);
});

Deno.test("exchange follows no redirect", async () => {
  await using destination = fakeDestination();
  await using elsewhere = fakeDestination();
  destination.answer({ status: 307, headers: { location: elsewhere.url } });
  const answer = await ask(destination.url);
  ok(isAnswer(answer) && answer.status === 307);
  equal(elsewhere.requests.length, 0);
});

Deno.test("exchange never repeats the address, which may be a secret", async () => {
  for (
    const url of [
      "hooks.example/s3cr3t",
      "https://x y/s3cr3t",
      "https://a.example:99999/s3cr3t",
      "ftp://a.example/s3cr3t",
      "",
    ]
  ) {
    deepEqual(await ask(url), { result: "gone", reason: "Its address is not an http or https URL" });
  }
  const destination = fakeDestination();
  const { url } = destination;
  await destination[Symbol.asyncDispose]();
  const outcome = await ask(`${url}/s3cr3t?token=s3cr3t`);
  ok(!isAnswer(outcome) && outcome.result === "retry");
  ok(outcome.reason !== "" && !outcome.reason.includes("s3cr3t"), outcome.reason);
});

Deno.test("exchange may succeed later when the answer does not come, is cut short, or is not waited for", async () => {
  await using destination = fakeDestination();
  destination.answer({ instead: "cut" }, { body: "0123456789", instead: "cutBody" }, { instead: "hang" });
  for (const _ of [1, 2]) {
    const outcome = await ask(destination.url);
    ok(!isAnswer(outcome) && outcome.result === "retry" && outcome.reason !== "");
  }
  deepEqual(await ask(destination.url, AbortSignal.timeout(20)), {
    result: "retry",
    reason: "no answer in time",
  });
});

Deno.test("retryAfterMs reads seconds and dates, and nothing else", () => {
  const after = (value?: string) =>
    retryAfterMs(new Headers(value === undefined ? {} : { "retry-after": value }), NOW_MS);
  equal(after("30"), 30_000);
  equal(after("0"), 0);
  equal(after("1.25"), 1_250);
  equal(after("Sun, 22 Nov 2026 10:01:00 GMT"), 60_000);
  equal(after("Sun, 22 Nov 2026 09:00:00 GMT"), 0);
  deepEqual([after(), after(""), after("soon"), after("-5s")], [undefined, undefined, undefined, undefined]);
});
