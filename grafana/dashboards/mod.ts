/** Every dashboard. To add one: write its file beside this one and name it in `DASHBOARDS`. */

import { alerts } from "./alerts.ts";
import { containers } from "./containers.ts";
import type { Dashboard } from "./dashboard.ts";
import { host } from "./host/mod.ts";
import { hosts } from "./hosts.ts";
import { probes } from "./probes.ts";
import { stack } from "./stack/mod.ts";
import { webhook } from "./webhook/mod.ts";

/** The dashboards, in the order of Grafana's menu. */
export const DASHBOARDS: readonly Dashboard[] = [hosts, host, containers, probes, alerts, webhook, stack];
