/** The ids of all checks, so that an editor completes them in config.ts. A test holds them against the registry. */

/** Every check that `deno task check` knows, in the order of the registry. */
export const CHECK_IDS = [
  "prometheus/config",
  "prometheus/rules",
  "prometheus/rule-files",
  "blackbox/config",
  "annotations/template",
  "annotations/labels",
  "annotations/text",
  "alertmanager/config",
  "alertmanager/receivers",
  "grafana/dashboards",
  "grafana/panels",
  "grafana/units",
  "grafana/layout",
  "grafana/datasources",
  "grafana/variables",
  "grafana/links",
  "grafana/queries",
  "compose/config",
  "compose/images",
  "compose/ports",
  "compose/exposed",
  "compose/privileges",
  "compose/limits",
  "compose/health",
  "compose/mounts",
  "config/secrets",
  "promql/unknown-metric",
  "promql/unknown-label",
  "cost/series",
  "build/fresh",
  "online/drift",
  "online/would-fire",
  "suppression/expired",
  "suppression/unused",
] as const;

/** The id of a check. */
export type CheckId = typeof CHECK_IDS[number];
