/** Machines that lack something, made of this one: few programs on PATH, an apt that fails or hangs, a disk that is full. */

import { join } from "node:path";
import { run } from "../../../lib/process.ts";
import { BINARIES, binary } from "../../../tasks/binaries/mod.ts";

/** What every Linux has, and an engine needs. */
const BASE = [
  "cat",
  "cp",
  "env",
  "find",
  "grep",
  "id",
  "ls",
  "mkdir",
  "mount",
  "mv",
  "sh",
  "sleep",
  "tar",
  "unshare",
];

/** A port where nobody listens: a proxy there makes every site unreachable at once. */
const DEAD_PROXY = "http://127.0.0.1:1";
/** An environment without a network; this machine's own services are not behind it. */
export const OFFLINE = {
  HTTP_PROXY: DEAD_PROXY,
  HTTPS_PROXY: DEAD_PROXY,
  http_proxy: DEAD_PROXY,
  https_proxy: DEAD_PROXY,
};

/**
 * A directory for PATH with what every Linux has: no Docker, no Debian.
 *
 * @param directory Where it is made.
 * @param withPrograms Whether the services' programs are there too, those that are installed on this machine.
 */
export async function poorPath(directory: string, withPrograms: boolean): Promise<string> {
  const path = join(directory, "bin");
  await Deno.mkdir(path);
  for (const name of BASE) await Deno.symlink(await which(name), join(path, name));
  if (!withPrograms) return path;
  for (const name of BINARIES.filter((name) => name !== "grafana")) {
    const found = await binary(name);
    if (found.source === "path") await Deno.symlink(found.path, join(path, name));
  }
  return path;
}

/** What Deno itself needs when the cache directory is another one. */
export async function denoDirectory(): Promise<string> {
  const { stdout } = await run(Deno.execPath(), ["info", "--json"]);
  return JSON.parse(stdout).denoDir;
}

/** Writes an executable shell script. */
export async function writeScript(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, `#!/bin/sh\n${text}\n`);
  await Deno.chmod(path, 0o755);
}

/** A small disk. */
export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  /** Gives it room: what frees some space does. */
  grow(): Promise<void>;
}

/**
 * Mounts a small disk at the new directory `path`.
 *
 * @param limit An option of tmpfs, such as `size=100k` or `nr_inodes=50`.
 */
export async function smallDisk(path: string, limit: string): Promise<SmallDisk> {
  await Deno.mkdir(path);
  await must("mount", ["-t", "tmpfs", "-o", `size=200m,nr_inodes=10000,${limit}`, "tmpfs", path]);
  return {
    path,
    grow: () => must("mount", ["-o", "remount,size=200m,nr_inodes=10000", path]),
    [Symbol.asyncDispose]: () => must("umount", [path]),
  };
}

/** Why no small disk can be made here; undefined when it can. */
export async function reasonAgainstMounting(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "only on Linux";
  if (Deno.uid() !== 0) return "only root can mount";
  const directory = await Deno.makeTempDir();
  try {
    const { code, stderr } = await run("mount", ["-t", "tmpfs", "tmpfs", directory]);
    if (code !== 0) return `cannot mount here: ${stderr.trim()}`;
    await must("umount", [directory]);
    return undefined;
  } finally {
    await Deno.remove(directory);
  }
}

async function which(name: string): Promise<string> {
  const { code, stdout } = await run("sh", ["-c", `command -v "$1"`, "sh", name]);
  if (code !== 0) throw new Error(`Cannot prepare the test: there is no "${name}"`);
  return stdout.trim();
}

async function must(command: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await run(command, args);
  if (code !== 0) throw new Error(`Cannot prepare the test: ${command} failed: ${stderr}`);
}
