/** Grafana's face to the generator: provisioning and dashboards. */

import { type Files, mergeFiles } from "../lib/files.ts";
import type { Locale } from "../lib/text.ts";
import { buildDashboard } from "./dashboards/dashboard.ts";
import { DASHBOARDS } from "./dashboards/mod.ts";
import { renderProvisioning } from "./provisioning.ts";
import type { GrafanaSettings } from "./schema.ts";

export { checks as grafanaChecks } from "./checks.ts";
export { panelQueries, type PanelQuery } from "./queries.ts";

/** What Grafana has to know of the rest of the stack. */
export interface GrafanaLinks {
  /** Base URLs as Grafana reaches them. */
  readonly prometheusUrl: string;
  readonly alertmanagerUrl: string;
  /** The directory where Grafana finds the dashboards' files. */
  readonly dashboardsPath: string;
  /** Seconds between two scrapes: a graph cannot be finer. */
  readonly scrapeIntervalSeconds: number;
  /** The alerts' lines, drawn in the graphs. */
  readonly thresholds: {
    readonly cpu: number;
    readonly memory: number;
    readonly diskFreeWarning: number;
    readonly diskFreeCritical: number;
    readonly loadPerCpu: number;
  };
  /** Services that run, by name: a dashboard leaves out the panels of the others. */
  readonly services: ReadonlySet<string>;
  /** Whether any host is scraped, true by default; without one the dashboard of hosts is left out. */
  readonly hosts?: boolean;
}

/** `grafana/provisioning/**` and `grafana/dashboards/*.json`. */
export function renderGrafana(settings: GrafanaSettings, locale: Locale, links: GrafanaLinks): Files {
  const dashboards = DASHBOARDS.filter(({ shown = () => true }) => shown(links)).map((dashboard) => {
    const path = `grafana/dashboards/${dashboard.uid.slice("vigie-".length)}.json`;
    return [
      path,
      JSON.stringify(buildDashboard(dashboard, settings, locale, links), null, 2) + "\n",
    ] as const;
  });
  return mergeFiles(renderProvisioning(links), new Map(dashboards));
}
