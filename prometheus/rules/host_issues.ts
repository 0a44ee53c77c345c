/** What config.ts says of an alert on some hosts and cannot mean. */

import { type Issue, pathText } from "../../lib/issues.ts";
import { type Matcher, printMatcher } from "../../lib/matcher.ts";
import { nearest } from "../../lib/nearest.ts";
import { compileRegex } from "../../lib/promql/regex.ts";
import type { RuleSource } from "./configured.ts";
import { jobMatchersOf, whyNotNarrowable } from "./narrowable.ts";
import type { Rule } from "./rule.ts";
import { type KnownAlert, placedIssues } from "./setting_issues.ts";
import { type Override, saidOf } from "./settings.ts";

/** What is scraped, as far as config.ts says it. */
export interface KnownTargets {
  /** The labels of each target, `job` and `instance` among them. */
  readonly labels: readonly Readonly<Record<string, string>>[];
  /** Jobs that find targets in files: which, and with what labels, nobody knows. */
  readonly openJobs: ReadonlySet<string>;
}

/** Everything wrong with what `rules` says of alerts on some hosts. */
export function hostIssues(
  { rules }: Pick<RuleSource, "rules">,
  known: readonly KnownAlert[],
  all: readonly Rule[],
  targets: KnownTargets,
): Issue[] {
  const issues = known.flatMap((alert) => {
    const { overrides, setting } = saidOf(rules, alert.rule.alert, alert.rule.severity);
    if (overrides.length === 0) return [];
    const pair = known.filter(({ rule }) => rule.alert === alert.rule.alert);
    const why = whyNotNarrowable(alert.rule.expr, all);
    if (why !== undefined) return [cannotNarrow(alert, overrides[0]!, why)];
    const about = targetsOf(alert, all, targets);
    return overrides.flatMap((override, i) => [
      ...matcherIssues(override, alert, all, about),
      ...overlapIssues(override, overrides.slice(0, i), about.labels),
      ...saidThereIssues(override, rules, pair),
      ...idleIssues(override, setting.enabled),
      ...orderIssues(override, alert, pair, rules),
    ]);
  });
  // What is said of two alerts at once is wrong once.
  return [...new Map(issues.map((issue) => [`${issue.message}\n${issue.path.join("\n")}`, issue])).values()];
}

function cannotNarrow({ rule }: KnownAlert, { path }: Override, why: string): Issue {
  const hosts = path.slice(0, -1);
  return {
    path: hosts,
    at: "key",
    message: `Cannot set ${pathText(hosts)}: ${rule.alert} is the same for all hosts, because ${why}`,
  };
}

/** The targets that an alert is about. */
function targetsOf({ rule }: KnownAlert, all: readonly Rule[], targets: KnownTargets) {
  const jobs = jobMatchersOf(rule.expr, all).map(({ op, value }): Matcher => ({
    label: "job",
    operator: op,
    value,
  }));
  return {
    labels: targets.labels.filter((labels) => fitsAll(jobs, labels)),
    isOpen: [...targets.openJobs].some((job) => fitsAll(jobs, { job })),
  };
}

type About = ReturnType<typeof targetsOf>;

function matcherIssues(
  { matchers, path }: Override,
  { rule }: KnownAlert,
  all: readonly Rule[],
  { labels, isOpen }: About,
): Issue[] {
  const broken = matchers.flatMap((matcher, i): Issue[] => {
    const message = whyNotRegex(matcher);
    return message === undefined ? [] : [{ path: [...path, "matchers", i], message }];
  });
  // Where nothing is scraped that it could be about, there is no such rule either.
  if (broken.length > 0 || isOpen || labels.length === 0) return broken;
  const ofTargets = [...new Set(labels.flatMap(Object.keys))];
  const unknown = matchers.flatMap(({ label }, i): Issue[] => {
    if (ofTargets.includes(label) || namesLabel(rule.expr, label) || mentions(rule, all, label)) return [];
    const near = nearest(label, ofTargets);
    return [{
      path: [...path, "matchers", i],
      message: `No host has the label ${JSON.stringify(label)}: ${
        near === undefined
          ? `expected one of ${ofTargets.sort().join(", ")}`
          : `did you mean ${JSON.stringify(near)}?`
      }`,
      cure: "labels of a host are said under its name in `hosts`",
    }];
  });
  if (unknown.length > 0) return unknown;
  // What tells the series of one host apart, such as a mountpoint, is not known here.
  const ofHosts = matchers.filter(({ label }) => ofTargets.includes(label));
  if (ofHosts.length === 0 || labels.some((each) => fitsAll(ofHosts, each))) return [];
  return [{
    path: [...path, "matchers"],
    message: `No host fits ${
      ofHosts.map(printMatcher).join(" and ")
    }: ${rule.alert} would be the same everywhere`,
    cure: "write the labels as `hosts` gives them",
  }];
}

function whyNotRegex(matcher: Matcher): string | undefined {
  if (matcher.operator === "=" || matcher.operator === "!=") return undefined;
  try {
    compileRegex(matcher.value);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Whether the rule itself, a text of it or a recording rule that it uses speaks of a label: its series have it. */
function mentions(
  { summary, description, expr }: KnownAlert["rule"],
  all: readonly Rule[],
  label: string,
): boolean {
  if (summary.en.includes(`$labels.${label} `) || description.en.includes(`$labels.${label} `)) return true;
  return all.some((rule) => "record" in rule && expr.includes(rule.record) && namesLabel(rule.expr, label));
}

function namesLabel(expr: string, label: string): boolean {
  return new RegExp(`[{,]\\s*${label}\\s*[=!]`).test(expr);
}

function overlapIssues(
  { matchers, path }: Override,
  before: readonly Override[],
  labels: About["labels"],
): Issue[] {
  if ([matchers, ...before.map((each) => each.matchers)].flat().some(whyNotRegex)) return [];
  // Only what is said of hosts: that the same host has two of a mountpoint is the rule.
  const known = new Set(labels.flatMap(Object.keys));
  if (matchers.some(({ label }) => !known.has(label))) return [];
  for (const earlier of before) {
    if (earlier.matchers.some(({ label }) => !known.has(label))) continue;
    const both = labels.find((each) => fitsAll(matchers, each) && fitsAll(earlier.matchers, each));
    if (both === undefined) continue;
    return [{
      path: [...path, "matchers"],
      message: `${pathText(path)} and ${pathText(earlier.path)} both fit the host ${
        JSON.stringify(both.instance)
      }: only the first would count there`,
      cure: 'let one of them leave the host out, with a matcher such as instance!="…"',
    }];
  }
  return [];
}

function saidThereIssues(
  { path }: Override,
  rules: RuleSource["rules"],
  pair: readonly KnownAlert[],
): Issue[] {
  const name = pair[0]!.rule.alert;
  const ofBoth = path.length === 4;
  const [, , severity] = path;
  const meant = ofBoth ? pair : pair.filter(({ rule }) => rule.severity === severity);
  const said = path.slice(2).reduce<unknown>(
    (node, key) => (node as Record<string | number, unknown>)[key],
    rules[name],
  );
  const { matchers: _, ...setting } = said as Override["setting"] & { matchers: unknown };
  if (Object.values(setting).every((value) => value === undefined)) {
    return [{
      path: [...path],
      message: `Cannot set ${pathText(path)}: it says which hosts, but nothing of them`,
      cure: "say what is different there, such as threshold: 95",
    }];
  }
  const issues = placedIssues(setting, path, meant);
  if (setting.severity === undefined || pair.length === 1) return issues;
  return [...issues, {
    path: [...path, "severity"],
    at: "key",
    message: `Cannot set ${
      pathText([...path, "severity"])
    }: two alerts have the name ${name}, which could not be told apart`,
  }];
}

function idleIssues({ setting, path }: Override, enabled: boolean | undefined): Issue[] {
  if (enabled !== false || setting.enabled !== false) return [];
  return [{
    path,
    message: `Cannot set ${pathText(path)}: the alert is switched off, there as well`,
    cure: "to have it on these hosts only, add enabled: true",
  }];
}

/** A line of some hosts beyond that of the other alert of the name: the critical one would come first there. */
function orderIssues(
  { setting, matchers, path }: Override,
  { rule }: KnownAlert,
  pair: readonly KnownAlert[],
  rules: RuleSource["rules"],
): Issue[] {
  const other = pair.find((each) => each.rule !== rule)?.rule;
  if (other?.threshold === undefined || rule.threshold === undefined) return [];
  const said = saidOf(rules, other.alert, other.severity);
  const print = (all: readonly Matcher[]) => all.map(printMatcher).sort().join();
  const there = said.overrides.find((each) => print(each.matchers) === print(matchers))?.setting ??
    said.setting;
  if (setting.threshold === undefined || setting.enabled === false || there.enabled === false) return [];
  const [here, beside] = [setting.threshold, there.threshold ?? other.threshold];
  const usual = Math.sign(rule.threshold - other.threshold);
  if (usual === 0 || Math.sign(here - beside) === usual) return [];
  return [{
    path: [...path, "threshold"],
    message: `Cannot use ${here} as ${pathText([...path, "threshold"])}: expected ${
      usual > 0 ? "more" : "less"
    } than ${beside}, where ${other.alert} is ${other.severity}, so that the warning comes first`,
    cure:
      `set that one for the same hosts as well: ${other.severity}: { hosts: [{ matchers: …, threshold: … }] }`,
  }];
}

/** Whether labels fit all of some matchers, whose regular expressions are right; a label that is not there is empty. */
function fitsAll(matchers: readonly Matcher[], labels: Readonly<Record<string, string>>): boolean {
  return matchers.every(({ label, operator, value: wanted }) => {
    const value = Object.hasOwn(labels, label) ? labels[label]! : "";
    const fits = operator.endsWith("~") ? compileRegex(wanted)(value) : value === wanted;
    return fits === !operator.startsWith("!");
  });
}
