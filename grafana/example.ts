/** For tests: what renderGrafana is given for a stack with every service. */

import type { GrafanaLinks } from "./links.ts";
import { grafanaSchema } from "./schema.ts";

/** Grafana's settings, all defaults. */
export const EXAMPLE_SETTINGS = grafanaSchema.parse({});

/** A stack with every service, scraped every 15 s. */
export const EXAMPLE_LINKS: GrafanaLinks = {
  prometheusUrl: "http://prometheus:9090",
  alertmanagerUrl: "http://alertmanager:9093",
  dashboardsPath: "/etc/grafana/dashboards",
  scrapeIntervalSeconds: 15,
  lines: {
    HostCpuHigh: { warning: 81 },
    HostMemoryHigh: { warning: 82 },
    HostLoadHigh: { warning: 3 },
    HostDiskSpaceLow: { warning: 13, critical: 6 },
    CertificateExpiring: { warning: 21, critical: 4 },
  },
  services: new Map([
    ["prometheus", "prometheus"],
    ["alertmanager", "alertmanager"],
    ["webhook", "webhook"],
    ["node-exporter", "node"],
    ["blackbox", "blackbox"],
    ["grafana", "grafana"],
    ["cadvisor", "cadvisor"],
  ]),
};
