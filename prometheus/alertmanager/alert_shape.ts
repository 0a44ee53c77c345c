/** What is known of an alert before it fires: labels with their values, and labels that it may or cannot have. */

import type { Matcher } from "../../lib/matcher.ts";
import { type Expr, labelsOf, selectorsOf } from "../../lib/promql/mod.ts";
import type { RuleModel } from "../checks/rule_model.ts";

/** An alert as its rule describes it. */
export interface AlertShape {
  readonly name: string;
  /** Labels whose values are known: `alertname`, and what the rule sets without a template. */
  readonly labels: Readonly<Record<string, string>>;
  /** Labels that every alert of the rule has, with a value that only shows when it fires. */
  readonly sure: ReadonlySet<string>;
  /** Labels that it may have. */
  readonly maybe: ReadonlySet<string>;
  /** Whether it may have others besides. */
  readonly open: boolean;
}

/** Matchers split by what they say of an alert. */
export interface Decision {
  /** `false` when one of them cannot hold. */
  readonly possible: boolean;
  /** Those that depend on values that only show when it fires. */
  readonly open: readonly Matcher[];
}

/** What `matchers` say of an alert of this shape. @param fits Tells whether one matcher holds for a value. */
export function decide(
  matchers: readonly Matcher[],
  shape: AlertShape,
  fits: (matcher: Matcher, value: string) => boolean,
): Decision {
  const open: Matcher[] = [];
  for (const matcher of matchers) {
    const value = knownValue(matcher.label, shape);
    if (value === undefined) {
      const isSure = shape.sure.has(matcher.label);
      // That it is there is all that is known.
      if (isSure && matcher.value === "" && matcher.operator === "!=") continue;
      if (isSure && matcher.value === "" && matcher.operator === "=") return { possible: false, open: [] };
      open.push(matcher);
    } else if (!fits(matcher, value)) return { possible: false, open: [] };
  }
  return { possible: true, open };
}

/** The value of a label that is known, `""` for one that the alert cannot have; undefined when it only shows when it fires. */
export function knownValue(label: string, { labels, sure, maybe, open }: AlertShape): string | undefined {
  if (Object.hasOwn(labels, label)) return labels[label];
  return open || sure.has(label) || maybe.has(label) ? undefined : "";
}

/** The alerts of the rules, with the labels that their expressions give them. */
export function alertShapes({ rules, schema }: Pick<RuleModel, "rules" | "schema">): AlertShape[] {
  return rules.filter(({ kind }) => kind === "alert").map((rule): AlertShape => {
    const given = Object.entries(rule.labels);
    const isTemplate = ([, value]: [string, string]) => value.includes("{{");
    const { sure, maybe, open } = rule.tree === undefined ? UNKNOWN : labelsOf(rule.tree, schema);
    return {
      name: rule.name,
      labels: {
        ...jobOf(rule.tree, sure),
        ...Object.fromEntries(given.filter((each) => !isTemplate(each))),
        alertname: rule.name,
      },
      sure,
      maybe: new Set([...maybe, ...given.filter(isTemplate).map(([label]) => label)]),
      open,
    };
  });
}

const UNKNOWN = { sure: new Set<string>(), maybe: new Set<string>(), open: true };

/** The job that every selector asks for, where the result has that label. */
function jobOf(tree: Expr | undefined, sure: ReadonlySet<string>): Record<string, string> {
  if (tree === undefined || !sure.has("job")) return {};
  const jobs = selectorsOf(tree).map(({ matchers }) =>
    matchers.find(({ name, op }) => name === "job" && op === "=")?.value
  );
  const [job] = jobs;
  return job !== undefined && jobs.every((each) => each === job) ? { job } : {};
}
