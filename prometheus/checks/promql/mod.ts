/** The checks of what rules ask of Prometheus. One is one file, named here. */

import type { Check } from "../../../lib/check.ts";
import { absentNeverCheck } from "./absent_never.ts";
import { boolComparisonCheck } from "./bool_comparison.ts";
import { constantComparisonCheck } from "./constant_comparison.ts";
import { duplicateCheck, nearDuplicateCheck } from "./duplicates.ts";
import { flappingCheck } from "./flapping.ts";
import { forTooLongCheck } from "./for_too_long.ts";
import { fragileTopkCheck } from "./fragile_topk.ts";
import { histogramQuantileCheck } from "./histogram_quantile.ts";
import { disjointLabelsCheck, manyToManyCheck } from "./joins.ts";
import { lostLabelCheck } from "./lost_label.ts";
import { negativeOffsetCheck } from "./negative_offset.ts";
import { rangeBeyondRetentionCheck } from "./range_beyond_retention.ts";
import { rateOfSumCheck } from "./rate_of_sum.ts";
import { rateOnGaugeCheck } from "./rate_on_gauge.ts";
import { rateWindowCheck } from "./rate_window.ts";
import { recordingNameCheck } from "./recording_name.ts";
import { regexCheck } from "./regex.ts";
import { resultTypeCheck } from "./result_type.ts";
import { syntaxCheck } from "./syntax.ts";
import { unknownLabelCheck, unknownMetricCheck } from "./unknown_names.ts";
import { valueInLabelCheck } from "./value_in_label.ts";

/** All of them, in the order they are shown. */
export const promqlChecks: readonly Check[] = [
  syntaxCheck,
  resultTypeCheck,
  unknownMetricCheck,
  unknownLabelCheck,
  rateOnGaugeCheck,
  rateOfSumCheck,
  histogramQuantileCheck,
  rateWindowCheck,
  rangeBeyondRetentionCheck,
  negativeOffsetCheck,
  lostLabelCheck,
  manyToManyCheck,
  disjointLabelsCheck,
  constantComparisonCheck,
  boolComparisonCheck,
  absentNeverCheck,
  flappingCheck,
  valueInLabelCheck,
  fragileTopkCheck,
  forTooLongCheck,
  regexCheck,
  duplicateCheck,
  nearDuplicateCheck,
  recordingNameCheck,
];
