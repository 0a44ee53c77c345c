/** Debian's packages for tests: unpacked without installing, as this machine's own suite has them. */

import { join } from "node:path";
import { lockFile } from "../../lib/lock.ts";
import { run } from "../../lib/process.ts";
import { defaultCacheDir } from "../../tasks/binaries/cache.ts";

const SCRIPT = 'apt-get -q download "$@" && for each in *.deb; do dpkg-deb -x "$each" draft || exit 1; done';
const FETCH_MS = 120_000;

/**
 * The directory that the packages are unpacked into, fetched once into Vigie's cache; a reason when they cannot be had.
 *
 * @param name Of the directory in the cache.
 */
export async function unpacked(
  name: string,
  packages: readonly string[],
): Promise<{ readonly root: string } | { readonly skip: string }> {
  const directory = join(defaultCacheDir(), name);
  await Deno.mkdir(directory, { recursive: true });
  await using _lock = await lockFile(join(directory, "lock"));
  const root = join(directory, "root");
  if (await Deno.stat(root).then(() => true, () => false)) return { root };
  const work = await Deno.makeTempDir({ dir: directory });
  try {
    const { code, stderr } = await run("sh", ["-c", SCRIPT, "sh", ...packages], {
      cwd: work,
      timeoutMs: FETCH_MS,
    });
    if (code !== 0) {
      return { skip: `Debian's package ${name} cannot be had: ${stderr.trim().split("\n").at(-1)}` };
    }
    // Under its name as soon as it is whole.
    await Deno.rename(join(work, "draft"), root);
    return { root };
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}
