/** Every dashboard. To add one: write its file beside this one and name it in `DASHBOARDS`. */

import type { Dashboard } from "./dashboard.ts";
import { host } from "./host.ts";
import { stack } from "./stack.ts";

/** The dashboards, in the order of Grafana's menu. */
export const DASHBOARDS: readonly Dashboard[] = [host, stack];
