/** Everything that the doctor looks for, what others rest on first. */

import { alertmanager } from "./alertmanager.ts";
import { clock } from "./clock.ts";
import { configuration, configurationDrift, configurationFit } from "./configuration.ts";
import { connectivity } from "./connectivity.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { disk, diskRetention } from "./disk.ts";
import { engine, engineAtWork } from "./engine.ts";
import { grafana } from "./grafana.ts";
import { logs } from "./logs.ts";
import { network } from "./network.ts";
import { ports } from "./ports.ts";
import { prometheus } from "./prometheus.ts";
import { services } from "./services.ts";
import { state } from "./state.ts";
import { supervisor } from "./supervisor.ts";
import { webhook } from "./webhook.ts";

export { type Area, AREAS, type Diagnosis, type Finding } from "./diagnosis.ts";
export { examine, type Report } from "./examine.ts";
export { createScene, type Scene } from "./scene.ts";

/** Every diagnosis. One may only follow from those before it, so that no two explain each other. */
export const DIAGNOSES: readonly Diagnosis[] = [
  ...configuration,
  ...state,
  ...engine,
  ...disk,
  ...configurationFit,
  ...diskRetention,
  ...engineAtWork,
  ...ports,
  ...supervisor,
  ...network,
  ...services,
  ...connectivity,
  ...clock,
  ...prometheus,
  ...configurationDrift,
  ...alertmanager,
  ...grafana,
  ...webhook,
  ...logs,
];
