import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Check } from "../../lib/check.ts";
import { renderFor, renderStack } from "../render.ts";
import { defineStack, type StackInput, type Target } from "../stack.ts";
import type { StackContext } from "./context.ts";
import { costCheck } from "./cost.ts";

async function withCost(
  input: StackInput,
  body: (context: StackContext, check: Check<StackContext>) => Promise<void>,
): Promise<void> {
  const stateDir = await Deno.makeTempDir({ prefix: "vigie-test-" });
  try {
    const config = defineStack(input);
    const target: Target = { engine: "local", buildDir: "/build", stateDir, configDir: "/" };
    const context: StackContext = {
      files: renderFor(config, target),
      buildDir: "/build",
      stateDir,
      config,
      inUse: { buildDir: "/build", files: renderStack(config, target) },
      locale: "en",
      urls: {},
      tool: () => Promise.reject(new Error("cost/series asks no program")),
      signal: new AbortController().signal,
    };
    await body(context, costCheck);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
}

interface Details {
  readonly jobs: readonly { job: string; targets: number; series: number; assumed: boolean }[];
  readonly series: number;
  readonly bytesPerDay: number;
}

async function detailsOf(input: StackInput): Promise<Details> {
  let details: unknown;
  await withCost(input, async (context) => {
    details = (await costCheck.note!(context)).details;
  });
  return details as Details;
}

Deno.test("cost/series has nothing against the defaults, and tells what they take", async () => {
  await withCost({}, async (context, check) => {
    deepEqual(await check.run(context), []);
    const { line, table } = await check.note!(context);
    match(line, /^about \d+ series, \d+\.\d MB a day; 15d take \d+\.\d MB of 5\.0 GB$/);
    match(table, /^node +1 target +\d+ series +\d+\.\d million samples a day$/m);
  });
});

Deno.test("cost/series warns when retention.size loses what retention.time keeps", async () => {
  await withCost({ retention: { time: "1y", size: "1GB" } }, async (context, check) => {
    const [problem, ...more] = await check.run(context);
    deepEqual(more, []);
    equal(problem!.check, "cost/series");
    equal(problem!.severity, "warning");
    deepEqual(problem!.config, ["retention", "size"]);
    match(
      problem!.message,
      /^1y of measurements take about \d+\.\d GB, and retention\.size keeps 1\.0 GB: after about \d+ days the oldest are lost$/,
    );
    match(problem!.cure, /^Raise retention\.size to \d+GB, lower retention\.time, or scrape less often$/);
  });
});

Deno.test("cost/series counts hosts, probes, jobs and how often they are scraped", async () => {
  const one = await detailsOf({});
  const hosts = Array.from({ length: 10 }, (_, i) => ({ name: `web-${i}`, address: `10.0.0.${i + 1}` }));
  const many = await detailsOf({ hosts });
  const of = ({ jobs }: Details, name: string) => jobs.find(({ job }) => job === name)!;
  // The stack's own exporter is watched beside them.
  equal(of(many, "node").targets, 11);
  equal(of(many, "node").series, 11 * of(one, "node").series);
  const often = await detailsOf({ scrape: { interval: "5s", timeout: "5s" } });
  const ratio = often.bytesPerDay / one.bytesPerDay;
  ok(ratio > 2.9 && ratio <= 3, String(ratio));
  const more = await detailsOf({
    jobs: [{ name: "api", targets: ["10.0.0.1:80", "10.0.0.2:80"], interval: "30s" }],
    probes: [
      { name: "a", kind: "http", target: "https://example.org/" },
      { name: "b", kind: "icmp", target: "10.0.0.1" },
    ],
  });
  const { targets, assumed, series } = of(more, "api");
  deepEqual({ targets, assumed }, { targets: 2, assumed: true });
  equal(series, 2 * 305);
  equal(of(more, "probe").targets, 2);
  ok(of(more, "probe").series < 60 && of(more, "probe").series > 25, String(of(more, "probe").series));
});
