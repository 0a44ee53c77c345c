/** What of this machine's files each service has to see. */

import { dirname, join, resolve } from "node:path";
import type { LocalService } from "../../../compose/services/mod.ts";
import type { Binary } from "../../binaries/mod.ts";
import { secretsDirOf } from "../../destinations.ts";
import { filesDirOf, type Stack, type Target } from "../../stack.ts";
import type { Start } from "./confine.ts";
import type { WebhookProgram } from "./webhook.ts";

/** What decides it. */
export interface NeedsContext {
  readonly stack: Stack;
  readonly target: Target;
  readonly webhook: WebhookProgram;
  readonly services: readonly LocalService[];
  readonly binaries: ReadonlyMap<LocalService, Binary | undefined>;
}

/** Variables that name files of certificates. */
const CERTIFICATE_VARIABLES = ["SSL_CERT_FILE", "SSL_CERT_DIR", "DENO_CERT"];

/**
 * The directories and files that each service reads beside its data: its program, its configuration, its secrets. Their directories
 * where others may replace a file. Only what exists; the directory of its secrets is made, as they may come later.
 */
export async function needsOf(context: NeedsContext): Promise<(service: LocalService) => readonly string[]> {
  const { target, services } = context;
  const needs = new Map<LocalService, readonly string[]>();
  const certificates = CERTIFICATE_VARIABLES.flatMap((name) => Deno.env.get(name) ?? [])
    .filter((path) => path.startsWith("/"));
  for (const service of services) {
    const secrets = secretsDirOf(service, target);
    await Deno.mkdir(dirname(secrets), { recursive: true, mode: 0o700 });
    await Deno.mkdir(secrets, { recursive: true });
    // An ordinary user who ran `up` before kept them to themselves. The directory above lets nobody else in.
    if (Deno.uid() === 0) await openToReaders(secrets);
    const all = [filesDirOf(target), secrets, ...programOf(service, context), ...certificates];
    if (service === "prometheus") all.push(...targetDirectories(context));
    const exist = await Promise.all(all.map((path) => Deno.stat(path).then(() => true, () => false)));
    needs.set(service, all.filter((_, i) => exist[i]));
  }
  return (service) => needs.get(service) ?? [];
}

async function openToReaders(directory: string): Promise<void> {
  for await (const { name, isFile } of Deno.readDir(directory)) {
    const path = join(directory, name);
    if (isFile && ((await Deno.stat(path)).mode! & 0o444) !== 0o444) await Deno.chmod(path, 0o644);
  }
}

function programOf(service: LocalService, { webhook, binaries }: NeedsContext): readonly string[] {
  const binary = binaries.get(service);
  if (!binary) return webhook.files;
  // A program with a tree of its own reads it while it runs.
  return [binary.path, ...[binary.overlay, binary.home].filter((path) => path !== undefined)];
}

/** Where other programs write targets for Prometheus: the directories, as the files are replaced. */
function targetDirectories({ stack, target }: NeedsContext): string[] {
  return [
    ...new Set(
      stack.jobs.flatMap(({ files }) => files).map((path) => dirname(resolve(target.configDir, path))),
    ),
  ];
}

/** Changes when a directory that a service sees was made anew: it would go on seeing the old one. */
export async function stampOf(start: Start): Promise<string[]> {
  if (start.as !== "other") return [];
  const kept = start.confinement.closed.flatMap(({ keep }) => keep);
  const infos = await Promise.all(kept.map((path) => Deno.stat(path)));
  return infos.flatMap(({ isDirectory, ino }, i) => isDirectory ? [`${kept[i]} ${ino}`] : []);
}
