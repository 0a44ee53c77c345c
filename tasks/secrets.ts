/** The stack's secrets on disk: made or copied before the services start, never shown. */

import { join } from "node:path";
import type { Service } from "../compose/services/mod.ts";
import { readIfThere, writeAtomically } from "../lib/files.ts";
import { secretFilesOf } from "./destinations.ts";
import { servicesOf, type Stack, type Target } from "./stack.ts";

/** Where Grafana's password lies, relative to the state directory. */
export const GRAFANA_PASSWORD = join("secrets", "grafana", "admin-password");

/**
 * Makes the secrets that are missing and copies the files that config.ts names.
 *
 * The directory is 0700, so that no other user of the machine gets in; the files inside are readable to all, because a
 * container that mounts its own subdirectory reads them as another user.
 */
export async function ensureSecrets(stack: Stack, target: Target): Promise<void> {
  const root = join(target.stateDir, "secrets");
  await Deno.mkdir(root, { recursive: true, mode: 0o700 });
  await Deno.chmod(root, 0o700);
  if (servicesOf(stack, target.engine).has("grafana")) {
    const path = join(target.stateDir, GRAFANA_PASSWORD);
    // The temporary file of an interrupted write has another name: what is there is whole.
    if (await readIfThere(path) === undefined) await writeAtomically(path, makePassword());
  }
  const wanted = secretFilesOf(stack, target.configDir);
  for (const { service, source, file } of wanted) {
    const path = join(root, service, file);
    const text = (await Deno.readTextFile(source)).trim();
    if (await readIfThere(path) !== text) await writeAtomically(path, text);
  }
  for (const service of ["alertmanager", "webhook"] as const) {
    const kept = wanted.filter((each) => each.service === service).map(({ file }) => file);
    await removeOthers(root, service, new Set(kept));
  }
}

/**
 * Changes when a secret of `service` does: for services that read theirs only when they are told. It tells nothing about what they are.
 *
 * @param stateDir Absolute path of the state directory.
 */
export async function secretsStamp(stateDir: string, service: Service): Promise<string> {
  const directory = join(stateDir, "secrets", service);
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(directory)) names.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  // They are written when they change, and then as new files.
  const stamps = await Promise.all(
    names.sort().map(async (name) => {
      const { ino, mtime } = await Deno.stat(join(directory, name));
      return `${name} ${ino} ${mtime?.getTime()}`;
    }),
  );
  return stamps.join("\n");
}

/** 24 characters of 64, 144 bits, from the system's generator; URL-safe, so that it can be pasted anywhere. */
function makePassword(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

/** A secret that config.ts no longer names must not lie around. */
async function removeOthers(root: string, service: Service, keep: ReadonlySet<string>): Promise<void> {
  try {
    for await (const entry of Deno.readDir(join(root, service))) {
      if (!keep.has(entry.name)) await Deno.remove(join(root, service, entry.name));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
