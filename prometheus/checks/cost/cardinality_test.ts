import { deepEqual } from "node:assert/strict";
import { exampleFiles, MEASURE } from "../../testing/example.ts";
import { contextOf, withFiles } from "../../testing/programs.ts";
import { cardinalityCheck } from "./cardinality.ts";

const hosts = Array.from({ length: 200 }, (_, i) => ({ name: `h-${i}`, address: `10.0.0.${i}`, labels: {} }));

async function told(rules: readonly (readonly [name: string, expr: string])[]): Promise<string[]> {
  const own = [
    "groups:",
    "  - name: own",
    "    rules:",
    ...rules.flatMap(([name, expr]) => [
      `      - ${name.includes(":") ? "record" : "alert"}: ${name}`,
      `        expr: ${JSON.stringify(expr)}`,
    ]),
  ].join("\n");
  const files = new Map([...exampleFiles({ ...MEASURE, hosts }), ["prometheus/rules/own.yml", own]]);
  let lines: string[] = [];
  await withFiles(files, async (directory) => {
    lines = (await cardinalityCheck.run(contextOf(directory, files))).map(({ check, subject, message }) =>
      `${check} ${subject}: ${message}`
    );
  });
  return lines;
}

Deno.test("cost/cardinality names rules that read everything or store far too much", async () => {
  deepEqual(
    await told([
      ["All", '{job="node"} > 1'],
      ["Regex", '{__name__=~"node_.*"} > 1'],
      ["own:cpu", "rate(node_cpu_seconds_total[5m])"],
      ["own:twice", "own:cpu > 0"],
    ]).then((lines) => lines.map((line) => line.replace(/\d\d+/, "N"))),
    [
      "cost/cardinality All: It reads every series of N metrics at each evaluation",
      "cost/cardinality Regex: It reads every series of N metrics at each evaluation",
      "cost/cardinality own:cpu: It stores about N series more",
      "cost/cardinality own:twice: It stores about N series more",
    ],
  );
});

Deno.test("cost/cardinality has nothing against the shipped rules, what is narrow, and what aggregates", async () => {
  deepEqual(
    await told([
      ["Few", '{__name__=~"node_load.+"} > 100'],
      ["own:idle", 'rate(node_cpu_seconds_total{mode="idle"}[5m])'],
      ["own:cpu", "avg by (instance, mode) (rate(node_cpu_seconds_total[5m]))"],
      ["own:itself", "own:itself + 1"],
      ["own:anything", "anything_at_all"],
    ]),
    [],
  );
});
