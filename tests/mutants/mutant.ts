/** What a mutant is: a correct configuration with one defect in it. */

import type { Files } from "../../lib/files.ts";
import { fromYaml, toYaml } from "../../lib/yaml.ts";
import type { CheckId } from "../../tasks/check/ids.ts";
import type { StackInput } from "../../tasks/stack.ts";

// deno-lint-ignore no-explicit-any -- what is spoilt has any shape
export type Anything = any;

/** One defect. */
export interface Mutant {
  /** What is wrong, in a few words. */
  readonly name: string;
  /** The id that must name it: a check's, or `config` when the configuration itself must be refused. */
  readonly expect: CheckId | "config";
  /** Puts the defect into config.ts. */
  readonly config?: (input: StackInput & Anything) => void;
  /** Puts the defect into the generated files of the docker engine. */
  readonly files?: (files: Map<string, string>) => void;
}

/** Numbers from 0 to 1 that follow from a seed. Source: mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of `all`. @throws {Error} when there is none: then the mutant cannot be made. */
export function pick<Item>(all: readonly Item[], random: () => number, what: string): Item {
  const chosen = all[Math.floor(random() * all.length)];
  if (chosen === undefined) throw new Error(`Cannot make the mutant: nothing has ${what}`);
  return chosen;
}

/** Replaces the first `part` of a file. @throws {Error} when it is not there. */
export function replaceIn(files: Map<string, string>, path: string, part: string | RegExp, by: string): void {
  const text = textOf(files, path);
  const changed = text.replace(part, by);
  if (changed === text) throw new Error(`Cannot make the mutant: ${path} has no ${part}`);
  files.set(path, changed);
}

/** Changes what a YAML or JSON file says. @throws {Error} when that changes nothing. */
export function editIn(files: Map<string, string>, path: string, edit: (root: Anything) => void): void {
  const text = textOf(files, path);
  const isJson = path.endsWith(".json");
  const root = isJson ? JSON.parse(text) : fromYaml(text);
  const write = () => isJson ? JSON.stringify(root, null, 2) + "\n" : toYaml(root);
  const before = write();
  edit(root);
  const after = write();
  if (after === before) throw new Error(`Cannot make the mutant: nothing changed in ${path}`);
  files.set(path, after);
}

/** Paths of the files below `directory`. */
export function pathsBelow(files: Files, directory: string): string[] {
  return [...files.keys()].filter((path) => path.startsWith(`${directory}/`)).sort();
}

function textOf(files: Files, path: string): string {
  const text = files.get(path);
  if (text === undefined) throw new Error(`Cannot make the mutant: there is no ${path}`);
  return text;
}
