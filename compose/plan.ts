/** What Compose has to know of the stack. */

import type { Service, VersionedService } from "./services/mod.ts";

/** What Compose has to know. */
export interface ComposePlan {
  /** Compose project name. */
  readonly name: string;
  readonly delivery: "mount" | "image";
  readonly bind: string;
  /** Port of each service on the host. */
  readonly ports: Readonly<Record<Service, number>>;
  /** Services that run. */
  readonly services: ReadonlySet<Service>;
  /** Version of each service that Vigie does not build itself. */
  readonly versions: Readonly<Record<VersionedService, string>>;
  /** IPv4 subnet of the stack's network. */
  readonly subnet: string;
  readonly retention: { readonly time: string; readonly size: string };
  /** URL at which people reach each service. */
  readonly urls: Readonly<Record<Service, string>>;
  /** Absolute path of the directory with each service's secrets, one subdirectory a service that has any. */
  readonly secretsDir: string;
  /** Services that have secrets. */
  readonly secrets: ReadonlySet<Service>;
  /** file_sd directories on this machine, and where Prometheus sees each. */
  readonly mounts: readonly { readonly source: string; readonly target: string }[];
  /** Grafana's settings as variables of its environment. */
  readonly grafana: { readonly environment: Readonly<Record<string, string>> };
}
