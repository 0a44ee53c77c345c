/** What tests of this folder share: stand-ins for programs, and temporary directories. */

import { join } from "node:path";
import { silent } from "../progress.ts";
import { type BinaryName, PROGRAMS } from "./program.ts";
import type { Wanted } from "./source.ts";

/** A temporary directory that is removed when it is disposed. */
export async function temporaryDirectory(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "vigie-binaries-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Writes an executable that prints `output` whatever its arguments. */
export async function writeProgram(path: string, output: string, exitCode = 0): Promise<void> {
  await Deno.writeTextFile(path, `#!/bin/sh\ncat <<'END'\n${output}\nEND\nexit ${exitCode}\n`);
  await Deno.chmod(path, 0o755);
}

/** What is asked of a source in a test. */
export function wantedOf(
  name: BinaryName,
  version: string,
  cacheDir: string,
  more: Partial<Wanted> = {},
): Wanted {
  return {
    program: PROGRAMS[name],
    version,
    cacheDir,
    progress: silent,
    signal: new AbortController().signal,
    ...more,
  };
}

/** A release archive as the projects make it, holding `file` with `text` below one top directory. */
export async function makeArchive(
  directory: string,
  file: string,
  output: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const top = join(directory, "top");
  await Deno.mkdir(join(top, file, ".."), { recursive: true });
  await writeProgram(join(top, file), output);
  // Always the same bytes.
  const args = ["--mtime=2026-01-01", "-I", "gzip -n", "-cf", "archive.tar.gz", "top"];
  const { success } = await new Deno.Command("tar", { args, cwd: directory }).output();
  if (!success) throw new Error("Cannot make the test's archive: tar failed");
  return await Deno.readFile(join(directory, "archive.tar.gz"));
}

/** SHA-256, hexadecimal. */
export async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
