/** What config.ts says of an alert of the stack's own, and the alert as it then is. */

import type { Text } from "../../lib/text.ts";
import { durationMs } from "../../lib/units.ts";
import { type Matcher, parseMatcher } from "../../lib/matcher.ts";
import type { HostSetting, RuleSettings, Setting } from "../rule_schema.ts";
import type { AlertRule, AlertSeverity, RuleContext } from "./rule.ts";

/** Where in config.ts something is said. */
export type Path = readonly (string | number)[];

/** What is said of an alert on some hosts. */
export interface Override {
  readonly matchers: readonly Matcher[];
  /** What is said of it there, over what is said of it everywhere. */
  readonly setting: Setting;
  readonly path: Path;
}

/** All that is said of one alert. */
export interface Said {
  /** Everywhere but where an override says something else. */
  readonly setting: Setting;
  /** The first that fits counts. */
  readonly overrides: readonly Override[];
}

const SEVERITIES: ReadonlySet<string> = new Set(["critical", "warning", "info"]);

/**
 * What `rules` say of an alert: of both that share a name, and over that of the one with `severity`.
 *
 * @param severity The one it has by default; what is said of one severity is left out without.
 */
export function saidOf(rules: RuleSettings, alert: string, severity?: AlertSeverity): Said {
  if (!Object.hasOwn(rules, alert)) return { setting: {}, overrides: [] };
  const { hosts, critical, warning, info, ...both } = rules[alert]!;
  const { hosts: ownHosts = [], ...own } = { critical, warning, info, none: undefined }[severity ?? "none"] ??
    {};
  const setting = over(both, own);
  const override = (path: Path) => ({ matchers, ...there }: HostSetting, i: number): Override => ({
    matchers: matchers.map(parseMatcher),
    setting: over(setting, there),
    path: [...path, "hosts", i],
  });
  return {
    setting,
    overrides: [
      ...ownHosts.map(override(["rules", alert, severity ?? ""])),
      ...hosts.map(override(["rules", alert])),
    ],
  };
}

/** The severities that something is said of under a name. */
export function severitiesSaid(rules: RuleSettings, alert: string): AlertSeverity[] {
  return Object.entries(rules[alert] ?? {}).flatMap(([key, value]) =>
    SEVERITIES.has(key) && value !== undefined ? [key as AlertSeverity] : []
  );
}

function over(base: Setting, said: Setting): Setting {
  const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  const labels = base.labels || said.labels ? { labels: { ...base.labels, ...said.labels } } : {};
  return { ...base, ...given, ...labels };
}

/**
 * The lines of alerts as `rules` draw them.
 *
 * @param there What is said of one alert on some hosts: asked for instead of what is said of it everywhere.
 */
export function lineOf(
  rules: RuleSettings,
  there?: { readonly alert: string; readonly severity: AlertSeverity; readonly setting: Setting },
): RuleContext["line"] {
  return (alert, defaults, severity) => {
    const isMeant = there?.alert === alert && (severity === undefined || severity === there.severity);
    const { threshold, for: wait, keepFiringFor } = isMeant
      ? there.setting
      : saidOf(rules, alert, severity).setting;
    return {
      threshold: 0,
      ...defaults,
      ...threshold === undefined ? {} : { threshold },
      ...wait === undefined ? {} : { for: wait },
      ...keepFiringFor === undefined ? {} : { keepFiringFor },
    };
  };
}

/** `rule` with all that `setting` says but for its line, which the family has drawn; undefined when it is switched off. */
export function withSetting(rule: AlertRule, setting: Setting): AlertRule | undefined {
  if (setting.enabled === false) return undefined;
  return {
    ...rule,
    for: waiting(setting.for ?? rule.for),
    keepFiringFor: waiting(setting.keepFiringFor ?? rule.keepFiringFor),
    severity: setting.severity ?? rule.severity,
    labels: rule.labels || setting.labels ? { ...rule.labels, ...setting.labels } : undefined,
    summary: textOf(setting.summary) ?? rule.summary,
    description: textOf(setting.description) ?? rule.description,
    runbook: setting.runbook ?? rule.runbook,
  };
}

/** A duration as a rule has it: none at all instead of none of any unit. */
export function waiting(duration: string | undefined): string | undefined {
  return duration === undefined || durationMs(duration) === 0 ? undefined : duration;
}

/** A text that is given in one language only is the same in both. */
export function textOf(said: string | Text): Text;
export function textOf(said: string | Text | undefined): Text | undefined;
export function textOf(said: string | Text | undefined): Text | undefined {
  return typeof said === "string" ? { fr: said, en: said } : said;
}
