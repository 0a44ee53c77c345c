/** What a source of programs is, and what it hands over. */

import type { Progress } from "../engine/engine.ts";
import type { BinaryName, Program } from "./program.ts";

/** A program that is ready to run on this machine. */
export interface Binary {
  readonly name: BinaryName;
  /** Absolute path of the executable. */
  readonly path: string;
  /** Version as the program says it, such as `3.5.3` or `3.5.3+ds1`. */
  readonly version: string;
  readonly source: "path" | "cache" | "release" | "debian";
  /** Why it may not do: one sentence. */
  readonly warning?: string;
  /** Absolute path of a tree that the program wants to see at /usr/share. */
  readonly overlay?: string;
  /** Grafana: the absolute path of its home, with `conf/` and `public/`. */
  readonly home?: string;
}

/** What is asked of a source. */
export interface Wanted {
  readonly program: Program;
  /** Version without `v`. */
  readonly version: string;
  /** Absolute path of the cache. */
  readonly cacheDir: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** A place where programs come from. */
export interface Source {
  /** As shown in messages. */
  readonly name: string;
  /** @throws {Unavailable} when this source cannot give it. */
  find(wanted: Wanted): Promise<Binary>;
}

/** Thrown by a source that does not have what is wanted; the message is the reason. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}
