/** What Grafana loads when it starts: its datasources, and where the dashboards lie. */

import { BANNER, type Files } from "../lib/files.ts";
import { toYaml } from "../lib/yaml.ts";
import type { GrafanaLinks } from "./links.ts";

/** The datasource of every query. The uid is fixed: provisioning does not resolve a dashboard's `${DS_…}` inputs. */
export const PROMETHEUS = { type: "prometheus", uid: "prometheus" } as const;

/** The datasource behind Grafana's pages on alerts and silences. */
export const ALERTMANAGER = { type: "alertmanager", uid: "alertmanager" } as const;

/** Where the datasources are provisioned, relative to the build directory. */
export const DATASOURCES_FILE = "grafana/provisioning/datasources/vigie.yaml";

/** `grafana/provisioning/**`. */
export function renderProvisioning(links: GrafanaLinks): Files {
  const { prometheusUrl, alertmanagerUrl, dashboardsPath, scrapeIntervalSeconds } = links;
  return new Map([
    [DATASOURCES_FILE, {
      apiVersion: 1,
      // A datasource that is no longer written here goes away in Grafana too.
      prune: true,
      datasources: [
        {
          name: "Prometheus",
          ...PROMETHEUS,
          access: "proxy",
          url: literal(prometheusUrl),
          isDefault: true,
          editable: false,
          jsonData: {
            httpMethod: "POST",
            prometheusType: "Prometheus",
            timeInterval: grafanaInterval(scrapeIntervalSeconds),
            alertmanagerUid: ALERTMANAGER.uid,
          },
        },
        {
          name: "Alertmanager",
          ...ALERTMANAGER,
          access: "proxy",
          url: literal(alertmanagerUrl),
          editable: false,
          jsonData: { implementation: "prometheus", handleGrafanaManagedAlerts: false },
        },
      ],
    }],
    ["grafana/provisioning/dashboards/vigie.yaml", {
      apiVersion: 1,
      providers: [{
        name: "vigie",
        orgId: 1,
        folder: "Vigie",
        folderUid: "vigie",
        type: "file",
        disableDeletion: true,
        allowUiUpdates: false,
        updateIntervalSeconds: 10,
        options: { path: literal(dashboardsPath) },
      }],
    }],
    // Grafana logs an error at every start for each of these directories that does not exist.
    ["grafana/provisioning/plugins/vigie.yaml", { apiVersion: 1, apps: [] }],
    ["grafana/provisioning/alerting/vigie.yaml", { apiVersion: 1 }],
  ].map(([path, content]) => [path as string, toYaml(content, [BANNER])]));
}

/** Seconds as Grafana reads an interval: one number and one unit, never `1m30s`. */
export function grafanaInterval(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1_000)}ms`;
}

/** Grafana expands `$NAME` in provisioning files as a variable of its environment; `$$` stays a dollar sign. */
function literal(text: string): string {
  return text.replaceAll("$", "$$$$");
}
