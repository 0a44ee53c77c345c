/** Every smoke check, in the order in which they run: what runs first is what the others stand on. */

import { alertPath } from "./alert_path.ts";
import type { SmokeCheck } from "./check.ts";
import { datasources } from "./datasources.ts";
import { panels } from "./panels.ts";
import { ready } from "./ready.ts";
import { rules } from "./rules.ts";
import { targets } from "./targets.ts";

/** The smoke checks. */
export const SMOKE_CHECKS: readonly SmokeCheck[] = [ready, targets, rules, datasources, panels, alertPath];
