/** What config.ts says of the stack's alerts and cannot mean. */

import type { Issue } from "../../lib/issues.ts";
import { nearest } from "../../lib/nearest.ts";
import { pathText } from "../../lib/issues.ts";
import type { Setting } from "../rule_schema.ts";
import type { AlertRule, AlertSeverity } from "./rule.ts";
import { type Path, saidOf, severitiesSaid } from "./settings.ts";
import type { RuleSource } from "./configured.ts";

/** An alert of the stack's own, as it is by default. */
export interface KnownAlert {
  readonly rule: AlertRule;
  /** Whether its threshold can be set. */
  readonly hasThreshold: boolean;
}

// Others wait for these: what fires must be what they know.
const FIXED: ReadonlySet<string> = new Set(["Watchdog", "VigieDrill"]);
const FREE: ReadonlySet<string> = new Set(["summary", "description", "runbook"]);
// What tells alerts apart, and what Alertmanager groups, mutes and routes by.
const KEPT_LABELS: Readonly<Record<string, string>> = {
  alertname: "the alert's name",
  severity: "its severity, which has a key of its own",
  instance: "what tells hosts apart",
  job: "what is measured",
};

/** Everything wrong with what `rules` says, but for what is said of some hosts. */
export function settingIssues(
  { rules }: Pick<RuleSource, "rules">,
  known: readonly KnownAlert[],
  { own, watchdogExpected }: { readonly own: readonly string[]; readonly watchdogExpected: boolean },
): Issue[] {
  return Object.keys(rules).flatMap((alert) => {
    const alerts = known.filter(({ rule }) => rule.alert === alert);
    if (alerts.length === 0) return [unknownAlert(alert, known, own)];
    if (FIXED.has(alert)) return fixedIssues(alert, rules[alert]!, watchdogExpected);
    const { hosts: _, critical, warning, info, ...both } = rules[alert]!;
    const path = ["rules", alert];
    return [
      ...severityIssues(alert, alerts, severitiesSaid(rules, alert)),
      ...placedIssues(both, path, alerts),
      ...alerts.flatMap(({ rule: { severity }, ...rest }, i) => {
        const said = { critical, warning, info, none: undefined }[severity];
        return said === undefined
          ? []
          : placedIssues(said, [...path, severity], [{ ...rest, rule: alerts[i]!.rule }]);
      }),
      ...collisionIssues(rules, alert, alerts),
    ];
  });
}

function unknownAlert(alert: string, known: readonly KnownAlert[], own: readonly string[]): Issue {
  const path = ["rules", alert];
  const index = own.indexOf(alert);
  if (index >= 0) {
    return {
      path,
      at: "key",
      message: `Cannot set ${JSON.stringify(alert)} in rules: it is an alert of alerts[${index}]`,
      cure: "change it there",
    };
  }
  const near = nearest(alert, [...new Set(known.map(({ rule }) => rule.alert))]);
  return {
    path,
    at: "key",
    message: `Unknown alert ${JSON.stringify(alert)} in rules: ${
      near === undefined
        ? "expected the name of one of the stack's alerts; docs/alerts.md has them all"
        : `did you mean ${JSON.stringify(near)}?`
    }`,
    ...(near === undefined && { cure: "an alert of your own goes into `alerts`" }),
  };
}

function fixedIssues(alert: string, said: object, watchdogExpected: boolean): Issue[] {
  return Object.entries(said).flatMap(([key, value]) => {
    if (value === undefined || FREE.has(key) || (key === "hosts" && (value as unknown[]).length === 0)) {
      return [];
    }
    if (alert === "Watchdog" && key === "enabled" && (value || !watchdogExpected)) return [];
    if (key === "enabled" && value) return [];
    return [{
      path: ["rules", alert, key],
      at: "key",
      message: `Cannot set ${pathText(["rules", alert, key])}: ${
        alert === "Watchdog"
          ? "the webhook waits for this alert as it is"
          : "`deno task smoke` waits for this alert as it is"
      }`,
      cure: alert === "Watchdog"
        ? "to do without it, set webhook.watchdog.enabled to false as well"
        : "its summary, its description and its runbook can be set",
    }];
  });
}

function severityIssues(
  alert: string,
  alerts: readonly KnownAlert[],
  said: readonly AlertSeverity[],
): Issue[] {
  const there = alerts.map(({ rule }) => rule.severity);
  return said.filter((severity) => !there.includes(severity)).map((severity) => ({
    path: ["rules", alert, severity],
    at: "key",
    message: `Cannot set ${pathText(["rules", alert, severity])}: ${alert} has no severity but ${
      there.map((each) => JSON.stringify(each)).join(" and ")
    }`,
    ...(there.length === 1 && { cure: `say it of the alert itself: ${alert}: { … }` }),
  }));
}

/** What is wrong with one object of settings. */
export function placedIssues(said: Setting, path: Path, alerts: readonly KnownAlert[]): Issue[] {
  const name = alerts[0]!.rule.alert;
  const issues: Issue[] = [];
  if (said.threshold !== undefined) {
    const at = [...path, "threshold"];
    if (alerts.every(({ hasThreshold }) => !hasThreshold)) {
      issues.push({
        path: at,
        at: "key",
        message: `Cannot set ${pathText(at)}: ${name} compares with no number that could be set`,
      });
    } else if (alerts.length > 1) {
      const [first, second] = alerts.map(({ rule }) => rule.severity);
      issues.push({
        path: at,
        at: "key",
        message: `Cannot set ${pathText(at)}: two alerts have this name, and each its own threshold`,
        cure: `say which: ${name}: { ${first}: { threshold: … }, ${second}: { threshold: … } }`,
      });
    }
  }
  for (const label of Object.keys(said.labels ?? {}).filter((key) => Object.hasOwn(KEPT_LABELS, key))) {
    issues.push({
      path: [...path, "labels", label],
      at: "key",
      message: `Cannot put the label ${JSON.stringify(label)} on ${name}: it says ${KEPT_LABELS[label]}`,
    });
  }
  return issues;
}

/** Two alerts of one name that the settings have made the same, or whose lines have changed places. */
function collisionIssues(rules: RuleSource["rules"], alert: string, alerts: readonly KnownAlert[]): Issue[] {
  const [one, two] = alerts.map(({ rule }) => ({
    rule,
    setting: saidOf(rules, alert, rule.severity).setting,
  }))
    .filter(({ setting }) => setting.enabled !== false);
  if (one === undefined || two === undefined) return [];
  const severities = [one, two].map(({ rule, setting }) => setting.severity ?? rule.severity);
  if (severities[0] === severities[1]) {
    return [{
      path: ["rules", alert],
      message: `Cannot make both alerts of the name ${alert} ${severities[0]}: they could not be told apart`,
      cure: "switch one of them off, or leave them their severities",
    }];
  }
  const [low, high] = one.rule.severity === "critical" ? [two, one] : [one, two];
  const [warning, critical] = [low, high].map(({ rule, setting }) => setting.threshold ?? rule.threshold);
  const [usual, worst] = [low.rule.threshold, high.rule.threshold];
  if (warning === undefined || critical === undefined || usual === undefined || worst === undefined) {
    return [];
  }
  if (high.setting.threshold === undefined && low.setting.threshold === undefined) return [];
  if (worst === usual || Math.sign(critical - warning) === Math.sign(worst - usual)) return [];
  const set = high.setting.threshold === undefined ? low : high;
  return [{
    path: ["rules", alert, set.rule.severity, "threshold"],
    message:
      `Cannot use ${warning} as the ${low.rule.severity} and ${critical} as the ${high.rule.severity} threshold of ${alert}: ` +
      `expected the ${high.rule.severity} one ${
        worst < usual ? "below" : "above"
      } the other, so that the ${low.rule.severity} comes first`,
  }];
}
