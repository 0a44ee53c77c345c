/** What can be proved of the files of Prometheus and the blackbox exporter without running them. A check is one file, named here. */

import type { Check } from "../../lib/check.ts";
import { blackboxCheck } from "./blackbox.ts";
import { configCheck } from "./config.ts";
import { unknownLabelCheck, unknownMetricCheck } from "./promql/unknown_names.ts";
import { ruleFilesCheck } from "./rule_files.ts";
import { rulesCheck } from "./rules.ts";

/** The checks of this domain, in the order they are shown. */
export const prometheusChecks: readonly Check[] = [
  configCheck,
  rulesCheck,
  ruleFilesCheck,
  blackboxCheck,
  unknownMetricCheck,
  unknownLabelCheck,
];
