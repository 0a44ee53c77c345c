import { deepEqual, equal, rejects } from "node:assert/strict";
import { fakeDestination } from "./fake_destination.ts";

Deno.test("fakeDestination answers as told, in order, then as it does otherwise, and keeps what came", async () => {
  await using destination = fakeDestination();
  destination.answer(
    { status: 429, headers: { "retry-after": "7" }, body: "slow down" },
    ({ body }) => ({ body: { echo: body } }),
  );
  const ask = () =>
    fetch(`${destination.url}/a?b=c`, { method: "POST", body: "é", headers: { "x-test": "1" } });
  const first = await ask();
  deepEqual([first.status, first.headers.get("retry-after"), await first.text()], [429, "7", "slow down"]);
  deepEqual(await (await ask()).json(), { echo: "é" });
  const usual = await ask();
  deepEqual([usual.status, await usual.text()], [200, ""]);
  destination.otherwise({ status: 503, delayMs: 1 });
  const last = await ask();
  deepEqual([last.status, await last.text()], [503, ""]);
  await destination.received(4);
  equal(destination.requests.length, 4);
  const [{ method, path, headers, body }] = destination.requests as [typeof destination.requests[0]];
  deepEqual([method, path, headers["x-test"], body], ["POST", "/a?b=c", "1", "é"]);
});

Deno.test("fakeDestination cuts the connection, cuts the answer short, and hangs until it is left", async () => {
  await using destination = fakeDestination();
  destination.answer({ instead: "cut" }, {
    instead: "cutBody",
    headers: { "content-length": "100" },
    body: "x".repeat(100),
  }, {
    instead: "hang",
  });
  await rejects(fetch(destination.url));
  const half = await fetch(destination.url);
  equal(half.status, 200);
  await rejects(half.text());
  const ending = new AbortController();
  const hanging = rejects(fetch(destination.url, { signal: ending.signal }), { name: "AbortError" });
  await destination.received(3);
  ending.abort();
  await hanging;
});
