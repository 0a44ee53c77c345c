/** The inhibitions of alertmanager.yml, and which alerts they mute by which. */

import type { Matcher } from "../../lib/matcher.ts";
import { parseMatcher } from "../../lib/matcher.ts";
import { type AlertShape, decide } from "./alert_shape.ts";
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
 * The alerts that mute an alert of this shape.
 *
 * Source: `Inhibitor.Mutes` in `inhibit/inhibit.go` of Alertmanager 0.33: of two alerts that fit both sides none mutes the other.
 */
export function inhibitorsOf(
  shape: AlertShape,
  rules: readonly InhibitRule[],
  shapes: readonly AlertShape[],
  fits: Fits,
): Inhibitor[] {
  return rules.filter(({ target }) => mayFit(target, shape, fits)).flatMap((rule) =>
    shapes.filter((source) =>
      mayFit(rule.source, source, fits) &&
      !(fitsBoth(rule, source, fits) && fitsBoth(rule, shape, fits)) &&
      // Known values must be the same.
      rule.equal.every((label) => {
        const [left, right] = [source.labels[label], shape.labels[label]];
        return left === undefined || right === undefined || left === right;
      })
    ).map((source) => ({ source, equal: rule.equal }))
  );
}
