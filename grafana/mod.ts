/** Grafana's face to the generator: provisioning and dashboards. */

import { type Files, mergeFiles } from "../lib/files.ts";
import type { Locale } from "../lib/text.ts";
import { buildDashboard } from "./dashboards/dashboard.ts";
import { DASHBOARDS } from "./dashboards/mod.ts";
import type { GrafanaLinks } from "./links.ts";
import { renderProvisioning } from "./provisioning.ts";
import type { GrafanaSettings } from "./schema.ts";

export { checks as grafanaChecks } from "./checks.ts";
export { LDAP_FILE, renderLdap } from "./ldap.ts";
export type { GrafanaLinks } from "./links.ts";
export { panelQueries, type PanelQuery } from "./queries.ts";

/** `grafana/provisioning/**` and `grafana/dashboards/*.json`. */
export function renderGrafana(settings: GrafanaSettings, locale: Locale, links: GrafanaLinks): Files {
  const linked = { ...links, lines: withRunbooks(links) };
  const dashboards = DASHBOARDS.filter(({ shown = () => true }) => shown(links)).map((dashboard) => {
    const path = `grafana/dashboards/${dashboard.uid.slice("vigie-".length)}.json`;
    return [
      path,
      JSON.stringify(buildDashboard(dashboard, settings, locale, linked), null, 2) + "\n",
    ] as const;
  });
  return mergeFiles(renderProvisioning(links), new Map(dashboards));
}

function withRunbooks({ lines, alerts = {} }: GrafanaLinks): GrafanaLinks["lines"] {
  return Object.fromEntries(
    Object.entries(lines).map(([alert, line]) => {
      const url = alerts[alert]?.runbookUrl;
      return [alert, url === undefined ? line : { ...line, runbook: { alert, url } }];
    }),
  );
}
