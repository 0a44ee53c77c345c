import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { pageSchema } from "../page/schema.ts";
import { decodeNotification } from "../payload.ts";
import { createFakeClock } from "../testing/fake_clock.ts";
import { createPictures, type Drawn } from "./mod.ts";
import { subjectKey, subjectOf } from "./subject.ts";

const alert = (alertname: string, severity: string, more: Record<string, unknown> = {}) => ({
  status: "firing",
  labels: { alertname, severity, instance: "db-1" },
  annotations: {},
  startsAt: "2026-11-22T09:50:00Z",
  generatorURL: "http://prometheus.example/graph?g0.expr=up+%3E+0.5",
  fingerprint: `${alertname}${severity}`,
  ...more,
});
const notification = (...alerts: unknown[]) => decodeNotification({ alerts, status: "firing" });
const json = (body: unknown, status = 200) =>
  Promise.resolve(Response.json(body, { status, headers: { "content-type": "application/json" } }));

/** What comes of a picture where Prometheus is asked by `fetch`; with `isEndless` time passes until it is too late for one. */
async function draw(
  fetch: typeof globalThis.fetch,
  {
    told = notification(alert("Down", "critical")),
    directory = undefined as string | undefined,
    isEndless = false,
  } = {},
): Promise<Drawn> {
  const clock = createFakeClock();
  const pictures = createPictures({
    page: () => pageSchema.parse({ prometheus: { url: "http://127.0.0.1:9" } }),
    directory: () => directory,
    locale: () => "en",
    timezone: () => undefined,
    clock,
    fetch,
    redact: (text) => text.replaceAll("hunter2", "<secret>"),
  });
  const drawing = pictures.draw(told, 2_000, new AbortController().signal);
  if (isEndless) await clock.advance(2_000);
  const drawn = await drawing;
  equal(clock.waiting(), 0, "a timer is left");
  pictures.stop();
  return drawn;
}

const missing = (drawn: Drawn): readonly [result: string, reason: string] =>
  "missing" in drawn ? [drawn.missing, drawn.reason] : ["picture", ""];

Deno.test("createPictures has none, and says why, when Prometheus has nothing, is wrong, down or slow", async () => {
  const nothing = { status: "success", data: { resultType: "matrix", result: [] } };
  const nan = { metric: {}, values: [[1_700_000_000, "NaN"]] };
  const rows: readonly (readonly [typeof globalThis.fetch, missing: string, reason: RegExp])[] = [
    [() => json(nothing), "no_data", /no values/],
    [() => json({ ...nothing, data: { resultType: "matrix", result: [nan] } }), "no_data", /no values/],
    [() => json({ status: "success", data: 1 }), "failed", /not understood/],
    [
      () => json({ status: "success", data: { resultType: "matrix", result: [{ metric: {}, values: 1 }] } }),
      "failed",
      /./,
    ],
    [() => json({ status: "error", error: "bad hunter2" }, 400), "failed", /^bad <secret>$/],
    [() => Promise.resolve(new Response("<html>")), "failed", /is none/],
    [
      () => Promise.reject(new TypeError("connection refused")),
      "failed",
      /cannot be reached: connection refused/,
    ],
    [() => new Promise<Response>(() => {}), "late", /within 2 s/],
  ];
  for (const [fetch, wanted, reason] of rows) {
    const [result, said] = missing(await draw(fetch, { isEndless: wanted === "late" }));
    equal(result, wanted, said);
    match(said, reason);
  }
});

Deno.test("createPictures asks nothing where nothing says what to draw, and says when graphs.json is broken", async () => {
  const never = () => Promise.reject(new Error("asked"));
  const [result] = missing(
    await draw(never, { told: notification(alert("Down", "critical", { generatorURL: "" })) }),
  );
  equal(result, "no_graph");
  equal(missing(await draw(never, { told: notification() }))[0], "no_graph");
  const directory = await Deno.makeTempDir({ prefix: "vigie-pictures-" });
  try {
    for (const text of ["{", '{"Down":{"query":1}}', "[]"]) {
      await Deno.writeTextFile(join(directory, "graphs.json"), text);
      const [result, said] = missing(await draw(never, { directory }));
      equal(result, "failed");
      match(said, /^"graphs\.json" is not as/);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("subjectOf is the worst that fires, with those of its name; subjectKey is the same for the same", () => {
  const worst = alert("Disk", "critical");
  const other = alert("Disk", "critical", { fingerprint: "2", startsAt: "2026-11-22T09:55:00Z" });
  const told = notification(alert("Load", "warning"), other, worst, {
    ...alert("Old", "critical"),
    status: "resolved",
  });
  const subject = subjectOf(told)!;
  deepEqual(subject.alerts.map(({ fingerprint }) => fingerprint), ["Diskcritical", "2"]);
  equal(subjectKey(subject), subjectKey(subjectOf(notification(worst, other))!));
  equal(subjectKey(subject) === subjectKey(subjectOf(notification(worst))!), false);
  equal(subjectOf(notification({ ...worst, status: "resolved" })), undefined);
});
