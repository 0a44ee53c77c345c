import assert from "node:assert/strict";
import { runSmoke, type SmokeResult } from "./check.ts";
import { panels } from "./panels.ts";
import { data, fakeContext, messages, outcomes } from "./testing.ts";

/** A dashboard with one panel an expression. */
function dashboard(...exprs: string[]): Map<string, string> {
  const panels = exprs.map((expr, i) => ({ title: `Panel ${i + 1}`, targets: [{ refId: "A", expr }] }));
  return new Map([[
    "grafana/dashboards/host.json",
    JSON.stringify({ uid: "vigie-host", title: "Hosts", panels }),
  ]]);
}

/** Prometheus gives `series` for every query but one with a syntax error. */
async function run(files: Map<string, string>, series: (expr: string) => number): Promise<SmokeResult> {
  const context = fakeContext({
    "prometheus/api/v1/targets": data({ activeTargets: [] }),
    "prometheus/api/v1/query": async (request: Request) => {
      const expr = new URLSearchParams(await request.text()).get("query")!;
      return expr.endsWith("(")
        ? { status: "error", errorType: "bad_data", error: "unclosed left parenthesis" }
        : data({ resultType: "vector", result: Array(series(expr)).fill({}) });
    },
  }, { files });
  return (await runSmoke([panels], context))[0]!;
}

Deno.test("panels runs every query, with Grafana's variables filled in", async () => {
  const asked: string[] = [];
  const result = await run(dashboard("up", "rate(x[$__rate_interval])"), (expr) => asked.push(expr));
  assert.deepEqual(outcomes(result), ["Hosts: Panel 1 (A): passed", "Hosts: Panel 2 (A): passed"]);
  assert.equal(result.steps[0]!.group, "Hosts");
  assert.deepEqual(asked, ["up", "rate(x[1m])"]);
});

Deno.test("panels waits for data, which needs two scrapes, and names the query that never has any", async () => {
  let looks = 0;
  assert.equal((await run(dashboard("up"), () => ++looks < 3 ? 0 : 1)).outcome, "passed");
  const never = await run(dashboard("node_lod1"), () => 0);
  assert.deepEqual(messages(never), [
    'The panel "Panel 1" of the dashboard "Hosts" shows no data: node_lod1',
  ]);
  assert.equal(never.problems[0]!.file, "grafana/dashboards/host.json");
});

Deno.test("panels notes a query that is empty for a good reason, without waiting", async () => {
  let looks = 0;
  const empty = [
    'ALERTS{alertstate="firing"}',
    "node_hwmon_temp_celsius",
    'up{job=~".*"} == 0',
    "x > bool 1",
  ];
  const result = await run(dashboard(...empty), (expr) => (looks++, expr === empty[3] ? 1 : 0));
  assert.deepEqual(result.steps.map(({ outcome, detail }) => `${outcome}: ${detail}`), [
    "note: no data: no alert is active",
    "note: no data: this machine shows no temperature sensor",
    "note: no data: nothing is beyond the limit that it shows",
    "passed: 1 series",
  ]);
  assert.equal(looks, 4);
});

Deno.test("panels does not take a matcher or a label's text for a limit", async () => {
  const result = await run(dashboard('x{a!="b",c=~">"}', 'label_replace(x, "a", "> 1", "b", "")'), () => 0);
  assert.equal(result.problems.length, 2);
});

Deno.test("panels gives Prometheus's error for a query", async () => {
  const result = await run(dashboard("sum("), () => 1);
  assert.deepEqual(messages(result), [
    'The query of the panel "Panel 1" of the dashboard "Hosts" fails: bad_data: unclosed left parenthesis',
  ]);
});

Deno.test("panels is skipped without dashboards, and says that Prometheus does not answer", async () => {
  assert.equal(
    (await run(new Map(), () => 1)).reason,
    "The stack has no dashboards: Grafana is switched off in config.ts",
  );
  const [result] = await runSmoke([panels], fakeContext({}, { files: dashboard("up") }));
  assert.match(messages(result!)[0]!, /^Cannot ask Prometheus: Cannot reach/);
});
