/** Generated files: what they are, and how they reach the disk so that nothing half-written or stale stays. */

import { dirname, join } from "node:path";

/** Generated files: path relative to the build directory, `/`-separated → text. */
export type Files = ReadonlyMap<string, string>;

/** The first line of every generated file that can hold a comment. */
export const BANNER = "Generated from config.ts by `deno task generate`: do not edit, change config.ts.";

/** Where `writeFiles` keeps the list of what it wrote, so that it removes what it made and nothing else. */
export const MANIFEST = ".generated.json";

/** What happened, or would happen, to one file. */
export interface Change {
  readonly path: string;
  readonly kind: "added" | "changed" | "removed";
  /** The text on disk; `""` when added. */
  readonly before: string;
  /** The text that config.ts gives; `""` when removed. */
  readonly after: string;
}

/** Thrown when the directory to write into holds files that are somebody else's. */
export class ForeignDirectory extends Error {
  override readonly name = "ForeignDirectory";
}

/** Several sets of files as one. @throws {Error} when two of them give the same path. */
export function mergeFiles(...sets: readonly Files[]): Files {
  const all = new Map<string, string>();
  for (const [path, text] of sets.flatMap((set) => [...set])) {
    if (all.has(path)) throw new Error(`Two renderers give the same file: "${path}"`);
    all.set(path, text);
  }
  return new Map([...all].sort(([a], [b]) => a < b ? -1 : 1));
}

/** `files` with `directory/` put before each path. */
export function under(directory: string, files: Files): Files {
  return new Map([...files].map(([path, text]) => [`${directory}/${path}`, text]));
}

/** What `writeFiles` would do to `directory`, sorted by path. */
export async function compareFiles(directory: string, files: Files): Promise<Change[]> {
  const changes: Change[] = [];
  for (const [path, after] of files) {
    const before = await readIfThere(join(directory, path));
    if (before === undefined) changes.push({ path, kind: "added", before: "", after });
    else if (before !== after) changes.push({ path, kind: "changed", before, after });
  }
  for (const path of await listed(directory)) {
    if (files.has(path)) continue;
    const before = await readIfThere(join(directory, path));
    if (before !== undefined) changes.push({ path, kind: "removed", before, after: "" });
  }
  return changes.sort((a, b) => a.path < b.path ? -1 : 1);
}

/**
 * Makes `directory` hold `files`: writes what differs, each file atomically, and removes what an earlier call wrote and
 * `files` no longer has. Files of the same content are not touched. Interrupted, the next call completes it.
 *
 * @returns what was done.
 * @throws {ForeignDirectory} when `directory` holds files that no earlier call wrote.
 */
export async function writeFiles(directory: string, files: Files): Promise<Change[]> {
  await refuseForeign(directory);
  const changes = await compareFiles(directory, files);
  await Deno.mkdir(directory, { recursive: true });
  // Old and new paths together first: whatever is interrupted below is still known to be ours.
  const known = new Set([...await listed(directory), ...files.keys()]);
  await writeManifest(directory, known);
  for (const { path, kind, after } of changes) {
    if (kind === "removed") await removeWithEmptyParents(directory, path);
    else await writeAtomically(join(directory, path), after);
  }
  await writeManifest(directory, files.keys());
  return changes;
}

/**
 * Writes `text` to `path` so that a reader sees the old text or the new, never a part.
 *
 * @param mode Permission bits of the file; 0o644 by default, whatever the umask, as containers read them as another user.
 */
export async function writeAtomically(path: string, text: string, mode = 0o644): Promise<void> {
  await makeReadableDirectory(dirname(path));
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await Deno.writeTextFile(temporary, text, { mode });
    await Deno.chmod(temporary, mode);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

/** The text of a file, or undefined when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function makeReadableDirectory(path: string): Promise<void> {
  try {
    await Deno.stat(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await makeReadableDirectory(dirname(path));
    await Deno.mkdir(path, { recursive: true });
    // A umask of 077 would close the directory to the containers that mount it.
    await Deno.chmod(path, 0o755);
  }
}

async function listed(directory: string): Promise<string[]> {
  const text = await readIfThere(join(directory, MANIFEST));
  if (text === undefined) return [];
  try {
    const { files } = JSON.parse(text);
    // Only plain relative paths: a manifest that was tampered with must not make us remove files elsewhere.
    return files.filter((path: unknown) =>
      typeof path === "string" && !path.startsWith("/") && !path.split("/").includes("..")
    );
  } catch (error) {
    throw new SyntaxError(
      `Cannot read "${join(directory, MANIFEST)}": remove the directory "${directory}" and run again`,
      {
        cause: error,
      },
    );
  }
}

async function writeManifest(directory: string, paths: Iterable<string>): Promise<void> {
  const text = JSON.stringify({ $comment: BANNER, files: [...paths].sort() }, null, 2) + "\n";
  if (await readIfThere(join(directory, MANIFEST)) === text) return;
  await writeAtomically(join(directory, MANIFEST), text);
}

async function refuseForeign(directory: string): Promise<void> {
  if (await readIfThere(join(directory, MANIFEST)) !== undefined) return;
  try {
    for await (const entry of Deno.readDir(directory)) {
      throw new ForeignDirectory(
        `Cannot generate into "${directory}": it holds "${entry.name}", which Vigie did not write; name an empty or new directory with --build`,
      );
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function removeWithEmptyParents(directory: string, path: string): Promise<void> {
  await Deno.remove(join(directory, path));
  for (let parent = dirname(path); parent !== "."; parent = dirname(parent)) {
    try {
      await Deno.remove(join(directory, parent));
    } catch {
      return; // Not empty: somebody still needs it.
    }
  }
}
