/** `rules/recording-name`: the name of a recorded series says what it is. */

import { canHave, labelsOf } from "../../../lib/promql/mod.ts";
import { ruleCheck } from "../rule_check.ts";

const NAME = /^[a-zA-Z_]\w*:[a-zA-Z_]\w*:[a-zA-Z_]\w*$/;

/**
 * What a rule records is called `level:metric:operations`: the labels that are left, what is measured, what was done with it, as in `instance:node_cpu_busy:ratio`. By the colons
 * everybody sees that a rule made it, and no exporter has such a name. A level that is one label is a label that the series have.
 */
export const recordingNameCheck = ruleCheck({
  id: "rules/recording-name",
  title: "Recorded series are called level:metric:operations",
  severity: "warning",
}, function* ({ tree, kind, name, labels }, { schema }) {
  if (kind !== "record") return;
  if (!NAME.test(name)) {
    yield {
      at: "record",
      message: "What a rule records is called level:metric:operations",
      cure: "Call it, for instance, `instance:node_cpu_busy:ratio`",
    };
    return;
  }
  const level = name.split(":")[0]!;
  const isLabel = level === "instance" || level === "job" || level === "device" || level === "mountpoint";
  if (isLabel && !(level in labels) && !canHave(labelsOf(tree, schema), level)) {
    yield {
      at: "record",
      message: `By its name its series have the label "${level}", but the expression drops it`,
      cure: `Keep "${level}", or begin the name with the labels that are left`,
    };
  }
});
