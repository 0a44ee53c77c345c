/** What is known of an alert before it fires: labels with their values, and labels that it may or cannot have. */

import type { Matcher } from "../../lib/matcher.ts";
import { fromYaml } from "../../lib/yaml.ts";
import { isRecord, type YamlRecord } from "./config_file.ts";

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

/**
 * The alerts of rule files, as far as the files themselves tell: their labels from the expression only show when they fire. A file that cannot
 * be read has none, which the checks of rules say.
 */
export function alertShapes(texts: Iterable<string>): AlertShape[] {
  return [...texts].flatMap((text) => groupsOf(text)).flatMap(({ rules }) =>
    Array.isArray(rules) ? rules.filter(isRecord).flatMap(shapeOf) : []
  );
}

function groupsOf(text: string): YamlRecord[] {
  try {
    const value = fromYaml(text);
    return isRecord(value) && Array.isArray(value.groups) ? value.groups.filter(isRecord) : [];
  } catch {
    return [];
  }
}

function shapeOf({ alert, labels }: YamlRecord): AlertShape[] {
  if (typeof alert !== "string") return [];
  const given = Object.entries(isRecord(labels) ? labels : {}).map(([label, value]) =>
    [label, String(value)] as const
  );
  const isTemplate = ([, value]: readonly [string, string]) => value.includes("{{");
  return [{
    name: alert,
    labels: { ...Object.fromEntries(given.filter((each) => !isTemplate(each))), alertname: alert },
    sure: new Set(),
    maybe: new Set(given.filter(isTemplate).map(([label]) => label)),
    open: true,
  }];
}
