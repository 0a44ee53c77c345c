/** What the agent that makes backups is told of a stack. */

import { join, resolve } from "node:path";
import { isDirectory, type Part, type PartPlan, PARTS, type Plan } from "../../backup/mod.ts";
import { backupSchema, type BackupSettings } from "../../backup/schema.ts";
import type { Mount } from "../../compose/mod.ts";
import { volumeOf } from "../../compose/mod.ts";
import { addressesOf, servicesOf, type Stack, type Target, versionsOf } from "../stack.ts";

/** Where a container finds the repository, when that is a directory. */
export const REPOSITORY_TARGET = "/repository";

/** Whom the files of each service belong to in its container; a test holds them to compose.yaml. */
export const OWNERS: Readonly<Record<Part, { readonly uid: number; readonly gid: number }>> = {
  prometheus: { uid: 65534, gid: 65534 },
  alertmanager: { uid: 65534, gid: 65534 },
  grafana: { uid: 472, gid: 0 },
  webhook: { uid: 65532, gid: 65532 },
  entry: { uid: 65532, gid: 65532 },
};

/** What config.ts says of backups; the defaults when it says nothing, for one that is made by hand. */
export function backupSettings(stack: Stack): BackupSettings {
  return stack.backup ?? backupSchema.parse({});
}

/** The repository as it is on this machine: an absolute path, or as restic names it. */
export function repositoryOf(stack: Stack, { stateDir, configDir }: Omit<Target, "engine">): string {
  const { repository } = backupSettings(stack);
  if (repository === undefined) return join(stateDir, "backup", "repository");
  return isDirectory(repository) ? resolve(configDir, repository.replace(/^local:/, "")) : repository;
}

/** What the agent is told. The services are asked where they run, as the others reach them. */
export function planOf(stack: Stack, target: Target): Plan {
  const { engine } = target;
  const settings = backupSettings(stack);
  const repository = repositoryOf(stack, target);
  const services = servicesOf(stack, engine);
  const addresses = addressesOf(stack, engine);
  // What cannot run here may have left data all the same.
  const saved = PARTS.filter((part) => services.has(part));
  return {
    stack: stack.name,
    engine,
    every: settings.every,
    keep: settings.keep,
    verify: settings.verify,
    repository: engine === "docker" && isDirectory(repository) ? REPOSITORY_TARGET : repository,
    sftpKey: settings.sftp !== undefined,
    credentials: Object.keys(settings.credentials).sort(),
    data: engine === "docker" ? "/data" : join(target.stateDir, "local", "data", "backup"),
    versions: Object.fromEntries(
      Object.entries(versionsOf(stack)).filter(([service]) => saved.includes(service as Part)),
    ),
    parts: Object.fromEntries(saved.map((part) => [part, partOf(part, target, `http://${addresses[part]}`)])),
  };
}

function partOf(part: Part, { engine, stateDir }: Target, url: string): PartPlan {
  return engine === "docker"
    ? { data: `/volumes/${part}`, url }
    : { data: join(stateDir, "local", "data", part), url };
}

/** What the backup's container sees of the others' data, and of this machine. Prometheus makes its snapshots where its data is. */
export function backupMounts(stack: Stack, target: Target): Mount[] {
  const repository = repositoryOf(stack, target);
  const parts = Object.keys(planOf(stack, target).parts) as Part[];
  return [
    ...parts.map((part): Mount => ({
      type: "volume",
      source: volumeOf(part, "data"),
      target: `/volumes/${part}`,
      readOnly: part !== "prometheus",
    })),
    ...(isDirectory(repository)
      ? [{ type: "bind" as const, source: repository, target: REPOSITORY_TARGET, readOnly: false }]
      : []),
  ];
}
