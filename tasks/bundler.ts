/** `deno bundle`: a module and all it imports as JavaScript that needs nothing else. */

import { run } from "../lib/process.ts";
import { Lacking } from "./engine/engine.ts";

const BUNDLE_MS = 2 * 60_000;

/** What to bundle. */
export interface BundleJob {
  /** What it is, for messages: `"the webhook"`. */
  readonly what: string;
  /** The main module; relative to `cwd`. */
  readonly main: string;
  /** Absolute path of the file to write, or of its directory with `isSplit`. */
  readonly output: string;
  /** Whether what is imported only when it is needed has files of its own. */
  readonly isSplit?: boolean;
  readonly flags: readonly string[];
  readonly cwd: string;
  readonly signal?: AbortSignal;
}

/**
 * Bundles.
 *
 * @throws {Lacking} when the bundler cannot be had.
 */
export async function bundle({ what, main, output, isSplit, flags, cwd, signal }: BundleJob): Promise<void> {
  const to = isSplit ? ["--code-splitting", `--outdir=${output}`] : [`--output=${output}`];
  const args = ["bundle", "--quiet", "--no-check", ...flags, ...to, main];
  const { code, stderr } = await run(Deno.execPath(), args, { cwd, timeoutMs: BUNDLE_MS, signal });
  signal?.throwIfAborted();
  if (code === 0) return;
  if (/error sending request|Failed loading|failed to fetch/i.test(stderr)) {
    throw new Lacking(
      `Cannot bundle ${what}: Deno fetches its bundler, esbuild, from npm: ${reasonIn(stderr)}`,
      "let this machine reach the npm registry once; behind a proxy with its own certificate set DENO_TLS_CA_STORE=system",
    );
  }
  throw new Error(`Cannot bundle ${what}: ${stderr.trim()}`);
}

/** The line that says why, of Deno's many. */
export function reasonIn(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.replace(/^\s*(\d+:|error:)?\s*/, "")).filter(Boolean);
  const end = lines.findIndex((line) => line.startsWith("Stack backtrace"));
  const said = end < 0 ? lines : lines.slice(0, end);
  return said.at(-1) ?? "Deno does not say why";
}
