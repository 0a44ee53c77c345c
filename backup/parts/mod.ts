/** Every part of a backup that is a service's data. */

import type { Part } from "../plan.ts";
import { alertmanagerPart } from "./alertmanager.ts";
import { entryPart } from "./entry.ts";
import { grafanaPart } from "./grafana.ts";
import type { PartKind } from "./part.ts";
import { prometheusPart } from "./prometheus.ts";
import { webhookPart } from "./webhook.ts";

/** How each part is saved and restored. */
export const PART_KINDS: Readonly<Record<Part, PartKind>> = {
  prometheus: prometheusPart,
  alertmanager: alertmanagerPart,
  grafana: grafanaPart,
  webhook: webhookPart,
  entry: entryPart,
};
