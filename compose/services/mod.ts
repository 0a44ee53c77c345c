/** Every service. To add one: write its file beside this one, name it here and in `SERVICES` and `VERSIONS` of ../versions.ts. */

import type { ComposePlan } from "../plan.ts";
import type { ServiceSpec } from "../service.ts";
import type { Service } from "../versions.ts";
import { alertmanager } from "./alertmanager.ts";
import { blackbox } from "./blackbox.ts";
import { cadvisor } from "./cadvisor.ts";
import { grafana } from "./grafana.ts";
import { nodeExporter } from "./node_exporter.ts";
import { prometheus } from "./prometheus.ts";
import { webhook } from "./webhook.ts";

/** What is special about each service. */
export const SPECS: Readonly<Record<Service, (plan: ComposePlan) => ServiceSpec>> = {
  prometheus,
  alertmanager,
  webhook,
  "node-exporter": nodeExporter,
  blackbox,
  grafana,
  cadvisor,
};
