/** Runs tests of the alert path, one at a time, and keeps what they have shown in a small file beside the journal. */

import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { PageOptions } from "../view.ts";
import { type ProofResult, resultsSchema } from "./result.ts";
import { walk, type Walking } from "./walk.ts";

/** Tests of the alert path. */
export interface Proof {
  /** Begins one. @returns false when one is under way. */
  begin(by: string | undefined): boolean;
  /** The one that is under way. */
  walking(): Walking | undefined;
  /** Those that have ended, the newest first. */
  results(): Promise<readonly ProofResult[]>;
  /** Resolves when none is under way. */
  idle(): Promise<void>;
}

const FILE = "proofs.json";
const KEPT = 20;

const made = new WeakMap<PageOptions, Proof>();

/** The tests of the pages made of `options`: all views share them. */
export function proofOf(options: PageOptions): Proof {
  const known = made.get(options);
  if (known) return known;
  const proof = createProof(options, (ms) => setTimeout(ms, undefined, { ref: false }));
  made.set(options, proof);
  return proof;
}

/** @param pause Waits so long, milliseconds. */
export function createProof(options: PageOptions, pause: (ms: number) => Promise<void>): Proof {
  const { log, onDefect, feed } = options;
  let current: { walking?: Walking; readonly done: Promise<void> } | undefined;
  let kept: Promise<readonly ProofResult[]> | undefined;
  const path = () => join(options.dataDir, FILE);
  const results = () => kept ??= readResults(path(), log);

  async function run(by: string | undefined, onStep: (walking: Walking) => void): Promise<void> {
    try {
      const result = await walk({ ...options, pause }, by, onStep);
      const all = [result, ...await results()].slice(0, KEPT);
      kept = Promise.resolve(all);
      log.info("The alert path was tested", {
        outcome: result.outcome,
        tookMs: result.tookMs,
        drill: result.id,
      });
      await writeResults(path(), all);
    } catch (error) {
      onDefect(error);
    } finally {
      current = undefined;
      feed.tell({ kind: "act" });
    }
  }

  return {
    begin(by) {
      if (current || options.isStopping()) return false;
      let walking: Walking | undefined;
      const done = run(by, (next) => {
        walking = next;
      });
      current = {
        done,
        get walking() {
          return walking;
        },
      };
      return true;
    },
    walking: () => current?.walking,
    results,
    idle: async () => await current?.done,
  };
}

async function readResults(path: string, log: PageOptions["log"]): Promise<readonly ProofResult[]> {
  try {
    return resultsSchema.parse(JSON.parse(await Deno.readTextFile(path)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    // What it showed is of yesterday; the next test writes it anew.
    log.error("Results of earlier tests of the alert path cannot be read", {
      path,
      error: (error as Error).message,
    });
    return [];
  }
}

/** Whole or not at all, whenever it is interrupted. */
async function writeResults(path: string, results: readonly ProofResult[]): Promise<void> {
  const aside = `${path}.partial`;
  await Deno.writeTextFile(aside, JSON.stringify(results, null, 2) + "\n", { mode: 0o600 });
  await Deno.rename(aside, path);
}
