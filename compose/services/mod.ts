/** Every service. To add one: write its file beside this one, name it here, and give its version in ../versions.ts. */

import type { ServiceDefinition } from "../definition.ts";
import { alertmanager } from "./alertmanager.ts";
import { blackbox } from "./blackbox.ts";
import { cadvisor } from "./cadvisor.ts";
import { grafana } from "./grafana.ts";
import { nodeExporter } from "./node_exporter.ts";
import { prometheus } from "./prometheus.ts";
import { webhook } from "./webhook.ts";

const ALL = [
  prometheus,
  alertmanager,
  webhook,
  nodeExporter,
  blackbox,
  grafana,
  cadvisor,
] as const;

/** One of the definitions, as it is written. */
export type Definition = typeof ALL[number];
/** The name of a service. */
export type Service = Definition["name"];
/** The name of a service that Vigie does not build itself: it has a version. */
export type VersionedService = Exclude<Service, "webhook">;
/** The name of a service that the local engine runs. */
export type LocalService = Extract<Definition, { readonly engines: readonly ["docker", "local"] }>["name"];

/** Every service that a stack can have, in the order in which they are shown. */
export const SERVICES: readonly Service[] = ALL.map(({ name }) => name);

/** What each service is. */
export const DEFINITIONS = byService((service) =>
  ALL.find(({ name }) => name === service)! as ServiceDefinition<Service>
);

/** A table with an entry for each service. */
export function byService<T>(give: (service: Service) => T): Readonly<Record<Service, T>> {
  return Object.fromEntries(SERVICES.map((service) => [service, give(service)])) as Record<Service, T>;
}
