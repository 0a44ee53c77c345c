/** The one table of versions: what the Docker engine pulls and what the local engine downloads. */

import type { VersionedService } from "./services/mod.ts";

/** A service's version, and where Docker finds it. */
export interface Version {
  /** Image without its tag. */
  readonly image: string;
  /** The tag's text before the version: `v` for the Prometheus projects. */
  readonly tagPrefix: string;
  /** Semantic version, without `v`. */
  readonly version: string;
}

/** Versions of what Vigie does not build itself; Renovate keeps them current (see renovate.json). */
export const VERSIONS: Readonly<Record<VersionedService, Version>> = {
  // renovate: datasource=docker depName=prom/prometheus
  prometheus: { image: "prom/prometheus", tagPrefix: "v", version: "3.5.3" },
  // renovate: datasource=docker depName=prom/alertmanager
  alertmanager: { image: "prom/alertmanager", tagPrefix: "v", version: "0.33.1" },
  // renovate: datasource=docker depName=prom/node-exporter
  "node-exporter": { image: "prom/node-exporter", tagPrefix: "v", version: "1.11.1" },
  // renovate: datasource=docker depName=prom/blackbox-exporter
  blackbox: { image: "prom/blackbox-exporter", tagPrefix: "v", version: "0.28.0" },
  // renovate: datasource=docker depName=grafana/grafana
  grafana: { image: "grafana/grafana", tagPrefix: "", version: "12.4.0" },
  // renovate: datasource=docker depName=ghcr.io/google/cadvisor
  cadvisor: { image: "ghcr.io/google/cadvisor", tagPrefix: "", version: "0.56.2" },
  // renovate: datasource=docker depName=caddy
  entry: { image: "caddy", tagPrefix: "", version: "2.11.4" },
  // renovate: datasource=docker depName=restic/restic
  backup: { image: "restic/restic", tagPrefix: "", version: "0.19.1" },
};
