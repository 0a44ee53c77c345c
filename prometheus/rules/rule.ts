/** What a rule is, and how a family of rules becomes a rule file. */

import { BANNER } from "../../lib/files.ts";
import { type Duration, durationMs, formatDuration } from "../../lib/units.ts";
import type { Locale, Text } from "../../lib/text.ts";
import { toYaml } from "../../lib/yaml.ts";
import type { Thresholds } from "../schema.ts";
import { type AnnotationLinks, annotationsOf } from "./annotations.ts";

/** How urgent an alert is. `none` is for an alert that tells nobody anything, such as Watchdog. */
export type AlertSeverity = "critical" | "warning" | "info" | "none";

/** An expression that Prometheus evaluates once and stores, as alerts and dashboards both need it. */
export interface RecordingRule {
  /** Name of the new series, `level:metric:operations`. */
  readonly record: string;
  /** PromQL, as Prometheus itself prints it: the drift check compares the two. */
  readonly expr: string;
}

/** An alert. Its name and severity together are unique. */
export interface AlertRule {
  /** CamelCase, starts with what it is about. */
  readonly alert: string;
  /** PromQL, as Prometheus itself prints it: the drift check compares the two. */
  readonly expr: string;
  /** How long `expr` must hold before the alert fires; at once when left out. */
  readonly for?: Duration;
  /** How long it goes on firing after `expr` no longer holds; not at all when left out. */
  readonly keepFiringFor?: Duration;
  readonly severity: AlertSeverity;
  /** One line: what is wrong, where. A Go template. */
  readonly summary: Text;
  /** How bad it is in human units, what it leads to, where to look first. A Go template. */
  readonly description: Text;
  /** The scrape job without which the rule makes no sense; the family's by default. */
  readonly needs?: string;
  /** Labels beyond `severity`. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The dashboard that shows it: one of ours, with the alert's labels that choose its variables of the same name, or any by its URL. */
  readonly dashboard?: { readonly uid: string; readonly variables: readonly string[] } | {
    readonly url: string;
  };
  /** URL of what to do about it; the page of the alert's name among the stack's runbooks when left out. */
  readonly runbook?: string;
  /** The number its value is compared with, as `line` gave it: graphs draw it. */
  readonly threshold?: number;
  /** Grafana's name of the unit of its value, where it has one: graphs say it. */
  readonly unit?: string;
}

/** What may be set of an alert: where its line is, and how long it may be crossed. */
export interface Line {
  /** What the value is compared with, in the alert's own unit; 0 when it compares with nothing settable. */
  readonly threshold: number;
  readonly for?: Duration;
  readonly keepFiringFor?: Duration;
}

/** A recording rule or an alert. */
export type Rule = RecordingRule | AlertRule;

/** What rules may depend on. */
export interface RuleContext {
  readonly thresholds: Thresholds;
  /** Time between two scrapes. */
  readonly scrapeInterval: Duration;
  /** Names of the scrape jobs. */
  readonly jobs: readonly string[];
  /** The stack's name: the Compose project of its own containers. */
  readonly stack: string;
  /**
   * The line of an alert: `defaults`, and over them what config.ts says of it. A family asks once for each of its alerts, so that every one
   * of them can be set.
   *
   * @param severity Which one, when two alerts share the name.
   */
  line<Defaults extends Partial<Line>>(
    alert: string,
    defaults: Defaults,
    severity?: AlertSeverity,
  ): Line & Defaults;
}

/** The line of an alert of which config.ts says nothing. */
export const defaultLine: RuleContext["line"] = (_alert, defaults) => ({ threshold: 0, ...defaults });

/** Rules about one thing: one file, one group. To add a rule, add it to its family; to add a family, name it in rules/mod.ts. */
export interface RuleFamily {
  /** Name of the group, and of the file without `.yml`. */
  readonly name: string;
  /** The scrape job without which these rules make no sense; undefined when they always do. */
  readonly needs?: string;
  /** Its rules, recording rules before the alerts that use them. */
  rules(context: RuleContext): readonly Rule[];
}

/** Whether `rule` is an alert. */
export function isAlert(rule: Rule): rule is AlertRule {
  return "alert" in rule;
}

/**
 * `duration`, or the time of `scrapes` scrapes when that is longer: a window that holds fewer than 4 samples gives gaps instead
 * of a rate.
 *
 * @example
 * ```ts
 * import { atLeast } from "./rule.ts";
 * atLeast("5m", { scrapeInterval: "15s" }); // "5m"
 * atLeast("5m", { scrapeInterval: "2m" }); // "8m"
 * ```
 */
export function atLeast(
  duration: Duration,
  { scrapeInterval }: Pick<RuleContext, "scrapeInterval">,
  scrapes = 4,
): Duration {
  return formatDuration(Math.max(durationMs(duration), scrapes * durationMs(scrapeInterval)));
}

/** The rules of `family` for which something is scraped. */
export function rulesOf(family: RuleFamily, context: RuleContext): Rule[] {
  return family.rules(context).filter((rule) => {
    const needs = (isAlert(rule) ? rule.needs : undefined) ?? family.needs;
    return needs === undefined || context.jobs.includes(needs);
  });
}

/** The text of a rule file with one group. */
export function ruleFile(
  name: string,
  rules: readonly Rule[],
  locale: Locale,
  links: AnnotationLinks,
): string {
  return toYaml({ groups: [ruleGroup(name, rules, locale, links)] }, [BANNER]);
}

function ruleGroup(name: string, rules: readonly Rule[], locale: Locale, links: AnnotationLinks): unknown {
  return {
    name,
    rules: rules.map((rule) =>
      isAlert(rule)
        ? {
          alert: rule.alert,
          expr: rule.expr,
          for: rule.for,
          keep_firing_for: rule.keepFiringFor,
          labels: { severity: rule.severity, ...rule.labels },
          annotations: annotationsOf(rule, locale, links),
        }
        : { record: rule.record, expr: rule.expr }
    ),
  };
}
