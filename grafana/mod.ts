/** Grafana's face to the generator: provisioning and dashboards. */

import { type Files, mergeFiles } from "../lib/files.ts";
import type { Locale } from "../lib/text.ts";
import { buildDashboard } from "./dashboards/dashboard.ts";
import { DASHBOARDS } from "./dashboards/mod.ts";
import type { GrafanaLinks } from "./links.ts";
import { renderProvisioning } from "./provisioning.ts";
import type { GrafanaSettings } from "./schema.ts";

export { checks as grafanaChecks } from "./checks.ts";
export type { GrafanaLinks } from "./links.ts";
export { panelQueries, type PanelQuery } from "./queries.ts";

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
