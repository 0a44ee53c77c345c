import { testExpressions } from "../testing/rules.ts";
import { histogramQuantileCheck } from "./histogram_quantile.ts";

testExpressions(histogramQuantileCheck, {
  good: [
    "histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m]))) > 1",
    "histogram_quantile(0.9, rate(x_bucket[5m])) > 1",
    "histogram_quantile(0.9, sum without (instance) (rate(x_bucket[5m]))) > 1",
    "histogram_quantile(0.9, sum(rate(native[5m]))) > 1",
    "histogram_quantile(0.9, x_bucket - x_bucket offset 5m) > 1",
    "histogram_quantile(scalar(y), rate(x_bucket[5m])) > 1",
  ],
  bad: [
    [
      "histogram_quantile(0.9, sum(rate(x_bucket[5m]))) > 1",
      'error sum(rate(x_bucket[5m])) → The label "le", by which buckets are told apart, is lost here: the result is empty',
    ],
    [
      "histogram_quantile(0.9, sum by (job) (rate(x_bucket[5m]))) > 1",
      'error sum by (job) (rate(x_bucket[5m])) → The label "le", by which buckets are told apart, is lost here: the result is empty',
    ],
    [
      "histogram_quantile(0.9, sum by (le) (x_bucket)) > 1",
      "error sum by (le) (x_bucket) → These buckets count since the program was started: what happens now moves the quantile hardly at all",
    ],
    [
      "histogram_quantile(99, rate(x_bucket[5m])) > 1",
      "error 99 → A quantile lies between 0 and 1: of 99 the result is +Inf",
    ],
    ["histogram_quantile(0.9, rate(x_count[5m])) > 1", 'error rate(x_count[5m]) → "x_count" has no buckets'],
  ],
});
