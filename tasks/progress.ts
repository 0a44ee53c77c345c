/** How long work says what it is doing: one line that renews itself on a terminal, plain lines elsewhere. Always on standard error. */

import pc from "picocolors";
import { formatElapsed } from "../lib/units.ts";
import type { Progress } from "./engine/engine.ts";

/** Where progress goes; injected by tests. */
export interface Screen {
  readonly isTerminal: boolean;
  /** Width of the terminal, columns. */
  readonly columns: number;
  readonly write: (text: string) => void;
  /** Now, milliseconds. */
  readonly now: () => number;
}

/** Progress that owns a line of the terminal until it is disposed. */
export type LiveProgress = Progress & Disposable;

const BAR_WIDTH = 20;
// Elsewhere than on a terminal a step that goes on is repeated no more often than this, so that a log stays readable.
const PLAIN_REPEAT_MS = 5_000;

/**
 * Progress on `screen`.
 *
 * @param screen Standard error by default.
 */
export function createProgress(screen: Screen = standardError()): LiveProgress {
  const started = screen.now();
  let shown = "";
  let last = { what: "", at: -Infinity };

  const clear = () => {
    if (shown !== "") screen.write("\r\x1b[2K");
    shown = "";
  };
  const line = (text: string) => {
    clear();
    screen.write(text + "\n");
  };

  return {
    step(what, fraction) {
      const now = screen.now();
      if (screen.isTerminal) {
        const text = `${bar(fraction)}${what} ${pc.dim(formatElapsed(now - started))}`;
        clear();
        // A line that wraps could not be erased again.
        shown = cut(text, screen.columns - 1);
        screen.write(shown);
      } else if (what !== last.what || now - last.at >= PLAIN_REPEAT_MS) {
        const percent = fraction === undefined ? "" : ` ${Math.floor(fraction * 100)} %`;
        screen.write(`${what}${percent}\n`);
        last = { what, at: now };
      }
    },
    note: line,
    warn: (text) => line(`${pc.yellow("warning:")} ${text}`),
    [Symbol.dispose]: clear,
  };
}

/** Progress that says nothing. */
export const silent: Progress = { step() {}, note() {}, warn() {} };

function bar(fraction: number | undefined): string {
  if (fraction === undefined) return "";
  const full = Math.round(Math.min(Math.max(fraction, 0), 1) * BAR_WIDTH);
  return `[${"#".repeat(full)}${"-".repeat(BAR_WIDTH - full)}] ${
    String(Math.floor(fraction * 100)).padStart(3)
  } % `;
}

function cut(text: string, columns: number): string {
  // deno-lint-ignore no-control-regex
  const colours = /\x1b\[[0-9;]*m/g;
  const plain = text.replace(colours, "");
  return plain.length <= columns ? text : plain.slice(0, Math.max(columns - 1, 0)) + "…";
}

function standardError(): Screen {
  const isTerminal = Deno.stderr.isTerminal();
  const encoder = new TextEncoder();
  return {
    isTerminal,
    // A terminal that does not know its width says 0.
    columns: (isTerminal && Deno.consoleSize().columns) || 80,
    write: (text) => void Deno.stderr.writeSync(encoder.encode(text)),
    now: () => performance.now(),
  };
}
