/** The inhibitions of alertmanager.yml, and which alerts they mute by which. */

import type { Matcher } from "../../lib/matcher.ts";
import { parseMatcher } from "../../lib/matcher.ts";
import { type AlertShape, decide, knownValue } from "./alert_shape.ts";
import { isRecord, splitMatchers, type YamlRecord } from "./config_file.ts";
import { contradicts, type Fits } from "./ways.ts";

/** An inhibition: an alert that fits `source` mutes those that fit `target` and have the same values of the labels `equal`. */
export interface InhibitRule {
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  readonly equal: readonly string[];
}

/** An alert that mutes another one. */
export interface Inhibitor {
  readonly source: AlertShape;
  /** Labels of which both must have the same value. */
  readonly equal: readonly string[];
}

/**
 * One entry of `inhibit_rules`, its older keys too.
 *
 * @throws {SyntaxError} when a matcher cannot be read.
 */
export function inhibitRule(entry: YamlRecord): InhibitRule {
  const side = (name: "source" | "target") => {
    const list = entry[`${name}_matchers`];
    const older = (key: string, operator: Matcher["operator"]) =>
      isRecord(entry[key])
        ? Object.entries(entry[key]).map(([label, value]) => ({ label, operator, value: String(value) }))
        : [];
    return [
      ...older(`${name}_match`, "="),
      ...older(`${name}_match_re`, "=~"),
      ...(Array.isArray(list) ? list.map(String) : []).flatMap(splitMatchers).map(parseMatcher),
    ];
  };
  const equal = Array.isArray(entry.equal) ? entry.equal.map(String) : [];
  return { source: side("source"), target: side("target"), equal };
}

/** Whether an alert may fit both sides of a rule at once. */
export function fitsBoth(rule: InhibitRule, shape: AlertShape, fits: Fits): boolean {
  return mayFit([...rule.source, ...rule.target], shape, fits);
}

/** Whether an alert may fit all of `matchers`. */
export function mayFit(matchers: readonly Matcher[], shape: AlertShape, fits: Fits): boolean {
  const { possible, open } = decide(matchers, shape, fits);
  return possible && !contradicts(open, fits);
}

/**
 * A function that gives the alerts that mute an alert.
 *
 * Source: `Inhibitor.Mutes` in `inhibit/inhibit.go` of Alertmanager 0.33: of two alerts that fit both sides none mutes the other.
 *
 * @param shapes The alerts that there are.
 */
export function inhibitors(
  rules: readonly InhibitRule[],
  shapes: readonly AlertShape[],
  fits: Fits,
): (shape: AlertShape) => Inhibitor[] {
  const indexed = rules.map((rule) => {
    const sources = shapes.filter((source) => mayFit(rule.source, source, fits));
    const byName = rule.equal.includes("alertname") ? Map.groupBy(sources, ({ name }) => name) : undefined;
    return { rule, sourcesFor: (name: string) => byName ? byName.get(name) ?? [] : sources };
  });
  return (shape) =>
    indexed.filter(({ rule }) => mayFit(rule.target, shape, fits)).flatMap(({ rule, sourcesFor }) => {
      const isBoth = fitsBoth(rule, shape, fits);
      return sourcesFor(shape.name).filter((source) =>
        !(isBoth && fitsBoth(rule, source, fits)) &&
        rule.equal.every((label) => mayBeSame(label, source, shape))
      ).map((source) => ({ source, equal: rule.equal }));
    });
}

/** Whether two alerts may have the same value of a label: values that are known must be the same. */
function mayBeSame(label: string, a: AlertShape, b: AlertShape): boolean {
  const [left, right] = [knownValue(label, a), knownValue(label, b)];
  return left === undefined || right === undefined || left === right;
}
