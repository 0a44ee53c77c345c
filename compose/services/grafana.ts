/** Grafana: dashboards. */

import type { ServiceDefinition } from "../definition.ts";
import { SECRETS_TARGET, type ServiceSpec } from "../service.ts";
import type { ComposePlan } from "../plan.ts";

/** Grafana. */
export const grafana = {
  name: "grafana",
  ports: {
    /** Grafana. */
    grafana: { default: 3000, about: "Grafana." },
  },
  services: {
    /** Dashboards in the browser. */
    grafana: { default: true, about: "Dashboards in the browser." },
  },
  engines: ["docker", "local"],
  containerPort: 3000,
  readyPath: "/api/health",
  scrape: { job: "grafana", buildInfo: "grafana_build_info" },
  compose,
} as const satisfies ServiceDefinition<"grafana">;

function compose({ grafana }: ComposePlan): ServiceSpec {
  return {
    user: "472:0",
    environment: {
      ...grafana.environment,
      GF_SECURITY_ADMIN_PASSWORD__FILE: `${SECRETS_TARGET}/admin-password`,
      GF_PATHS_DATA: "/var/lib/grafana",
      GF_PATHS_PLUGINS: "/var/lib/grafana/plugins",
      GF_PATHS_PROVISIONING: "/etc/grafana/provisioning",
    },
    // Its first start makes the database.
    startPeriod: "2m",
    memory: "512m",
    cpus: 1,
    pids: 256,
    config: {
      "grafana/provisioning": "/etc/grafana/provisioning",
      "grafana/dashboards": "/etc/grafana/dashboards",
      ...(grafana.ldap && { "grafana/ldap": "/etc/grafana/ldap" }),
    },
    data: "/var/lib/grafana",
    tmp: "64m",
    after: ["prometheus"],
    stopGrace: "30s",
    // Plugins are processes of their own, and leave children behind.
    extra: { init: true },
  };
}
