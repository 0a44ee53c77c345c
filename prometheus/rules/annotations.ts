/** What an alert says, and where it leads: its annotations. */

import type { Locale } from "../../lib/text.ts";
import type { AlertRule } from "./rule.ts";

/** Where the annotations of alerts lead; what is left out is not linked. */
export interface AnnotationLinks {
  /** URL of the runbooks, no trailing slash: the page of an alert lies below it, under the alert's name. */
  readonly runbookUrl?: string;
  /** Grafana's URL as readers of alerts reach it, no trailing slash. */
  readonly grafanaUrl?: string;
}

/**
 * `summary`, `description`, `runbook_url` and `dashboard_url` of an alert: Go templates.
 *
 * The variables of the dashboard are chosen by the alert's labels of the same name.
 */
export function annotationsOf(
  rule: Pick<AlertRule, "alert" | "summary" | "description" | "runbook" | "dashboard">,
  locale: Locale,
  { runbookUrl, grafanaUrl }: AnnotationLinks,
): Readonly<Record<string, string | undefined>> {
  return {
    summary: rule.summary[locale],
    description: rule.description[locale],
    runbook_url: rule.runbook ?? (runbookUrl === undefined ? undefined : `${runbookUrl}/${rule.alert}`),
    dashboard_url: dashboardUrl(rule.dashboard, grafanaUrl),
  };
}

function dashboardUrl(dashboard: AlertRule["dashboard"], grafanaUrl: string | undefined): string | undefined {
  if (dashboard === undefined) return undefined;
  if ("url" in dashboard) return dashboard.url;
  if (grafanaUrl === undefined) return undefined;
  const query = dashboard.variables.map((label) => `var-${label}={{ $labels.${label} | urlquery }}`);
  return [`${grafanaUrl}/d/${dashboard.uid}`, ...query.length === 0 ? [] : [query.join("&")]].join("?");
}
