/** Generated files: what they are, and how they reach the disk so that nothing half-written or stale stays. */

import { basename, dirname, join } from "node:path";
import { aboutPath } from "./system_error.ts";

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

/** Thrown when the directory to write into holds what is somebody else's. */
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

/**
 * What `writeFiles` would do to `directory`, sorted by path.
 *
 * @throws {ForeignDirectory} when a directory is where a file has to be, or the list of generated files cannot be read.
 */
export async function compareFiles(directory: string, files: Files): Promise<Change[]> {
  const changes: Change[] = [];
  const known = await listed(directory);
  for (const [path, after] of files) {
    const before = await generatedText(directory, path, known);
    if (before === undefined) changes.push({ path, kind: "added", before: "", after });
    else if (before !== after) changes.push({ path, kind: "changed", before, after });
  }
  for (const path of known) {
    if (files.has(path)) continue;
    const before = await generatedText(directory, path, known);
    if (before !== undefined) changes.push({ path, kind: "removed", before, after: "" });
  }
  return changes.sort((a, b) => a.path < b.path ? -1 : 1);
}

/**
 * Makes `directory` hold `files`: writes what differs, each file atomically, and removes what an earlier call wrote and
 * `files` no longer has. Files of the same content are not touched. Interrupted, the next call completes it.
 *
 * @returns what was done.
 * @throws {ForeignDirectory} when `directory` holds what no earlier call wrote.
 */
export async function writeFiles(
  directory: string,
  files: Files,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Change[]> {
  await refuseForeign(directory);
  const changes = await compareFiles(directory, files);
  // Old and new paths together first: whatever is interrupted below is still known to be ours.
  const known = new Set([...await listed(directory), ...files.keys()]);
  await writeManifest(directory, known);
  await removeLeftOvers(directory, known);
  // Removed first: what was a file may now be a directory.
  for (const { path } of changes.filter(({ kind }) => kind === "removed")) {
    await removeWithEmptyParents(directory, path);
  }
  for (const { path, after } of changes.filter(({ kind }) => kind !== "removed")) {
    signal?.throwIfAborted();
    await writeGenerated(join(directory, path), after);
  }
  await writeManifest(directory, files.keys());
  return changes;
}

/**
 * Writes `text` to `path` so that a reader sees the old text or the new, never a part.
 *
 * @param mode Permission bits of the file; 0o644 by default, whatever the umask, as containers read them as another user.
 * @param owner Whose it is from its first moment on; whoever writes when left out. Only root can give files away.
 */
export async function writeAtomically(
  path: string,
  text: string,
  mode = 0o644,
  owner?: Pick<Deno.FileInfo, "uid" | "gid">,
): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await makeReadableDirectory(dirname(path));
    await Deno.writeTextFile(temporary, text, { mode });
    if (owner) await Deno.chown(temporary, owner.uid, owner.gid);
    await Deno.chmod(temporary, mode);
    await Deno.rename(temporary, path);
  } catch (error) {
    // The error to tell is the first one; a file that is left is removed by the next call of writeFiles.
    await Deno.remove(temporary).catch(() => {});
    throw aboutPath(error, "write", path);
  }
}

/** The text of a file, or undefined when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw aboutPath(error, "read", path);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound;
}

async function generatedText(
  directory: string,
  path: string,
  known: readonly string[],
): Promise<string | undefined> {
  try {
    return await readIfThere(join(directory, path));
  } catch (error) {
    // A parent is a file: either one of ours, which goes, or writing will say whose it is.
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    if (!(error instanceof Deno.errors.IsADirectory)) throw error;
    if (known.some((other) => other.startsWith(`${path}/`))) return undefined;
    throw occupied(join(directory, path));
  }
}

/** An engine that mounts a file that is not there makes a directory of its name. */
function occupied(path: string): ForeignDirectory {
  return new ForeignDirectory(
    `Cannot generate "${path}": there is a directory of that name; remove it and run again`,
  );
}

async function writeGenerated(path: string, text: string): Promise<void> {
  try {
    await writeAtomically(path, text);
  } catch (error) {
    if (error instanceof Deno.errors.IsADirectory) throw occupied(path);
    if (!(error instanceof Deno.errors.NotADirectory)) throw error;
    throw new ForeignDirectory(
      `Cannot generate "${path}": a file is where one of its directories has to be; remove it and run again`,
    );
  }
}

async function makeReadableDirectory(path: string): Promise<void> {
  try {
    await Deno.stat(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
    await makeReadableDirectory(dirname(path));
    await Deno.mkdir(path, { recursive: true });
    // A umask of 077 would close the directory to the containers that mount it.
    await Deno.chmod(path, 0o755);
  }
}

async function listed(directory: string): Promise<string[]> {
  const path = join(directory, MANIFEST);
  const text = await readIfThere(path);
  if (text === undefined) return [];
  try {
    const { files } = JSON.parse(text);
    return files.filter(isPlainPath);
  } catch (error) {
    throw new ForeignDirectory(
      `Cannot read "${path}": it is not the list of generated files; remove the directory "${directory}" and run again`,
      { cause: error },
    );
  }
}

/** A list that was tampered with must not make us remove anything elsewhere. */
function isPlainPath(path: unknown): path is string {
  return typeof path === "string" && path !== MANIFEST &&
    path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

async function writeManifest(directory: string, paths: Iterable<string>): Promise<void> {
  const text = JSON.stringify({ $comment: BANNER, files: [...paths].sort() }, null, 2) + "\n";
  if (await readIfThere(join(directory, MANIFEST)) === text) return;
  await writeAtomically(join(directory, MANIFEST), text);
}

/**
 * Refuses a directory that `writeFiles` would not write into.
 *
 * @throws {ForeignDirectory} when `directory` is a file or holds what no call of `writeFiles` wrote.
 */
export async function refuseForeign(directory: string): Promise<void> {
  try {
    if (await readIfThere(join(directory, MANIFEST)) !== undefined) return;
    for await (const entry of Deno.readDir(directory)) {
      // The first write was interrupted before its list was in place.
      if (isTemporaryOf(entry.name, MANIFEST)) continue;
      throw new ForeignDirectory(
        `Cannot generate into "${directory}": it holds "${entry.name}", which Vigie did not write; name an empty or new directory with --build`,
      );
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotADirectory) {
      throw new ForeignDirectory(
        `Cannot generate into "${directory}": it is a file; name an empty or new directory with --build`,
      );
    }
    if (!isMissing(error)) throw error;
  }
}

/** Removes the temporary files of writes that were killed. */
async function removeLeftOvers(directory: string, known: ReadonlySet<string>): Promise<void> {
  const paths = [MANIFEST, ...known];
  for (const parent of new Set(paths.map((path) => dirname(path)))) {
    const names = paths.filter((path) => dirname(path) === parent).map((path) => basename(path));
    try {
      for await (const entry of Deno.readDir(join(directory, parent))) {
        if (names.some((name) => isTemporaryOf(entry.name, name))) {
          await Deno.remove(join(directory, parent, entry.name));
        }
      }
    } catch (error) {
      if (!isMissing(error) && !(error instanceof Deno.errors.NotADirectory)) throw error;
    }
  }
}

function isTemporaryOf(entry: string, name: string): boolean {
  return entry.startsWith(`${name}.`) && /^[0-9a-f]{8}\.tmp$/.test(entry.slice(name.length + 1));
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
