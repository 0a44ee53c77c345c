/** Every service. To add one: write its file beside this one, name it here, and give its version in ../versions.ts. */

import type { ServiceDefinition } from "../definition.ts";
import { alertmanager } from "./alertmanager.ts";
import { backup } from "./backup.ts";
import { blackbox } from "./blackbox.ts";
import { cadvisor } from "./cadvisor.ts";
import { entry } from "./entry.ts";
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
  entry,
  backup,
] as const;

/** One of the definitions, as it is written. */
export type Definition = typeof ALL[number];
/** The name of a service. */
export type Service = Definition["name"];
/** The key of a port in config.ts. */
export type PortName = Service | keyof Extract<Definition, { readonly morePorts: unknown }>["morePorts"];
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

/** Every port that `service` takes on this machine, by its key in config.ts, with what is said of it. */
export function portsOf(
  service: Service,
): [key: PortName, port: { readonly default: number; readonly about: string }][] {
  const { ports, morePorts } = DEFINITIONS[service];
  return Object.entries({ ...ports, ...morePorts }) as ReturnType<typeof portsOf>;
}

/** The key of the port on this machine at which tasks reach `service`. */
export function hostPortOf(service: Service): PortName {
  return (DEFINITIONS[service].hostPort ?? service) as PortName;
}

/** A table with an entry for each service. */
export function byService<T>(give: (service: Service) => T): Readonly<Record<Service, T>> {
  return Object.fromEntries(SERVICES.map((service) => [service, give(service)])) as Record<Service, T>;
}
