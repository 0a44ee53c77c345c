/** System calls of a running process, watched or made to fail. */

import { run } from "../../lib/process.ts";
import { eventually } from "../e2e/webhook/running_webhook.ts";
import { notOnLinux } from "../unless.ts";

/** Why a test that watches system calls cannot run; undefined when it can. */
export const noStrace: string | undefined = notOnLinux ?? await whyNoStrace();

async function whyNoStrace(): Promise<string | undefined> {
  try {
    const { code, stderr } = await run("strace", ["-f", "-e", "trace=none", "true"]);
    return code === 0 ? undefined : `strace may not trace here: ${stderr.trim().split("\n")[0]}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "there is no strace here";
    throw error;
  }
}

/**
 * Flags that spoil calls: `spoil("fsync,fdatasync", "error=EIO")`, `spoil("fsync", "signal=SIGKILL:when=3")`. Calls are counted from the
 * attachment on, in each thread.
 */
export function spoil(calls: string, how: string): string[] {
  // What is not traced is not spoilt either.
  return [`--trace=${calls}`, `--inject=${calls}:${how}`];
}

/** strace at work on a process; disposed, it lets the process go on by itself. */
export interface Strace extends AsyncDisposable {
  /** What it has written so far. */
  text(): Promise<string>;
}

/**
 * Attaches strace to all threads of a process.
 *
 * @param pid The process.
 * @param args What to trace, or `spoil`.
 */
export async function attachStrace(pid: number, args: readonly string[]): Promise<Strace> {
  const file = await Deno.makeTempFile({ prefix: "vigie-strace-" });
  const child = new Deno.Command("strace", {
    args: ["-f", `--output=${file}`, ...args, "-p", String(pid)],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let said = "";
  let ended = false;
  const reading = (async () => {
    for await (const piece of child.stderr.pipeThrough(new TextDecoderStream())) said += piece;
  })();
  const status = child.status.finally(() => ended = true);
  const stop = async () => {
    if (!ended) child.kill("SIGINT");
    await Promise.all([status, reading]);
  };
  try {
    await eventually("strace is attached", () => {
      // It may have hit at once, and be gone already.
      if (/attached/.test(said)) return true;
      if (ended) throw new Error(`Cannot attach strace to process ${pid}: ${said}`);
    });
  } catch (error) {
    await stop();
    await Deno.remove(file);
    throw error;
  }
  return {
    text: () => Deno.readTextFile(file),
    async [Symbol.asyncDispose]() {
      await stop();
      await Deno.remove(file);
    },
  };
}
