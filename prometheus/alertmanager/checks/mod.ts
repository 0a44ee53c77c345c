/** The checks of Alertmanager's files. */

import type { Check } from "../../../lib/check.ts";
import { noBypass } from "./bypass.ts";
import { configCheck } from "./config.ts";
import { files } from "./files.ts";
import { inhibitsItself, inhibitsOthers } from "./inhibitions.ts";
import { unknownLabel } from "./labels.ts";
import { receivers } from "./receivers.ts";
import { shadowedRoute } from "./routes.ts";
import { templates } from "./templates.ts";
import { timeIntervals } from "./time_intervals.ts";
import { timing } from "./timing.ts";
import { toldNobody, toldTwice } from "./told.ts";

/** The checks of Alertmanager's files, in the order they are shown. */
export const alertmanagerChecks: readonly Check[] = [
  configCheck,
  receivers,
  shadowedRoute,
  unknownLabel,
  toldTwice,
  toldNobody,
  inhibitsItself,
  inhibitsOthers,
  templates,
  files,
  timeIntervals,
  timing,
  noBypass,
];
