/** Whose the files of secrets are: each service's user can read its own, and nobody else can. */

import { join } from "node:path";

/** A user, by number. */
export interface Reader {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Closes the files of a service's secrets to everybody but `reader`. Only root can give files away: run by anybody else, who reads them
 * as another user keeps them readable in a directory that lets nobody else in.
 *
 * @param directory Path of the service's secrets; it need not exist.
 */
export async function giveSecrets(directory: string, reader: Reader): Promise<void> {
  if (Deno.uid() !== 0) return;
  for (const path of await filesIn(directory)) {
    const { uid, gid, mode } = await Deno.lstat(path);
    // First the owner: a service that reads meanwhile may always.
    if (uid !== reader.uid || gid !== reader.gid) await Deno.chown(path, reader.uid, reader.gid);
    if ((mode! & 0o777) !== 0o400) await Deno.chmod(path, 0o400);
  }
}

async function filesIn(directory: string): Promise<string[]> {
  const paths: string[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(directory)) {
      // A write that is under way renames its own.
      if (isFile && !name.endsWith(".tmp")) paths.push(join(directory, name));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return paths;
}
