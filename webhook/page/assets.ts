/** What browsers load beside the pages, and what pictures are drawn with: files that `tasks/assets.ts` makes. */

import { fileURLToPath } from "node:url";
import * as z from "zod";

/** Name of the file that lists them. */
export const ASSETS_MANIFEST = "assets.json";

/** What the list says: the file of each name. */
export const assetsManifest = z.record(z.string(), z.string().regex(/^[\w.-]+$/));

// Beside the bundle, or the compiled program's own.
const EMBEDDED = "./assets/";
// Where the task leaves them.
const BESIDE_SOURCE = "../../dist/assets/";

/** The assets that there are. */
export interface Assets {
  /** Absolute path of the file that has `name`, such as `"live.js"`; undefined when it was not made. */
  path(name: string): string | undefined;
  /** Where browsers load it; undefined when it was not made. */
  url(name: string): string | undefined;
  /** The file that browsers ask for as `file`, its name with a digest; undefined when there is none. */
  file(file: string): string | undefined;
}

const NONE: Assets = { path: () => undefined, url: () => undefined, file: () => undefined };

let embedded: Promise<Assets | undefined> | undefined;

/** The assets. Embedded ones are looked for once; beside the source they may be made anew at any time. None where they were not made: pages are plain then, and readable all the same. */
export async function findAssets(): Promise<Assets> {
  embedded ??= readAssets(EMBEDDED);
  return await embedded ?? await readAssets(BESIDE_SOURCE) ?? NONE;
}

/** Absolute path of an asset; undefined when it was not made. */
export async function assetPath(name: string): Promise<string | undefined> {
  return (await findAssets()).path(name);
}

async function readAssets(directory: string): Promise<Assets | undefined> {
  const base = new URL(directory, import.meta.url);
  let text: string;
  try {
    text = await Deno.readTextFile(new URL(ASSETS_MANIFEST, base));
  } catch {
    // None here: they may be in the other place, and without any the pages are plain.
    return undefined;
  }
  const files = new Map(Object.entries(assetsManifest.parse(JSON.parse(text))));
  const known = new Set(files.values());
  const pathOf = (file: string) => fileURLToPath(new URL(file, base));
  return {
    path: (name) => files.has(name) ? pathOf(files.get(name)!) : undefined,
    url: (name) => files.has(name) ? `/page/assets/${files.get(name)}` : undefined,
    file: (file) => known.has(file) ? pathOf(file) : undefined,
  };
}
