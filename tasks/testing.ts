/** Commands in a test. */

import { stripVTControlCharacters } from "node:util";
import { type Command, runCommand } from "./cli.ts";

/** What a command ended with, and what it printed, without colours. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `command` in this process and keeps what it prints. */
export async function runCaptured(command: Command, args: readonly string[]): Promise<Ran> {
  const { log, error } = console;
  const out: string[] = [];
  const err: string[] = [];
  console.log = (text) => void out.push(text);
  console.error = (text) => void err.push(text);
  try {
    const code = await runCommand(command, [...args], new AbortController().signal);
    const text = (lines: readonly string[]) => stripVTControlCharacters(lines.join("\n"));
    return { code, out: text(out), err: text(err) };
  } finally {
    console.log = log;
    console.error = error;
  }
}
