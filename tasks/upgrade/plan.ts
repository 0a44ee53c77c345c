/** What an upgrade is to change, in which order. */

import type { VersionedService } from "../../compose/services/mod.ts";
import { VERSIONS } from "../../compose/versions.ts";
import { nearest } from "../../lib/nearest.ts";
import { compareVersions } from "../binaries/mod.ts";
import { EXIT, Failure, UsageError } from "../cli.ts";
import type { Stack } from "../stack.ts";
import { versionsOf } from "../stack.ts";
import { isVersioned, type VersionChange, type Versions } from "./held.ts";

// What keeps no data first: a machine on which nothing new runs is found out before anything that matters is touched.
const ORDER: readonly VersionedService[] = [
  "node-exporter",
  "blackbox",
  "cadvisor",
  "alertmanager",
  "prometheus",
  "grafana",
];
const VERSION = /^\d+\.\d+\.\d+([-+].+)?$/;

/** What the command line asks for. */
export interface Wish {
  /** Services to change; all when empty. */
  readonly services: readonly string[];
  /** The version to change to; the version table's, or that of config.ts, when left out. */
  readonly to?: string;
}

/**
 * The changes that are to be made, in their order.
 *
 * @param configured What config.ts says, its versions included.
 * @param running Version of each service that runs.
 * @throws {UsageError} when the wish names what there is not. @throws {Failure} when a service that it names does not run.
 */
export function planUpgrade(configured: Stack, running: Versions, { services, to }: Wish): VersionChange[] {
  const names = services.map(serviceNamed);
  if (to !== undefined) {
    if (names.length !== 1) {
      throw new UsageError(
        'Cannot use "--to" without the one service that it is about: `upgrade prometheus --to 3.5.3`',
      );
    }
    if (!VERSION.test(to)) {
      throw new UsageError(`Cannot upgrade to "${to}": expected a version without "v", such as "3.5.3"`);
    }
  }
  for (const service of names) {
    if (running[service] !== undefined) continue;
    throw new Failure(
      `Cannot upgrade ${service}: it does not run`,
      EXIT.usage,
      `${Object.keys(running).join(", ")} run`,
    );
  }
  const wanted = versionsOf(configured);
  const chosen = names.length > 0 ? names : (Object.keys(running) as VersionedService[]);
  return [...new Set(chosen)].sort((a, b) => rank(a) - rank(b)).flatMap((service): VersionChange[] => {
    const from = running[service]!;
    const next = to ?? wanted[service];
    return next === from ? [] : [{ service, from, to: next }];
  });
}

/** Whether `change` goes to an older version. */
export function isDowngrade({ from, to }: VersionChange): boolean {
  return compareVersions(to, from) < 0;
}

function serviceNamed(name: string): VersionedService {
  if (isVersioned(name)) return name;
  const names = Object.keys(VERSIONS);
  const near = nearest(name, names);
  throw new UsageError(
    name === "webhook"
      ? "Cannot upgrade webhook: it is part of Vigie itself, and `up` applies it"
      : `Cannot upgrade "${name}": there is no such service; ${
        near ? `did you mean "${near}"?` : `there are ${names.join(", ")}`
      }`,
  );
}

function rank(service: VersionedService): number {
  const at = ORDER.indexOf(service);
  return at < 0 ? ORDER.length : at;
}
