/** What Compose has to know of the stack. */

import type { Mount } from "./service.ts";
import type { PortName, Service, VersionedService } from "./services/mod.ts";

/** What Compose has to know. */
export interface ComposePlan {
  /** Compose project name. */
  readonly name: string;
  readonly delivery: "mount" | "image";
  /** Address on the host that the services are bound to. */
  readonly bind: string;
  /** Every port on the host, by its key in config.ts. */
  readonly ports: Readonly<Record<PortName, number>>;
  /** Services that run. */
  readonly services: ReadonlySet<Service>;
  /** Version of each service that Vigie does not build itself. */
  readonly versions: Readonly<Record<VersionedService, string>>;
  /** IPv4 subnet of the stack's network. */
  readonly subnet: string;
  readonly retention: { readonly time: string; readonly size: string };
  /** URL at which people reach each service. */
  readonly urls: Readonly<Record<Service, string>>;
  /** The entry's own. */
  readonly entry: {
    /** Address on the host that it is bound to. */
    readonly bind: string;
    readonly command: readonly string[];
  };
  /** Absolute path of the directory with each service's secrets, one subdirectory a service that has any. */
  readonly secretsDir: string;
  /** Services that have secrets. */
  readonly secrets: ReadonlySet<Service>;
  /** file_sd directories on this machine, and where Prometheus sees each. */
  readonly mounts: readonly { readonly source: string; readonly target: string }[];
  /** What the backup sees of the others' data. */
  readonly backup: readonly Mount[];
  /** Grafana's settings as variables of its environment. */
  readonly grafana: {
    readonly environment: Readonly<Record<string, string>>;
    /** Whether it asks a directory who somebody is, by `grafana/ldap/ldap.toml`. */
    readonly ldap?: boolean;
  };
}
