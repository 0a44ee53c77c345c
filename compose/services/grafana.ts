/** Grafana: dashboards. */

import { SECRETS_TARGET, type ServiceSpec } from "../service.ts";
import type { ComposePlan } from "../plan.ts";

/** Grafana in Compose. */
export function grafana({ grafana }: ComposePlan): ServiceSpec {
  return {
    user: "472:0",
    environment: {
      ...grafana.environment,
      GF_SECURITY_ADMIN_PASSWORD__FILE: `${SECRETS_TARGET}/admin-password`,
      GF_PATHS_DATA: "/var/lib/grafana",
      GF_PATHS_PLUGINS: "/var/lib/grafana/plugins",
      GF_PATHS_PROVISIONING: "/etc/grafana/provisioning",
    },
    port: 3000,
    health: ["wget", "-q", "-O", "/dev/null", "-T", "4", "http://127.0.0.1:3000/api/health"],
    // Its first start makes the database.
    startPeriod: "2m",
    memory: "512m",
    cpus: 1,
    pids: 256,
    config: {
      "grafana/provisioning": "/etc/grafana/provisioning",
      "grafana/dashboards": "/etc/grafana/dashboards",
    },
    data: "/var/lib/grafana",
    tmp: "64m",
    after: ["prometheus"],
    stopGrace: "30s",
    // Plugins are processes of their own, and leave children behind.
    extra: { init: true },
  };
}
