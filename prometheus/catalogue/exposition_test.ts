import { deepEqual, throws } from "node:assert/strict";
import { parseExposition } from "./exposition.ts";

Deno.test("parseExposition gives families with their series", () => {
  const text = `# A comment
# HELP a_total Things \\\\ and\\nmore
# TYPE a_total counter
a_total{code="200",path="/{x},\\"y\\"\\n"} 1 1395066363000
a_total 2e+06
# HELP h Seconds
# TYPE h histogram
h_bucket{le="+Inf"} 1
h_sum NaN
h_count 1

untyped -Inf
a_count 3
`;
  deepEqual(parseExposition(text), [
    {
      name: "a_total",
      type: "counter",
      help: "Things \\ and\nmore",
      series: [{ name: "a_total", labels: { code: "200", path: '/{x},"y"\n' } }, {
        name: "a_total",
        labels: {},
      }],
    },
    {
      name: "h",
      type: "histogram",
      help: "Seconds",
      series: [
        { name: "h_bucket", labels: { le: "+Inf" } },
        { name: "h_sum", labels: {} },
        { name: "h_count", labels: {} },
      ],
    },
    { name: "untyped", type: "untyped", help: "", series: [{ name: "untyped", labels: {} }] },
    { name: "a_count", type: "untyped", help: "", series: [{ name: "a_count", labels: {} }] },
  ]);
});

Deno.test("parseExposition names the line that it cannot read", () => {
  throws(() => parseExposition("a 1\n<html>"), /^SyntaxError: Cannot read line 2 of the metrics: "<html>"$/);
  throws(
    () => parseExposition("# TYPE a guage\n"),
    /Cannot read line 1 of the metrics: "guage" is no type of a metric/,
  );
  throws(() => parseExposition("a{b=c} 1"), /Cannot read line 1 of the metrics: labels "b=c"/);
});
