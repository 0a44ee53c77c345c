/** Grafana: dashboards. */

import { SECRETS_TARGET, type ServiceSpec } from "../service.ts";
import type { ComposePlan } from "../plan.ts";

/** Grafana in Compose: it calls nobody, lets nobody sign up, and has no default password. */
export function grafana({ grafana: { adminUser, theme }, urls }: ComposePlan): ServiceSpec {
  return {
    user: "472:0",
    environment: {
      GF_SECURITY_ADMIN_USER: adminUser,
      GF_SECURITY_ADMIN_PASSWORD__FILE: `${SECRETS_TARGET}/admin-password`,
      GF_SECURITY_DISABLE_GRAVATAR: "true",
      GF_USERS_ALLOW_SIGN_UP: "false",
      GF_USERS_ALLOW_ORG_CREATE: "false",
      GF_USERS_DEFAULT_THEME: theme,
      GF_SERVER_ROOT_URL: `${urls.grafana}/`,
      GF_ANALYTICS_ENABLED: "false",
      GF_ANALYTICS_REPORTING_ENABLED: "false",
      GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false",
      GF_ANALYTICS_FEEDBACK_LINKS_ENABLED: "false",
      GF_NEWS_NEWS_FEED_ENABLED: "false",
      GF_SNAPSHOTS_EXTERNAL_ENABLED: "false",
      // Otherwise each start downloads applications that nobody asked for.
      GF_PLUGINS_PREINSTALL_DISABLED: "true",
      GF_LOG_MODE: "console",
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
