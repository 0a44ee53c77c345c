/** A disk of a few megabytes, in memory, that a test can fill and make read-only. */

import { join } from "node:path";
import { run } from "../../lib/process.ts";
import { notOnLinux } from "../unless.ts";

/** Why a test cannot have a disk of its own; undefined when it can. */
export const noDisk: string | undefined = notOnLinux ?? await whyNoDisk();

async function whyNoDisk(): Promise<string | undefined> {
  if (Deno.uid() !== 0) return "only root may mount a disk";
  const directory = await Deno.makeTempDir({ prefix: "vigie-disk-" });
  try {
    const { code, stderr } = await run("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", directory]);
    if (code !== 0) return `root may not mount a disk here: ${stderr.trim()}`;
    await run("umount", [directory]);
  } finally {
    await Deno.remove(directory);
  }
}

/** A small disk; leaving its scope removes it. */
export interface SmallDisk extends AsyncDisposable {
  readonly directory: string;
  /** Leaves no more than `bytes` free. */
  fill(bytes: number): Promise<void>;
  /** Gives back what `fill` took. */
  makeRoom(): Promise<void>;
  /** Nothing can be written from here on, or again. Nothing may be open for writing. */
  readOnly(on: boolean): Promise<void>;
}

/** Mounts a small disk. @param place Directory to mount it on; one that is made and removed again by default. */
export async function smallDisk(bytes: number, place?: string): Promise<SmallDisk> {
  const directory = place ?? await Deno.makeTempDir({ prefix: "vigie-disk-" });
  const mount = async (...args: string[]) => {
    const { code, stderr } = await run(args[0]!, args.slice(1));
    if (code !== 0) throw new Error(`Cannot run "${args.join(" ")}": ${stderr.trim()}`);
  };
  await mount("mount", "-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", directory);
  const ballast = join(directory, "ballast");
  return {
    directory,
    async fill(left) {
      const { stdout } = await run("df", ["--block-size=1", "--output=avail", directory]);
      const free = Number(stdout.trim().split("\n").at(-1));
      await Deno.writeFile(ballast, new Uint8Array(Math.max(free - left, 0))).catch(ignoreFull);
    },
    makeRoom: () => Deno.remove(ballast),
    readOnly: (on) => mount("mount", "-o", `remount,${on ? "ro" : "rw"}`, directory),
    async [Symbol.asyncDispose]() {
      await mount("umount", "--lazy", directory);
      if (place === undefined) await Deno.remove(directory);
    },
  };
}

/** Somebody else took what was left meanwhile: it is full all the same. */
function ignoreFull(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOSPC") throw error;
}
