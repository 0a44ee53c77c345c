import { deepEqual, equal } from "node:assert/strict";
import { parsePromql } from "../../lib/promql/mod.ts";
import { LINKS, MEASURE, measure } from "../testing/example.ts";
import { alertGraphs, splitExpression } from "./graphs.ts";

function graphOf(text: string) {
  const { expr, errors } = parsePromql(text);
  deepEqual(errors, []);
  return splitExpression(expr!);
}

Deno.test("splitExpression splits at the comparison with a number", () => {
  const rows: [string, object][] = [
    ["100 * x > 90", { query: "100 * x", operator: ">", threshold: 90 }],
    ["(x <= -0.5)", { query: "x", operator: "<=", threshold: -0.5 }],
    ["5 < x", { query: "x", operator: ">", threshold: 5 }],
    ["x == 0 and on (job) y > 1", { query: "x", operator: "==", threshold: 0 }],
    ["x > 1 unless y", { query: "x", operator: ">", threshold: 1 }],
    ["x > 80 < 120", { query: "x", operator: ">", threshold: 80 }],
    ["(x / (y > 0)) > (3)", { query: "(x / (y > 0))", operator: ">", threshold: 3 }],
  ];
  for (const [text, wanted] of rows) deepEqual(graphOf(text), wanted, text);
});

Deno.test("splitExpression keeps whole what has no one line", () => {
  for (const text of ["absent(x)", "x > y", "x > bool 3", "x > 1 or y > 2", "x and y"]) {
    deepEqual(graphOf(text), { query: text }, text);
  }
  deepEqual(graphOf("x > Inf"), { query: "x > +Inf" });
});

Deno.test("alertGraphs has each alert's curve, line and unit, also of those that share its name", () => {
  const graphs = alertGraphs(MEASURE, LINKS);
  deepEqual(graphs.HostCpuHigh, {
    query: "100 * instance:node_cpu_busy:ratio",
    operator: ">",
    threshold: 90,
    unit: "percent",
    expr: "100 * instance:node_cpu_busy:ratio > 90",
  });
  equal(graphs.HostDiskSpaceLow?.threshold, 10);
  deepEqual(graphs.HostDiskSpaceLow?.others?.map(({ threshold }) => threshold), [5]);
});

Deno.test("alertGraphs has what config.ts says of an alert, everywhere and on some hosts, and the alerts that it brings", () => {
  const graphs = alertGraphs(
    measure({
      rules: {
        HostCpuHigh: { threshold: 80, hosts: [{ matchers: ["instance=db-1"], threshold: 95 }] },
        HostMemoryHigh: { enabled: false },
      },
      alerts: [{
        alert: "ApiSlow",
        expr: 'api_seconds{job="api"}>   2',
        severity: "warning",
        summary: "Slow",
        description: "Slow",
      }],
    }),
    LINKS,
  );
  equal(graphs.HostMemoryHigh, undefined);
  equal(graphs.HostCpuHigh?.threshold, 80);
  deepEqual(graphs.HostCpuHigh?.others, [{
    query: '100 * instance:node_cpu_busy:ratio{instance="db-1"}',
    operator: ">",
    threshold: 95,
    unit: "percent",
    expr: '100 * instance:node_cpu_busy:ratio{instance="db-1"} > 95',
  }]);
  deepEqual(graphs.ApiSlow, {
    query: 'api_seconds{job="api"}',
    operator: ">",
    threshold: 2,
    expr: 'api_seconds{job="api"} > 2',
  });
});
