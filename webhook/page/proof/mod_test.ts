import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { createAuth } from "../../auth/mod.ts";
import { createDrills } from "../../drill.ts";
import { createFeed } from "../feed.ts";
import { createPages, pageSchema, type PagesOptions } from "../mod.tsx";
import { createProof } from "./proof.ts";

const HOST = { host: "127.0.0.1:9094", "accept-language": "en" };
const AT = Date.UTC(2026, 0, 1);

/** A stack in which every hop passes on what it has, unless a test says otherwise. */
function stack(
  dataDir: string,
  broken: { alertmanager?: number; delivery?: string; isMuted?: boolean } = {},
) {
  let now = AT;
  const drills = createDrills(() => now);
  const asked: string[] = [];
  const log: string[] = [];
  const raise = (id: string, status: "firing" | "resolved") => {
    const labels = { alertname: "VigieDrill", drill: id };
    drills.received(status === "firing" ? 1 : 2, { reason: "", alerts: [{ status, labels }] } as never);
  };
  const answer = (result: unknown[]) => Response.json({ status: "success", data: { result } });
  const options = {
    page: () =>
      pageSchema.parse({
        prometheus: { url: "http://prometheus.test", scrapeSeconds: 1 },
        alertmanager: { url: "http://alertmanager.test" },
      }),
    dataDir,
    drills,
    archive: {
      deliveries: () => [{
        channel: "chat",
        state: broken.delivery === undefined ? "delivered" : "queued",
        reason: broken.delivery ?? "",
      }],
    },
    feed: createFeed(),
    now: () => now,
    isStopping: () => false,
    redact: (text: string) => text,
    timezone: () => undefined,
    log: { info: (text: string) => log.push(text), error: (text: string) => log.push(text) },
    onDefect: (error: unknown) => log.push(String(error)),
    fetch: (input: URL, init?: RequestInit) => {
      asked.push(`${init?.method ?? "GET"} ${input.host}${input.pathname}`);
      if (input.host === "prometheus.test") {
        return Promise.resolve(answer([{ metric: {}, value: [now / 1_000, String(now / 1_000)] }]));
      }
      if (broken.alertmanager) return Promise.resolve(new Response("no", { status: broken.alertmanager }));
      if (broken.isMuted) return Promise.resolve(Response.json([{ status: { state: "suppressed" } }]));
      raise(drills.active()[0]!, "firing");
      return Promise.resolve(Response.json([{ status: { state: "active" } }]));
    },
    externalUrl: () => undefined,
    gate: { formTargets: () => [], sessionOf: () => undefined },
    isGated: () => false,
    auth: () => createAuth({ bearers: [], users: [], hmacs: [] }),
    isLocal: () => true,
    locale: () => "en",
  } as unknown as PagesOptions;
  const pause = (ms: number) => {
    now += ms;
    const ended = drills.active().length === 0;
    for (const id of ended ? [...new Set(ids)] : []) raise(id, "resolved");
    ids.push(...drills.active());
    return Promise.resolve();
  };
  const ids: string[] = [];
  // A drill that was over before the first pause is found by its end.
  const end = drills.end;
  drills.end = (id) => {
    ids.push(id);
    return end(id);
  };
  return { options, pause, asked, log };
}

async function inDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "vigie-proof-" });
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("createProof walks the alert from Prometheus to each channel and back, and keeps what it has shown", async () => {
  await inDirectory(async (directory) => {
    const { options, pause, asked } = stack(directory);
    const proof = createProof(options, pause);
    equal(proof.begin("ada"), true);
    equal(proof.begin("ada"), false);
    await proof.idle();
    const [result] = await proof.results();
    deepEqual(result!.hops.map(({ name, channel, outcome }) => [name, channel ?? "", outcome].join(" ")), [
      "triggered  passed",
      "scraped  passed",
      "firing  passed",
      "alertmanager  passed",
      "webhook  passed",
      "channel chat passed",
      "ended  passed",
      "webhookResolved  passed",
      "channelResolved chat passed",
    ]);
    deepEqual([result!.outcome, result!.from, result!.by], ["passed", "prometheus", "ada"]);
    deepEqual(options.drills.active(), []);
    equal(asked.filter((request) => request.startsWith("POST alertmanager")).length, 0);
    // Another process reads what this one kept.
    deepEqual(await createProof({ ...options }, pause).results(), [result]);
  });
});

Deno.test("createProof says at which hop the alert stays, and ends the drill", async () => {
  await inDirectory(async (directory) => {
    const { options, pause } = stack(directory, { alertmanager: 503 });
    const proof = createProof(options, pause);
    proof.begin(undefined);
    await proof.idle();
    const [result] = await proof.results();
    equal(result!.outcome, "failed");
    deepEqual(result!.hops.at(-1)!.name, "alertmanager");
    match(result!.hops.at(-1)!.reason!, /^Alertmanager answered HTTP 503: no$/);
    deepEqual(options.drills.active(), []);
  });
});

Deno.test("createProof says why a channel did not deliver, and still awaits the end", async () => {
  await inDirectory(async (directory) => {
    const { options, pause } = stack(directory, { delivery: "HTTP 401" });
    const proof = createProof(options, pause);
    proof.begin(undefined);
    await proof.idle();
    const [result] = await proof.results();
    const failed = result!.hops.filter(({ outcome }) => outcome === "failed");
    deepEqual(failed.map(({ name, reason }) => [name, reason]), [
      ["channel", "HTTP 401"],
      ["channelResolved", "HTTP 401"],
    ]);
  });
});

Deno.test("createProofs says in the reader's language what is ours to say", async () => {
  await inDirectory(async (directory) => {
    const { options, pause } = stack(directory, { isMuted: true });
    const proof = createProof(options, pause);
    proof.begin(undefined);
    await proof.idle();
    equal((await proof.results())[0]!.hops.at(-1)!.why, "muted");
    const headers = { ...HOST, "accept-language": "fr" };
    const text = await (await createPages(options).request("/proof", { headers })).text();
    match(text, /Alertmanager retient l’alerte/);
  });
});

Deno.test("createProof goes on without results that cannot be read, and says so", async () => {
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(join(directory, "proofs.json"), "[{");
    const { options, pause, log } = stack(directory);
    deepEqual(await createProof(options, pause).results(), []);
    deepEqual(log, ["Results of earlier tests of the alert path cannot be read"]);
  });
});

Deno.test("createProofs shows results as text, and begins nothing without the form's proof", async () => {
  await inDirectory(async (directory) => {
    const { options } = stack(directory);
    await Deno.writeTextFile(
      join(directory, "proofs.json"),
      JSON.stringify([{
        id: "a",
        startedMs: AT,
        endedMs: AT + 1_800,
        outcome: "failed",
        tookMs: 1_800,
        from: "prometheus",
        hops: [{ name: "channel", channel: "<b>", outcome: "failed", reason: "<script>" }],
      }]),
    );
    const app = createPages(options);
    const text = await (await app.request("/proof", { headers: HOST })).text();
    match(text, /Last test [^]*failed[^]*1\.8\u00a0s/);
    match(text, /Channel &lt;b&gt;: delivered[^]*&lt;script&gt;/);
    doesNotMatch(text, /<b>|<script>/);
    const body = (proof: string) => String(new URLSearchParams({ proof }));
    const headers = { ...HOST, "content-type": "application/x-www-form-urlencoded" };
    const refused = await app.request("/proof", { method: "POST", headers, body: body("made-up") });
    equal(refused.status, 403);
    deepEqual(options.drills.active(), []);
    const stopping = createPages({ ...options, isStopping: () => true });
    const form = await (await stopping.request("/proof", { headers: HOST })).text();
    const proof = /name="proof" value="([^"]+)"/.exec(form)![1]!;
    equal((await stopping.request("/proof", { method: "POST", headers, body: body(proof) })).status, 409);
  });
});
