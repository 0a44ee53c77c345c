/** What can be proved of the files of Prometheus and the blackbox exporter without running them. A check is one file, named here. */

import type { Check } from "../../lib/check.ts";
import { annotationLabelsCheck } from "./annotation_labels.ts";
import { templateCheck } from "./annotation_templates.ts";
import { textsCheck } from "./annotation_texts.ts";
import { blackboxCheck } from "./blackbox.ts";
import { configCheck } from "./config.ts";
import { cardinalityCheck } from "./cost/cardinality.ts";
import { promqlChecks } from "./promql/mod.ts";
import { ruleFilesCheck } from "./rule_files.ts";
import { rulesCheck } from "./rules.ts";

/** The checks of this domain, in the order they are shown. */
export const prometheusChecks: readonly Check[] = [
  configCheck,
  rulesCheck,
  ruleFilesCheck,
  blackboxCheck,
  ...promqlChecks,
  templateCheck,
  annotationLabelsCheck,
  textsCheck,
  cardinalityCheck,
];
