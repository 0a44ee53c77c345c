import { testExpressions } from "../testing/rules.ts";
import { boolComparisonCheck } from "./bool_comparison.ts";

const SAID = "gives 0 where it does not hold, and the alert fires on 0 too";
testExpressions(boolComparisonCheck, {
  good: [
    "up == 0",
    "sum(up == bool 0) > 1",
    "(node_load1 > bool 5) == 1",
    "(node_load1 > bool 5) * up > 0",
    "(node_load1 > bool 5) and up == 0",
    "node_load1 > bool 5 unless up == 0",
    { record: "a:b:c", expr: "up == bool 0" },
  ],
  bad: [
    ["up == bool 0", `error == → "== bool" ${SAID}`],
    ["(node_load1 > bool 5) or up == 0", `error > → "> bool" ${SAID}`],
    ["max by (job) (node_load1 > bool 5)", `error > → "> bool" ${SAID}`],
    ["(node_load1 > bool 5) * (up < bool 1)", `error > → "> bool" ${SAID}`, `error < → "< bool" ${SAID}`],
  ],
});
