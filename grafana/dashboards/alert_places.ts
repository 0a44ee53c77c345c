/** PromQL that gives the series of alerts labels which lead on: to the alert's dashboard and to its runbook. */

import type { AlertPlaces, GrafanaLinks } from "../links.ts";
import type { Link } from "../panel.ts";

/** From an alert to its dashboard: needs the labels of {@linkcode withPlaces}. */
export const DASHBOARD_OF_ALERT: Link = {
  title: { fr: "Ouvrir", en: "Open" },
  to: "/d/${__data.fields.dashboard}&${__url_time_range}",
};

/** From an alert to its runbook: needs the labels of {@linkcode withPlaces}. */
export const RUNBOOK_OF_ALERT: Link = {
  title: { fr: "Que faire", en: "What to do" },
  to: "${__data.fields.runbook}",
};

/**
 * `expr`, a vector of alerts, with two more labels: `dashboard`, what follows `/d/` in the address of the alert's dashboard, its
 * variables included; and `runbook`, the runbook's URL. An alert of which nothing is known leads back to the dashboard of alerts.
 */
export function withPlaces(expr: string, alerts: GrafanaLinks["alerts"] = {}): string {
  const known = Object.entries(alerts);
  const groups = Map.groupBy(known.filter(([, { dashboard }]) => dashboard), ([, places]) => choice(places));
  const labels = [...new Set(known.flatMap(([, { dashboard }]) => dashboard?.variables ?? []))].sort();
  // label_replace reads one label only, so all that the address may need is joined into one.
  const joined = `label_join(${expr}, "place", ";", "alertname"${
    labels.map((name) => `, "${name}"`).join("")
  })`;
  const rest = labels.map(() => ";([^;]*)").join("");
  let placed = replaced(joined, "dashboard", "vigie-alerts?", "place", ".*");
  for (const [, members] of groups) {
    const { uid, variables } = members[0]![1].dashboard!;
    const query = variables.map((name) => `var-${name}=$${labels.indexOf(name) + 2}`).join("&");
    const names = members.map(([name]) => name).join("|");
    placed = replaced(placed, "dashboard", `${uid}?${query}`, "place", `(${names})${rest}`);
  }
  for (const [runbookUrl, names] of runbooks(known)) {
    placed = replaced(placed, "runbook", runbookUrl, "alertname", `(${names.join("|")})`);
  }
  return placed;
}

function choice({ dashboard }: AlertPlaces): string {
  return [dashboard!.uid, ...dashboard!.variables].join(" ");
}

/** Runbooks and their alerts; those that lie below the same URL under the alert's name are one. */
function runbooks(known: readonly [name: string, AlertPlaces][]): Map<string, string[]> {
  const byUrl = new Map<string, string[]>();
  for (const [name, { runbookUrl }] of known) {
    if (runbookUrl === undefined) continue;
    const url = runbookUrl.endsWith(`/${name}`) ? `${runbookUrl.slice(0, -name.length)}$1` : runbookUrl;
    byUrl.set(url, [...byUrl.get(url) ?? [], name]);
  }
  return byUrl;
}

function replaced(expr: string, label: string, value: string, from: string, regex: string): string {
  return `label_replace(${expr}, "${label}", ${JSON.stringify(value)}, "${from}", "${regex}")`;
}
