/** Which files a pattern such as `rules/*.yml` names. */

import { basename, dirname, join } from "node:path";

/**
 * Files that `pattern` matches, sorted; `*` and `?` may stand in its last part, as in Prometheus's and Alertmanager's own.
 *
 * @param directory Where a relative pattern starts from.
 * @returns absolute paths if `directory` is one; none when there is no such directory.
 */
export async function matchingFiles(directory: string, pattern: string): Promise<string[]> {
  const place = pattern.startsWith("/") ? dirname(pattern) : join(directory, dirname(pattern));
  const wanted = new RegExp(
    `^${
      basename(pattern).replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*").replaceAll("?", "[^/]")
    }$`,
  );
  const found: string[] = [];
  try {
    for await (const entry of Deno.readDir(place)) {
      if (!entry.isDirectory && wanted.test(entry.name)) found.push(join(place, entry.name));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort();
}
