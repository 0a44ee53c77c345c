/** Changed configuration in mounted directories: reloaded where it changed, and verified to be the one that runs. */

import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Service } from "../../compose/services/mod.ts";
import { type Files, readIfThere, writeAtomically } from "../../lib/files.ts";
import { reloadArguments } from "../entry.ts";
import { secretsStamp } from "../secrets.ts";
import {
  type Drift,
  driftOfAlertmanager,
  driftOfBlackbox,
  driftOfPrometheus,
  reloadAlertmanager,
  reloadBlackbox,
  reloadPrometheus,
  reloadWebhook,
  waitReady,
} from "./apply.ts";
import { docker, lastLine, tryDocker } from "./docker_cli.ts";
import { type Container, containersOf, lastLogLines, whyFailed } from "./docker_containers.ts";
import { NotReady, type Progress } from "./engine.ts";
import { serviceFiles } from "./service_files.ts";

const RESTART_MS = 2 * 60_000;

/** How a service is told that its files changed. */
interface Reloadable {
  /** Path that answers 2xx when it is ready. */
  readonly ready: string;
  /** Its main file: below build/, and in the container. */
  readonly main?: readonly [file: string, inside: string];
  /** What differs between what it runs and the files; left out where it cannot be asked. */
  readonly drift?: Drift;
  /** Whether it reads its secrets only when it is told; the others read theirs whenever they need one. */
  readonly secrets?: boolean;
  reload(url: string, files: Files, signal: AbortSignal, container: Container): Promise<string[]>;
}

const RELOADABLE: Partial<Record<Service, Reloadable>> = {
  prometheus: {
    ready: "/-/ready",
    main: ["prometheus/prometheus.yml", "/etc/prometheus/prometheus.yml"],
    drift: driftOfPrometheus,
    reload: reloadPrometheus,
  },
  alertmanager: {
    ready: "/-/ready",
    main: ["alertmanager/alertmanager.yml", "/etc/alertmanager/alertmanager.yml"],
    drift: driftOfAlertmanager,
    reload: reloadAlertmanager,
  },
  blackbox: {
    ready: "/-/healthy",
    main: ["blackbox/blackbox.yml", "/etc/blackbox/blackbox.yml"],
    drift: driftOfBlackbox,
    reload: reloadBlackbox,
  },
  webhook: {
    ready: "/health",
    secrets: true,
    reload: (url, _files, signal, { id }) =>
      reloadWebhook(url, async () => void await docker(["kill", "--signal=HUP", id], { signal }), signal),
  },
  entry: {
    ready: "/health",
    main: ["entry/Caddyfile", "/etc/caddy/Caddyfile"],
    secrets: true,
    reload: async (_url, _files, signal, { id }) => {
      const { code, stderr } = await tryDocker([
        "exec",
        id,
        "caddy",
        ...reloadArguments({ engine: "docker" }),
      ], {
        signal,
      });
      return code === 0 ? [] : [lastLine(stderr)];
    },
  },
};

/** What `applyConfiguration` works on. */
export interface Configured {
  readonly project: string;
  /** Containers as they are, all ready. */
  readonly containers: readonly Container[];
  /** Ids of the ones that were started after the files were written. */
  readonly started: ReadonlySet<string>;
  /** The files that they are to run. */
  readonly files: Files;
  readonly urls: Readonly<Record<Service, string>>;
  /** Where these files lie. */
  readonly buildDir: string;
  /** Where it remembers what each container was seen to run, and the secrets lie. */
  readonly stateDir: string;
  /** The one service to look at; all when left out. */
  readonly only?: Service;
  /** Whether the containers see these files; otherwise theirs are in their images, and only secrets can change under them. */
  readonly mounted: boolean;
}

/** What one run of a container was verified to run. */
interface Verified {
  /** Digest of its files. */
  readonly digest: string;
  /** Inode of the directory that it mounted when it was started. */
  readonly inode: number | null;
}

/** By `<id>@<start>`. */
type Memory = Record<string, Verified>;

/**
 * Makes every service run the files that lie on disk now.
 *
 * @returns what was done to the ones that ran something else.
 * @throws {NotReady} when one keeps running something else; it is left running.
 */
export async function applyConfiguration(
  { project, containers, started, files, urls, buildDir, stateDir, mounted, only }: Configured,
  progress: Progress,
  signal: AbortSignal,
): Promise<Map<Service, "reloaded" | "restarted">> {
  const path = join(stateDir, "docker", "applied.json");
  const memory = await readMemory(path);
  const seen: Memory = only === undefined ? {} : { ...memory };
  const done = new Map<Service, "reloaded" | "restarted">();
  for (const container of containers) {
    const { service } = container;
    const how = RELOADABLE[service];
    if (!how || !(mounted || how.secrets) || service !== (only ?? service)) continue;
    const digest = digestOf(files, service, how.secrets ? await secretsStamp(stateDir, service) : "");
    const url = urls[service];
    const differences = how.drift ? await how.drift(url, files, signal) : [];
    // A container that this `up` started has read these very files.
    const known = started.has(container.id) ? undefined : memory[runOf(container)];
    const isCurrent = known?.digest === digest || started.has(container.id);
    const inode = mounted ? await inodeOf(join(buildDir, service)) : null;
    seen[runOf(container)] = { digest, inode: known?.inode ?? inode };
    if (isCurrent && differences.length === 0) continue;
    const isReplaced = mounted && known !== undefined && known.inode !== inode;
    if (!isReplaced) progress.step(`reload ${service}`);
    const left = isReplaced ? [] : await how.reload(url, files, signal, container);
    if (!isReplaced && left.length === 0) {
      done.set(service, "reloaded");
      continue;
    }
    if (!isReplaced && !await seesOthers(container, how, files)) throw await refused(container, left);
    progress.step(`restart ${service}, which sees an older directory`);
    const again = await restart(project, container, how, url, files, signal);
    delete seen[runOf(container)];
    seen[runOf(again)] = { digest, inode };
    done.set(service, "restarted");
  }
  await writeAtomically(path, JSON.stringify(seen, null, 2) + "\n");
  return done;
}

/**
 * Whether the container sees other files than the ones on disk: the directory that it mounted was replaced by another of the same
 * name. A restart mounts the new one; a restart for any other reason would take a service down that still runs its old configuration.
 */
async function seesOthers({ id }: Container, { main }: Reloadable, files: Files): Promise<boolean> {
  // The webhook's image has nothing to read a file with. What we generate it refuses only when it is not there.
  if (!main) return true;
  const [file, inside] = main;
  const { code, stdout } = await tryDocker(["exec", id, "cat", inside]);
  return code !== 0 || stdout !== files.get(file);
}

async function restart(
  project: string,
  { id, service }: Container,
  how: Reloadable,
  url: string,
  files: Files,
  signal: AbortSignal,
): Promise<Container> {
  await docker(["restart", id], { timeoutMs: RESTART_MS, signal });
  const find = async () => (await containersOf(project, signal)).find((each) => each.id === id);
  const reason = await waitReady(url, how.ready, {
    signal,
    deadlineMs: RESTART_MS,
    alive: async () => {
      const container = await find();
      return container ? whyFailed(container) : "its container is gone";
    },
  });
  const container = await find();
  if (!container) {
    throw new NotReady(
      service,
      `${service} did not become ready: its container is gone`,
      [],
      "run the same command again",
    );
  }
  if (reason !== undefined) throw await refused(container, [reason]);
  const left = how.drift ? await how.drift(url, files, signal) : [];
  if (left.length > 0) throw await refused(container, left);
  return container;
}

async function refused({ service, id }: Container, differences: readonly string[]): Promise<NotReady> {
  return new NotReady(
    service,
    `${service} does not run its new configuration:\n${differences.map((line) => `  ${line}`).join("\n")}`,
    await lastLogLines(id, 20),
    "mend what it names in config.ts, then run the same command again; until then it runs the configuration it had",
  );
}

async function inodeOf(path: string): Promise<number | null> {
  return (await Deno.stat(path)).ino;
}

function runOf({ id, startedAt }: Container): string {
  return `${id}@${startedAt}`;
}

function digestOf(files: Files, service: Service, secrets: string): string {
  const hash = createHash("sha256").update(secrets);
  for (const [path, text] of serviceFiles(service, files)) hash.update(`\0${path}\0${text}`);
  return hash.digest("hex");
}

async function readMemory(path: string): Promise<Memory> {
  try {
    return JSON.parse(await readIfThere(path) ?? "{}");
  } catch {
    return {}; // Only a memory of ours: without it a service is asked, or reloaded once more.
  }
}
