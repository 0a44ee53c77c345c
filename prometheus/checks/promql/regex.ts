/** `promql/regex`: a regular expression chooses something. */

import { compileRegex, type LabelMatcher, printMatcher, selectorsOf } from "../../../lib/promql/mod.ts";
import { type Finding, ruleCheck } from "../rule_check.ts";

/**
 * A regular expression that is one plain text is an equality, which Prometheus looks up at once. One that fits everything chooses nothing and costs the same as a good one; one that
 * fits nothing leaves an empty result. Prometheus anchors them at both ends, so that `^` and `$` add nothing.
 */
export const regexCheck = ruleCheck({
  id: "promql/regex",
  title: "Every regular expression chooses something",
  severity: "warning",
}, function* ({ tree }) {
  for (const { matchers } of selectorsOf(tree)) {
    for (const matcher of matchers) {
      if (matcher.op === "=~" || matcher.op === "!~") yield* judge(matcher);
    }
  }
});

const PLAIN = /^[^.*+?()[\]{}|\\^$]*$/;

function* judge(matcher: LabelMatcher): Iterable<Finding> {
  const { name, op, value } = matcher;
  const shown = printMatcher(matcher);
  const isNegative = op === "!~";
  if (PLAIN.test(value)) {
    const plain = printMatcher({ name, op: isNegative ? "!=" : "=", value });
    yield { at: matcher, message: `${shown} is no pattern: it fits one value`, cure: `Write ${plain}` };
    return;
  }
  const inner = value.replace(/^\^|\$$/g, "");
  const fitsAll = /^(?:\(\?:|\()*\.\*\)*$/.test(inner);
  if (fitsAll) {
    yield {
      at: matcher,
      severity: isNegative ? "error" : "warning",
      message: isNegative
        ? `${shown} fits no series: nothing is selected`
        : `${shown} fits every series, also one without the label`,
      cure: isNegative
        ? `Leave it out, or name what is not wanted`
        : `Leave it out, or write ${printMatcher({ name, op: "!=", value: "" })}`,
    };
    return;
  }
  const twice = alternatives(value).find((one, i, all) => all.indexOf(one) !== i);
  if (twice !== undefined) {
    yield { at: matcher, message: `${shown} names "${twice}" twice`, cure: "Name it once" };
  } else if (!value.includes("|") && inner !== value && !/\\\$$/.test(value)) {
    yield { at: matcher, message: `${shown} is anchored at both ends anyway`, cure: 'Leave "^" and "$" out' };
  } else if (!isNegative && value.includes("|") && value.split("|").includes("") && compileRegex(value)("")) {
    yield {
      at: matcher,
      message: `${shown} has an empty alternative: it fits series without the label too`,
      cure: 'Take the empty alternative out, or write ".*"',
    };
  }
}

/** The alternatives of a pattern that is nothing but that. */
function alternatives(value: string): string[] {
  return /^[^()[\]{}\\]*$/.test(value) ? value.split("|") : [];
}
