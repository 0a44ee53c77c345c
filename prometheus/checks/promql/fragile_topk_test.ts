import { testExpressions } from "../testing/rules.ts";
import { fragileTopkCheck } from "./fragile_topk.ts";

testExpressions(fragileTopkCheck, {
  good: [
    "sum(topk(3, node_load1)) > 5",
    "max by (job) (bottomk(3, node_load1)) > 5",
    "node_load1 > scalar(topk(1, node_load5))",
    "quantile(0.9, node_load1) > 5",
  ],
  bad: [
    [
      "topk(3, node_load1) > 5",
      "warning topk → Which series topk() gives changes with every rank: the alert would end and begin again",
    ],
    [
      { record: "instance:load:topk", expr: "bottomk by (job) (3, node_load1)" },
      "warning bottomk → Which series bottomk() gives changes with every rank: what is recorded would have gaps",
    ],
    ["sort_desc(node_load1 > 5)", "warning sort_desc → sort_desc() has no effect in a rule"],
  ],
});
