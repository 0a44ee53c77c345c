import assert from "node:assert/strict";
import { runSmoke, type SmokeResult } from "./check.ts";
import { type ActiveTarget, targets } from "./targets.ts";
import { data, fakeContext, messages, outcomes } from "./testing.ts";

const CONFIG = `scrape_configs:
  - job_name: api
    static_configs: [{ targets: ["10.0.0.7:8000"] }]
  - job_name: discovered
    file_sd_configs: [{ files: ["*.json"] }]
`;

/** A target of the user's own. */
function target(overrides: Partial<ActiveTarget> = {}): ActiveTarget {
  return {
    labels: { job: "api", instance: "web-1" },
    scrapePool: "api",
    scrapeUrl: "http://10.0.0.7:8000/metrics",
    health: "up",
    lastError: "",
    lastScrape: "2026-11-22T10:00:00Z",
    lastScrapeDuration: 0.004,
    scrapeInterval: "1s",
    ...overrides,
  };
}

/** Prometheus names each of `looks` in turn, the last one for ever. */
function run(...looks: (readonly ActiveTarget[])[]): Promise<SmokeResult> {
  return runWith(CONFIG, ...looks);
}

async function runWith(config: string, ...looks: (readonly ActiveTarget[])[]): Promise<SmokeResult> {
  const next = () => data({ activeTargets: looks.length > 1 ? looks.shift() : looks[0] });
  const context = fakeContext({ "prometheus/api/v1/targets": next }, {
    files: new Map([["prometheus/prometheus.yml", config]]),
  });
  return (await runSmoke([targets], context))[0]!;
}

Deno.test("targets passes when every target is up, and notes target files without a target", async () => {
  const result = await run([target()]);
  assert.deepEqual(outcomes(result), ["discovered: note", "api web-1: passed"]);
  assert.equal(result.steps[1]!.elapsedMs, 4);
});

Deno.test("targets waits for the first scrape, and for one more of a target that is down", async () => {
  const unknown = target({ health: "unknown", lastScrape: "0001-01-01T00:00:00Z" });
  assert.equal((await run([], [unknown], [unknown], [target()])).outcome, "passed");
  const down = target({ health: "down", lastError: "connection refused" });
  assert.equal((await run([down], [down], [target()])).outcome, "passed");
  const again = { ...down, lastScrape: "2026-11-22T10:00:01Z" };
  assert.equal((await run([down], [down], [again])).outcome, "failed");
});

Deno.test("targets waits for each target that a job names, as Prometheus takes them up some time after a reload", async () => {
  const two = CONFIG.replace('"10.0.0.7:8000"', '"10.0.0.7:8000", "10.0.0.8:8000"');
  const other = target({
    labels: { job: "api", instance: "web-2" },
    scrapeUrl: "http://10.0.0.8:8000/metrics",
  });
  assert.equal((await runWith(two, [target()], [target()], [target(), other])).outcome, "passed");
  const result = await runWith(two, [target()]);
  assert.deepEqual(messages(result), [
    'Prometheus has 1 of the 2 targets that the generated configuration names for the job "api"',
  ]);
});

Deno.test("targets gives Prometheus's error and what it usually means", async () => {
  const cures: Record<string, RegExp> = {
    "dial tcp 10.0.0.7:8000: connect: connection refused": /start what should listen on 10\.0\.0\.7:8000/,
    "dial tcp: lookup web-1: no such host": /correct the host name in config\.ts/,
    "dial tcp: connect: no route to host": /a firewall or a missing route/,
    "context deadline exceeded": /slow or filtered/,
    "server returned HTTP status 401 Unauthorized": /asks for credentials/,
    "server returned HTTP status 404 Not Found": /correct the path or the port/,
    "tls: failed to verify certificate: x509: unknown authority": /certificate that Prometheus trusts/,
    "expected a valid start token": /open http:\/\/10\.0\.0\.7:8000\/metrics/,
  };
  for (const [lastError, cure] of Object.entries(cures)) {
    const result = await run([target({ health: "down", lastError })]);
    assert.deepEqual(messages(result), [
      `The target "api web-1" (http://10.0.0.7:8000/metrics) is down: ${lastError}`,
    ]);
    assert.match(result.problems[0]!.cure, cure);
  }
});

Deno.test("targets cures a service of the stack with the stack's own commands", async () => {
  const labels = { job: "webhook", instance: "webhook" };
  const result = await run([target(), target({ labels, health: "down", lastError: "no such host" })]);
  assert.match(result.problems[0]!.cure, /deno task up/);
});

Deno.test("targets names a job that Prometheus does not know, and a target that it never scraped", async () => {
  const missing = await run([]);
  assert.deepEqual(messages(missing), [
    'Prometheus has no target for the job "api", which the generated configuration names',
  ]);
  assert.equal(missing.problems[0]!.file, "prometheus/prometheus.yml");
  assert.deepEqual(messages(await run([target({ health: "unknown" })])), [
    'Prometheus has not scraped the target "api web-1" (http://10.0.0.7:8000/metrics) in time',
  ]);
});

Deno.test("targets says that Prometheus does not answer", async () => {
  const [result] = await runSmoke([targets], fakeContext({}));
  assert.match(
    messages(result!)[0]!,
    /^Cannot ask Prometheus for its targets: Cannot reach .*: connection refused$/,
  );
});
