/** Versions that stay as they are until `deno task upgrade` changes them. */

import type { Service, VersionedService } from "../../compose/services/mod.ts";
import { VERSIONS } from "../../compose/versions.ts";
import { runningOf, type Stack, type Target, versionsOf } from "../stack.ts";

/** Version of services, without `v`. */
export type Versions = Readonly<Partial<Record<VersionedService, string>>>;

/** A service whose version is another than the one that is wanted. */
export interface VersionChange {
  readonly service: VersionedService;
  /** What runs, without `v`. */
  readonly from: string;
  /** What the version table or config.ts names. */
  readonly to: string;
}

/** `stack` with the versions of `running`, whatever it says of these services itself. */
export function heldStack(stack: Stack, running: Versions | undefined): Stack {
  if (running === undefined || Object.keys(running).length === 0) return stack;
  return { ...stack, versions: { ...stack.versions, ...running } };
}

/** The versions of `stack` that something runs in: of the services that run on the target. */
export function runningVersions(stack: Stack, target: Pick<Target, "engine" | "leftOut">): Versions {
  const running = runningOf(stack, target);
  const all = versionsOf(stack);
  return Object.fromEntries(
    versioned().filter((service) => running.has(service)).map((service) => [service, all[service]]),
  );
}

/** The services of `stack` that run another version than it names, in the order of the version table. */
export function waitingChanges(stack: Stack, running: Versions | undefined): VersionChange[] {
  const wanted = versionsOf(stack);
  return versioned().flatMap((service): VersionChange[] => {
    const from = running?.[service];
    const to = wanted[service];
    return from === undefined || from === to ? [] : [{ service, from, to }];
  });
}

/** Whether `service` has a version of its own. */
export function isVersioned(service: Service | string): service is VersionedService {
  return Object.hasOwn(VERSIONS, service);
}

/** Reads versions out of a record; what is none is left out. */
export function readVersions(value: unknown): Versions {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(([service, version]) => isVersioned(service) && typeof version === "string"),
  );
}

function versioned(): VersionedService[] {
  return Object.keys(VERSIONS) as VersionedService[];
}
