/** The checks of compose.yaml. */

import type { Check } from "../../lib/check.ts";
import { configCheck } from "./config.ts";
import { exposedCheck } from "./exposed.ts";
import { healthCheck } from "./health.ts";
import { imagesCheck } from "./images.ts";
import { limitsCheck } from "./limits.ts";
import { mountsCheck } from "./mounts.ts";
import { portsCheck } from "./ports.ts";
import { privilegesCheck } from "./privileges.ts";

/** The checks of compose.yaml, in the order they are shown. */
export const composeChecks: readonly Check[] = [
  configCheck,
  imagesCheck,
  portsCheck,
  exposedCheck,
  privilegesCheck,
  limitsCheck,
  healthCheck,
  mountsCheck,
];
