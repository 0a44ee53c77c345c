/** What config.ts says about Grafana. */

import * as z from "zod";
import { duration } from "../lib/schema.ts";
import { secretRef } from "../lib/secret_ref.ts";
import { durationMs } from "../lib/units.ts";

// Grafana's own `min_refresh_interval`: it would replace a shorter one without a word.
const SHORTEST_REFRESH_MS = 5_000;

/** Keys of `grafana`. */
export const grafanaSchema = z.strictObject({
  /** Login of the administrator. */
  adminUser: z.string().min(1).default("admin").describe("Login of the administrator."),
  /** Its password: `secret("NAME")`, or where else it lies. By default it is made on the first `up` and lies in the state directory. */
  adminPassword: secretRef.optional().describe(
    'Its password: `secret("NAME")`, or where else it lies. By default it is made on the first `up` and lies in the state directory.',
  ),
  /** Colours: `dark`, `light`, or what the browser prefers. */
  theme: z.enum(["dark", "light", "system"]).default("system").describe(
    "Colours: `dark`, `light`, or what the browser prefers.",
  ),
  /** How often an open dashboard asks for new values. */
  refresh: duration.refine(isLongEnough, { error: 'expected "5s" or more: Grafana allows no shorter one' })
    .default("30s").describe("How often an open dashboard asks for new values."),
});

export { type GrafanaSignOn, type GroupRole, signOnEnvironment } from "./sign_on.ts";

/** The Grafana part of a valid configuration. */
export type GrafanaSettings = z.output<typeof grafanaSchema>;

function isLongEnough(text: string): boolean {
  // What is no duration at all is told by `duration` itself.
  return !duration.safeParse(text).success || durationMs(text) >= SHORTEST_REFRESH_MS;
}

/** Where Grafana is, and where its home page lies. */
export interface GrafanaPlace {
  /** URL at which people reach it, without a trailing slash. */
  readonly url: string;
  /** The directory where it finds the dashboards' files. */
  readonly dashboardsPath: string;
  /** Whether any host is measured; without one there is no dashboard of hosts to open with. */
  readonly hosts: boolean;
}

/** What Grafana is told through its environment, whatever runs it: it calls nobody, lets nobody sign up, and opens with all hosts at a glance. */
export function grafanaEnvironment(
  settings: GrafanaSettings,
  { url, dashboardsPath, hosts }: GrafanaPlace,
): Record<string, string> {
  return {
    GF_SECURITY_ADMIN_USER: settings.adminUser,
    GF_SECURITY_DISABLE_GRAVATAR: "true",
    GF_USERS_ALLOW_SIGN_UP: "false",
    GF_USERS_ALLOW_ORG_CREATE: "false",
    GF_USERS_DEFAULT_THEME: settings.theme,
    GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: `${dashboardsPath}/${hosts ? "hosts" : "stack"}.json`,
    GF_SERVER_ROOT_URL: `${url}/`,
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
  };
}
