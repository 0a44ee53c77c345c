/** Tests that cannot run everywhere, and say why. */

import { run } from "../lib/process.ts";

/**
 * Name and `ignore` of a test that is skipped when there is a reason; the reason is in the name, so that a report shows it.
 *
 * @param reason Why it cannot run here; undefined when it can.
 */
export function unless(reason: string | undefined, name: string): { name: string; ignore: boolean } {
  return { name: reason === undefined ? name : `${name} (skipped: ${reason})`, ignore: reason !== undefined };
}

/** Why a test that looks at Linux's processes cannot run. */
export const notOnLinux = Deno.build.os === "linux"
  ? undefined
  : `it needs Linux, and this is ${Deno.build.os}`;

/** Why a test of what a user may not do cannot run. */
export const rootMay = Deno.uid() === 0 ? "root may do everything" : undefined;

/** Why a test that asks Docker Compose about a file cannot run; it needs the client, not the engine. */
export async function noCompose(): Promise<string | undefined> {
  try {
    const { code } = await run("docker", ["compose", "version"]);
    return code === 0 ? undefined : "Docker's Compose plugin is not installed";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "there is no Docker client here";
    throw error;
  }
}
