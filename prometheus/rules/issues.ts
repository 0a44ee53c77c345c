/** Everything that config.ts says of rules and cannot mean. */

import type { Issue } from "../../lib/issues.ts";
import type { ScrapedService } from "../links.ts";
import type { Measure } from "../schema.ts";
import { jobLabelOf, scrapeJobs } from "../scrape_jobs.ts";
import { contextOf } from "./configured.ts";
import { hostIssues, type KnownTargets } from "./host_issues.ts";
import { FAMILIES } from "./mod.ts";
import { ownIssues } from "./own_issues.ts";
import { type AlertSeverity, isAlert, type Line } from "./rule.ts";
import { type KnownAlert, settingIssues } from "./setting_issues.ts";

/** What the rest of the stack knows. */
export interface RuleSurroundings {
  /** Every service that is scraped. */
  readonly services: readonly ScrapedService[];
  /** Whether the webhook waits for the alert Watchdog. */
  readonly watchdogExpected: boolean;
}

/** What is wrong with `rules`, `alerts` and `recordings`, each at its place, but for what is said of some hosts. */
export function ruleIssues(measure: Measure, { services, watchdogExpected }: RuleSurroundings): Issue[] {
  const { rules, alerts, recordings } = measure;
  // Most configurations say nothing of rules.
  if (Object.keys(rules).length === 0 && alerts.length === 0 && recordings.length === 0) return [];
  const { shipped, known } = shippedRules(measure, services);
  const own = alerts.map(({ alert }) => alert);
  return [
    ...settingIssues({ rules }, known, { own, watchdogExpected }),
    ...ownIssues({ alerts, recordings }, shipped),
  ];
}

/** What is wrong with what `rules` says of alerts on some hosts, each at its place. */
export function hostRuleIssues(measure: Measure, { services }: Pick<RuleSurroundings, "services">): Issue[] {
  const { rules } = measure;
  if (Object.keys(rules).length === 0) return [];
  const { shipped, known } = shippedRules(measure, services);
  return hostIssues({ rules }, known, shipped, targetsOf(measure, services));
}

/** The stack's own rules by default, whatever is scraped, and what can be set of its alerts. */
function shippedRules(measure: Measure, services: readonly ScrapedService[]) {
  const asked: { alert: string; severity?: AlertSeverity; defaults: Partial<Line> }[] = [];
  const jobs = [...services.map(({ job }) => job), ...measure.jobs.map(({ name }) => name)];
  const context = contextOf({ ...measure, rules: {} }, jobs, "");
  const shipped = FAMILIES.flatMap((family) =>
    family.rules({
      ...context,
      line: (alert, defaults, severity) => {
        asked.push({ alert, severity, defaults });
        return context.line(alert, defaults, severity);
      },
    })
  );
  const known = shipped.filter(isAlert).map((rule): KnownAlert => ({
    rule,
    hasThreshold: asked.some(({ alert, severity, defaults }) =>
      alert === rule.alert && (severity ?? rule.severity) === rule.severity &&
      defaults.threshold !== undefined
    ),
  }));
  return { shipped, known };
}

function targetsOf(measure: Measure, services: readonly ScrapedService[]): KnownTargets {
  const filePaths = Object.fromEntries(
    measure.jobs.flatMap(({ files }) => files.map((path) => [path, path])),
  );
  const jobs = scrapeJobs(measure, {
    secretsDir: "",
    services,
    blackbox: "",
    filePaths,
  });
  const labels = jobs.flatMap((scrapeJob) =>
    (scrapeJob.static_configs as { targets: string[]; labels?: Record<string, string> }[] | undefined ?? [])
      .flatMap(({ targets, labels: own }) =>
        targets.map((instance) => ({
          instance,
          ...Object.fromEntries(Object.entries(own ?? {}).filter(([label]) => !label.startsWith("__"))),
          job: jobLabelOf(scrapeJob),
        }))
      )
  );
  return {
    labels,
    openJobs: new Set(measure.jobs.filter(({ files }) => files.length > 0).map(({ name }) => name)),
  };
}
