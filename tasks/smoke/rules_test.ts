import assert from "node:assert/strict";
import { runSmoke, type SmokeResult } from "./check.ts";
import { type RuleGroup, rules } from "./rules.ts";
import { data, fakeContext, messages, outcomes } from "./testing.ts";

const FILE = `groups:
  - name: host
    rules:
      - { alert: HostCpuHigh, expr: up == 0 }
      - { record: host:cpu:ratio, expr: up }
`;
const START = "2026-11-22T10:00:00.5Z";

function group(overrides: Partial<RuleGroup> = {}): RuleGroup {
  return {
    name: "host",
    file: "rules/host.yml",
    interval: 15,
    lastEvaluation: "2026-11-22T10:00:07Z",
    evaluationTime: 0.002,
    rules: [
      { name: "HostCpuHigh", type: "alerting", health: "ok" },
      { name: "host:cpu:ratio", type: "recording", health: "ok" },
    ],
    ...overrides,
  };
}

async function run(...looks: (readonly RuleGroup[])[]): Promise<SmokeResult> {
  const context = fakeContext({
    "prometheus/api/v1/status/runtimeinfo": data({ startTime: START }),
    "prometheus/api/v1/rules": () => data({ groups: looks.length > 1 ? looks.shift() : looks[0] }),
  }, { files: new Map([["prometheus/rules/host.yml", FILE], ["prometheus/prometheus.yml", "{}"]]) });
  return (await runSmoke([rules], context))[0]!;
}

Deno.test("rules passes when every group was evaluated since the start", async () => {
  const result = await run([group()]);
  assert.deepEqual(outcomes(result), ["host: passed"]);
  assert.equal(result.steps[0]!.detail, "2 rules");
  assert.equal(result.steps[0]!.elapsedMs, 2);
});

Deno.test("rules waits for the first evaluation", async () => {
  const unknown = group({
    lastEvaluation: "0001-01-01T00:00:00Z",
    rules: group().rules.map((rule) => ({ ...rule, health: "unknown" })),
  });
  assert.equal((await run([unknown], [unknown], [group()])).outcome, "passed");
  assert.deepEqual(messages(await run([unknown])), [
    'Prometheus has not evaluated the rule group "host" since it started (last: 0001-01-01T00:00:00Z)',
  ]);
});

Deno.test("rules does not take an evaluation from before the start", async () => {
  const old = group({ lastEvaluation: "2026-11-22T10:00:00Z" });
  assert.match(messages(await run([old]))[0]!, /has not evaluated the rule group "host"/);
});

Deno.test("rules gives the error of a rule that cannot be evaluated", async () => {
  const lastError = "found duplicate series for the match group";
  const broken = group({ rules: [{ ...group().rules[0]!, health: "err", lastError }, group().rules[1]!] });
  assert.deepEqual(messages(await run([broken])), [
    `The rule "HostCpuHigh" of the group "host" cannot be evaluated: ${lastError}`,
  ]);
});

Deno.test("rules names a group that is slower than its interval", async () => {
  assert.deepEqual(messages(await run([group({ evaluationTime: 16.2 })])), [
    'The rule group "host" takes 16.2 s, longer than its interval of 15 s',
  ]);
});

Deno.test("rules names each generated rule that Prometheus does not have", async () => {
  const result = await run([group({ rules: [group().rules[0]!] })]);
  assert.deepEqual(messages(result), [
    'Prometheus does not have the rule "host:cpu:ratio" of the group "host"',
  ]);
  assert.equal(result.problems[0]!.file, "prometheus/rules/host.yml");
  assert.equal(
    messages(await run([])).at(-1),
    "Prometheus has loaded no rule at all, so that no alert can ever fire",
  );
});

Deno.test("rules says that Prometheus does not answer", async () => {
  const [result] = await runSmoke([rules], fakeContext({}));
  assert.match(messages(result!)[0]!, /^Cannot ask Prometheus for its rules: Cannot reach/);
});
