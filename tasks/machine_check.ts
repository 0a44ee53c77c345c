/** What a valid configuration may ask of this machine that it does not have. */

import { statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { bytes, formatBytes } from "../lib/units.ts";
import { secretRefText } from "../lib/secret_ref.ts";
import { certificateIssues } from "./machine_check_entry.ts";
import { secretNeedsOf } from "./secret_needs.ts";
import { cureOf, secretValue } from "./secret_value.ts";
import type { ConfigIssue, Stack } from "./stack.ts";

/** Where to look. */
export interface MachineContext {
  /** Absolute path of the directory that relative paths in config.ts start from. */
  readonly configDir: string;
  /** Absolute path of the state directory; it need not exist. */
  readonly stateDir: string;
  /** The filesystem that holds `path`, in bytes; the real one by default. */
  readonly disk?: (path: string) => Promise<Disk>;
}

/** Room on a filesystem, bytes. */
export interface Disk {
  /** What an ordinary user may still write. */
  readonly free: number;
  readonly total: number;
}

/** Every file, directory and piece of disk that `stack` needs and this machine lacks. */
export async function machineIssues(stack: Stack, context: MachineContext): Promise<ConfigIssue[]> {
  const found = await Promise.all([
    secretIssues(stack, context),
    fileSdIssues(stack, context),
    retentionIssues(stack, context),
    certificateIssues(stack, context),
  ]);
  return found.flat();
}

/** Secrets that are not where config.ts says. Programs that print one are not run: `up` does, when everything else is right. */
async function secretIssues(stack: Stack, context: MachineContext): Promise<ConfigIssue[]> {
  // Of both engines: which one it will be is not known yet.
  const needs = secretNeedsOf(stack, { engine: "docker" });
  const issues = await Promise.all(needs.map(async ({ from, config, wanted }): Promise<ConfigIssue[]> => {
    if ("made" in from || "command" in from || config === undefined) return [];
    const value = await secretValue(from, context);
    const reason = "reason" in value ? value.reason : expected(wanted?.(value.text));
    if (reason === undefined) return [];
    const what = "file" in from ? JSON.stringify(from.file) : secretRefText(from);
    // A path that leads nowhere is a mistake in config.ts.
    const unset = "missing" in value && !("file" in from);
    return [{
      path: config,
      message: `Cannot use ${what} as ${String(config.at(-1))}: ${reason}`,
      cure: "reason" in value ? value.cure : cureOf(from, context),
      ...(unset && { unset, lacking: true }),
    }];
  }));
  return issues.flat();
}

function expected(wanted: string | undefined): string | undefined {
  return wanted && `expected ${wanted}`;
}

async function fileSdIssues(stack: Stack, { configDir }: MachineContext): Promise<ConfigIssue[]> {
  const named = stack.jobs.flatMap((job, i) =>
    job.files.map((file, k) => ({ path: ["jobs", i, "files", k], file }))
  );
  const issues = await Promise.all(named.map(async ({ path, file }) => {
    // The files may come later: Prometheus looks for them again and again. Their directory is mounted now.
    const directory = dirname(resolve(configDir, file));
    if (await isDirectory(directory)) return [];
    return [{
      path,
      message: `Cannot use ${
        JSON.stringify(file)
      } as a file of targets: there is no directory "${directory}"`,
      cure: `make it: mkdir -p ${directory}`,
    }];
  }));
  return issues.flat();
}

async function retentionIssues(stack: Stack, context: MachineContext): Promise<ConfigIssue[]> {
  const { stateDir, disk = diskOf } = context;
  const place = await nearestExisting(stateDir);
  const { free, total } = await disk(place);
  // What the stack has measured already may be overwritten. Docker keeps it in a volume that cannot be looked into from here.
  const ranOnDocker = await isDirectory(join(stateDir, "docker"));
  const held = await sizeOf(join(stateDir, "local", "data", "prometheus"));
  const room = ranOnDocker ? total : free + held;
  const { size } = stack.retention;
  if (bytes(size) <= room) return [];
  const own = held === 0 || ranOnDocker ? "" : `, ${formatBytes(held)} of it measurements of this stack`;
  return [{
    path: ["retention", "size"],
    message: `Cannot keep "${size}" of measurements as retention.size says: the disk of "${place}" has ${
      ranOnDocker ? `${formatBytes(total)} in all` : `room for ${formatBytes(room)}${own}`
    }`,
    cure:
      "lower retention.size, free some disk space, or name a state directory on another disk with --state",
    lacking: bytes(size) <= total,
  }];
}

/** The disk that holds `path`, which need not exist. */
export async function diskBelow(path: string): Promise<Disk> {
  return await diskOf(await nearestExisting(path));
}

async function diskOf(path: string): Promise<Disk> {
  const { bsize, bavail, blocks } = await statfs(path);
  return { free: bavail * bsize, total: blocks * bsize };
}

async function nearestExisting(path: string): Promise<string> {
  return await isDirectory(path) || dirname(path) === path ? path : await nearestExisting(dirname(path));
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    // What cannot be looked at may well be there; the service that needs it says more.
    if (error instanceof Deno.errors.PermissionDenied) return true;
    throw error;
  }
}

/** Bytes of all files below a directory; 0 when there is none. */
export async function sizeOf(directory: string): Promise<number> {
  let sum = 0;
  try {
    for await (const entry of Deno.readDir(directory)) {
      const path = join(directory, entry.name);
      sum += entry.isDirectory ? await sizeOf(path) : (await Deno.lstat(path)).size;
    }
  } catch (error) {
    // Prometheus replaces its blocks while we look; and what is no directory holds no blocks, which is for the engine to say.
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
  }
  return sum;
}
