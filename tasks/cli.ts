/** The command line that every task shares: flags, help, `--json`, errors and exit codes. */

import { resolve } from "node:path";
import { parseArgs, type ParseArgsOptionsConfig, stripVTControlCharacters } from "node:util";
import pc from "picocolors";
import { ForeignDirectory } from "../lib/files.ts";
import { nearest } from "../lib/nearest.ts";
import { type SystemError, systemError } from "../lib/system_error.ts";
import { Lacking, NotReady } from "./engine/engine.ts";
import { createProgress, type LiveProgress } from "./progress.ts";

/** Exit codes of every task; users script against them. */
export const EXIT = {
  done: 0,
  /** The thing checked is not right. */
  wrong: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** The machine lacks something. */
  lacking: 3,
  /** Interrupted by Ctrl-C, as shells count it. */
  interrupted: 130,
} as const;

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A failure that already says everything; `message` may have several lines. */
export class Failure extends Error {
  override readonly name: string = "Failure";
  /**
   * @param cure What to do, one sentence.
   * @param details What `--json` adds to the message.
   */
  constructor(
    message: string,
    readonly exitCode: number,
    readonly cure?: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** One flag of a task. */
export interface Flag {
  readonly type: "string" | "boolean";
  /** What it does, one line, with its default. */
  readonly help: string;
  /** What a string flag's value is called in the help. */
  readonly value?: string;
  readonly short?: string;
}

/** What a task is given. */
export interface Invocation {
  /** Absolute path of the configuration file. */
  readonly config: string;
  /** Absolute path of the build directory. */
  readonly buildDir: string;
  /** Absolute path of the state directory. */
  readonly stateDir: string;
  /** Whether one JSON document is wanted on standard output. */
  readonly json: boolean;
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  /** Arguments that are no flags. */
  readonly args: readonly string[];
  readonly progress: LiveProgress;
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** Prints a result for people on standard output; with `--json` it prints nothing. */
  print(text: string): void;
}

/** What a task ends with: its exit code, and with `--json` the document to print, if it has not printed it yet. */
export interface Ending {
  readonly code: number;
  readonly json: unknown;
}

/** A task: what `deno task NAME` runs. */
export interface Command {
  readonly name: string;
  /** What it does, one sentence. */
  readonly summary: string;
  /** Names of its arguments in the usage line, such as `[SERVICE]`. */
  readonly usage?: string;
  /** How many arguments it takes at most; 0 by default. */
  readonly maxArgs?: number;
  readonly flags?: Readonly<Record<string, Flag>>;
  /** Command lines to show, without `deno task`. */
  readonly examples: readonly string[];
  run(invocation: Invocation): Promise<Ending>;
}

const COMMON: Readonly<Record<string, Flag>> = {
  config: { type: "string", value: "FILE", help: "the configuration (config.ts)" },
  build: { type: "string", value: "DIR", help: "where generated files go (build)" },
  state: { type: "string", value: "DIR", help: "where data, secrets and logs lie (.state)" },
  json: { type: "boolean", help: "one JSON document on standard output" },
  help: { type: "boolean", short: "h", help: "this text" },
};

/** Runs `command` with the program's arguments and ends the process with its exit code. Called once, by a task's own file. */
export async function main(command: Command): Promise<never> {
  spareLoopback();
  const stop = new AbortController();
  const interrupted = () => stop.abort(new DOMException("Interrupted", "AbortError"));
  Deno.addSignalListener("SIGINT", interrupted);
  Deno.addSignalListener("SIGTERM", interrupted);
  const code = await runCommand(command, Deno.args, stop.signal);
  Deno.exit(code);
}

/**
 * Keeps what is asked of this machine's own services from going through a proxy: Deno asks the proxy for 127.0.0.1 too, unless told
 * otherwise, where curl and Go do not.
 */
function spareLoopback(): void {
  const [upper, lower] = ["NO_PROXY", "no_proxy"].map((name) => Deno.env.get(name));
  const spared = [lower ?? upper, "localhost", "127.0.0.0/8", "::1"].filter(Boolean).join(",");
  for (const name of ["NO_PROXY", "no_proxy"]) Deno.env.set(name, spared);
}

// What is under way when Ctrl-C comes ends by itself in most cases, and then leaves nothing behind.
const INTERRUPT_GRACE_MS = 1_000;

/** Runs `command` with `args`. Prints its result or its error. @returns the exit code. */
export async function runCommand(
  command: Command,
  args: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  using progress = createProgress();
  let json = args.includes("--json");
  const impatience = afterInterrupt(signal);
  try {
    const { values, positionals } = parse(command, args);
    if (values.help) {
      console.log(helpOf(command));
      return EXIT.done;
    }
    json = values.json === true;
    const { config, build, state } = values as Record<string, string | undefined>;
    const running = command.run({
      config: config === undefined ? resolve("config.ts") : userPath(config),
      buildDir: build === undefined ? resolve("build") : userPath(build),
      stateDir: state === undefined ? resolve(".state") : userPath(state),
      json,
      flags: values,
      args: positionals,
      progress,
      signal,
      print: (text) => json ? undefined : (progress[Symbol.dispose](), console.log(text)),
    });
    const ending = await Promise.race([running, impatience.over]);
    if (json && ending.json !== undefined) console.log(JSON.stringify(ending.json, null, 2));
    return ending.code;
  } catch (error) {
    progress[Symbol.dispose]();
    if (signal.aborted) {
      const message = "Interrupted; run the same command again to complete it";
      if (json) console.log(JSON.stringify({ error: message }, null, 2));
      console.error(message);
      return EXIT.interrupted;
    }
    const failure = asFailure(error);
    if (!failure) throw error;
    if (json) {
      const message = stripVTControlCharacters(failure.message);
      console.log(JSON.stringify({ error: message, cure: failure.cure, ...failure.details }, null, 2));
    }
    console.error(`${pc.red("error:")} ${failure.message}`);
    if (failure.cure) console.error(`${pc.green("cure:")} ${failure.cure}`);
    return failure.exitCode;
  } finally {
    impatience[Symbol.dispose]();
  }
}

/** `over` is rejected a moment after `signal` aborts: a command that does not heed it must not hold the terminal. */
function afterInterrupt(signal: AbortSignal): { readonly over: Promise<never> } & Disposable {
  const { promise: over, reject } = Promise.withResolvers<never>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const abort = () => timer = setTimeout(() => reject(signal.reason), INTERRUPT_GRACE_MS);
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  return {
    over,
    [Symbol.dispose]() {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    },
  };
}

/** The absolute path that the user means: `deno task` runs in the project, wherever it was typed. */
export function userPath(given: string): string {
  return resolve(Deno.env.get("INIT_CWD") ?? "", given);
}

/** Known kinds of error as a `Failure`; undefined for a defect of Vigie's own, whose stack trace is wanted. */
export function asFailure(error: unknown): Failure | undefined {
  if (error instanceof Failure) return error;
  if (error instanceof UsageError) return new Failure(error.message, EXIT.usage);
  if (error instanceof ForeignDirectory) return new Failure(error.message, EXIT.usage);
  if (error instanceof Lacking) return new Failure(error.message, EXIT.lacking, error.cure);
  if (error instanceof NotReady) {
    const logs = error.logs.map((line) => `  ${line}`).join("\n");
    return new Failure(
      `${error.message}${logs && `\nlast lines of its log:\n${logs}`}`,
      EXIT.wrong,
      error.cure,
    );
  }
  if (error instanceof Deno.errors.NotCapable) {
    const what = error.message.replace(/, run again with.*$/s, "");
    const cure = "run it as `deno task`, and name no path below /dev, /proc or /sys";
    return new Failure(
      `Deno does not permit it: ${what[0]?.toLowerCase()}${what.slice(1)}`,
      EXIT.usage,
      cure,
    );
  }
  const refused = systemError(error);
  return refused && systemFailure(refused);
}

const UNREACHABLE_PATH = "give your user access to that path, or name another with --build or --state";
const FULL_DISK = "free some disk space, then run the same command again";
const WRONG_PATH = "name another path with --build or --state, or remove what is in the way";
/** Exit code and cure of what the operating system may say no with; anything else is a defect of Vigie's own. */
const SYSTEM_FAILURES: Readonly<Record<string, readonly [code: number, cure: string]>> = {
  EACCES: [EXIT.lacking, UNREACHABLE_PATH],
  EPERM: [EXIT.lacking, UNREACHABLE_PATH],
  EROFS: [EXIT.lacking, UNREACHABLE_PATH],
  ENOSPC: [EXIT.lacking, FULL_DISK],
  EDQUOT: [EXIT.lacking, FULL_DISK],
  EIO: [EXIT.lacking, "look at the disk: `dmesg` says more"],
  EMFILE: [EXIT.lacking, "raise the limit of open files (`ulimit -n`), then run the same command again"],
  ENFILE: [EXIT.lacking, "end programs that hold many files open, then run the same command again"],
  ENOTDIR: [EXIT.usage, WRONG_PATH],
  EEXIST: [EXIT.usage, WRONG_PATH],
  EISDIR: [EXIT.usage, WRONG_PATH],
  ELOOP: [EXIT.usage, WRONG_PATH],
  ENAMETOOLONG: [EXIT.usage, WRONG_PATH],
};

function systemFailure({ code, message }: SystemError): Failure | undefined {
  const known = SYSTEM_FAILURES[code];
  return known && new Failure(message, ...known);
}

/** The help text of a command. */
export function helpOf(command: Command): string {
  const flags = Object.entries({ ...command.flags, ...COMMON }).map(([name, flag]) => {
    const left = `${flag.short ? `-${flag.short}, ` : ""}--${name}${
      flag.type === "string" ? ` ${flag.value ?? "TEXT"}` : ""
    }`;
    return `  ${left.padEnd(24)} ${flag.help}`;
  });
  return [
    `${command.name}: ${command.summary}`,
    "",
    `Usage: deno task ${command.name}${command.usage ? ` ${command.usage}` : ""} [flags]`,
    "",
    ...flags,
    "",
    command.examples.length === 1 ? "Example:" : "Examples:",
    ...command.examples.map((example) => `  deno task ${example}`),
  ].join("\n");
}

function parse(command: Command, args: readonly string[]) {
  const known: Record<string, Flag> = { ...command.flags, ...COMMON };
  const options = Object.fromEntries(
    Object.entries(known).map(([name, { type, short }]) => [name, short ? { type, short } : { type }]),
  ) as ParseArgsOptionsConfig;
  // `deno task x -- --flag` hands the separator over as well.
  const rest = args[0] === "--" ? args.slice(1) : [...args];
  try {
    const { values, positionals } = parseArgs({ args: rest, options, allowPositionals: true });
    const max = command.maxArgs ?? 0;
    if (positionals.length > max) {
      throw new UsageError(
        `Cannot use the argument "${positionals[max]}": "${command.name}" takes ${
          max === 0 ? "none" : `at most ${max}`
        }`,
      );
    }
    return { values: values as Record<string, string | boolean | undefined>, positionals };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const unknown = /Unknown option '--?([^'=]+)/.exec((error as Error).message)?.[1];
    if (unknown === undefined) {
      throw new UsageError((error as Error).message.split(". ")[0]!.replace(/\.$/, ""));
    }
    const near = nearest(unknown, Object.keys(known));
    const hint = near ? `did you mean "--${near}"?` : `see "deno task ${command.name} --help"`;
    throw new UsageError(
      `Cannot use the flag "--${unknown}": "${command.name}" has none of that name; ${hint}`,
    );
  }
}
