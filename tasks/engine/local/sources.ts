/** Where the sources of Vigie's own services lie, and how old they are. */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** This project's directory. */
export const PROJECT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** The youngest modification time among the files at and below `paths`, milliseconds since 1970; 0 when there are none. */
export async function newest(...paths: string[]): Promise<number> {
  const times = await Promise.all(paths.map(async (path): Promise<number> => {
    const info = await Deno.stat(path).catch(() => undefined);
    if (!info) return 0;
    if (!info.isDirectory) return info.mtime?.getTime() ?? 0;
    const entries = await Array.fromAsync(Deno.readDir(path));
    const inside = entries.filter(({ name }) => !name.endsWith("_test.ts")).map(({ name }) =>
      join(path, name)
    );
    return newest(...inside);
  }));
  return Math.max(0, ...times);
}
