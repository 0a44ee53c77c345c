/** config.ts on disk → the stack it describes, or every problem with its place. */

import { basename, dirname, extname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { readIfThere } from "../lib/files.ts";
import { ConfigError, type ConfigIssue, valueText } from "./config_issue.ts";
import { ConfigProblem, frameOf, problemOf, shown } from "./config_problem.ts";
import { machineIssues } from "./machine_check.ts";
import type { Finding } from "./report.ts";
import { originOf, type Stack } from "./stack.ts";

/** A configuration that was read and found right. */
export interface LoadedConfig {
  readonly stack: Stack;
  /** Absolute path of the directory that relative paths in config.ts start from. */
  readonly configDir: string;
  /** Absolute path of the file. */
  readonly path: string;
  /** Secrets that are not set on this machine, where `mayLackSecrets` allows that. */
  readonly unset: readonly ConfigIssue[];
}

/** How to load a configuration. */
export interface LoadOptions {
  /** Absolute path of the state directory: the disk it lies on must have room for the measurements. */
  readonly stateDir: string;
  /**
   * Whether to hold the configuration against this machine too: secret files, file_sd directories, free disk. True by default;
   * a task that only stops or looks has no need of them.
   */
  readonly machine?: boolean;
  /** Whether secrets may be unset that lie in the store or in the environment; false by default. */
  readonly mayLackSecrets?: boolean;
  /** How long config.ts may take to load, milliseconds; 30 000 by default. */
  readonly timeoutMs?: number;
}

/**
 * The stack that the module at `path` describes. A module is evaluated once in a process: after a change, load it in a new one.
 *
 * @param path Absolute path of the configuration file.
 * @throws {ConfigProblem} with all problems at once, each with file, line and column.
 */
export async function loadConfig(path: string, options: LoadOptions): Promise<LoadedConfig> {
  const source = await readSource(path);
  let module: { default?: unknown };
  try {
    module = await importWithin(pathToFileURL(path).href, options.timeoutMs ?? 30_000);
  } catch (error) {
    throw await explain(path, source, error);
  }
  const stack = module.default;
  const origin = originOf(stack);
  if (origin === undefined) throw await notAStack(path, source, "default" in module, stack);
  const issues = options.machine === false
    ? []
    : await machineIssues(stack as Stack, { configDir: dirname(path), stateDir: options.stateDir });
  const unset = options.mayLackSecrets ? issues.filter((issue) => issue.unset) : [];
  const wrong = issues.filter((issue) => !unset.includes(issue));
  if (wrong.length > 0) throw await problemOf(path, source, wrong, origin);
  return { stack: stack as Stack, configDir: dirname(path), path, unset };
}

async function readSource(path: string): Promise<string> {
  const refuse = (message: string, cure: string) =>
    new ConfigProblem(
      shown(path),
      [{ severity: "error", id: "config", file: shown(path), message, cure }],
      "",
    );
  if (!/\.[cm]?[jt]s$/.test(path)) {
    throw refuse(
      `Cannot read "${extname(path)}" as a configuration: expected a TypeScript module`,
      "name a file such as config.ts with --config",
    );
  }
  try {
    const source = await readIfThere(path);
    if (source !== undefined) return source.replaceAll("\r\n", "\n");
  } catch (error) {
    const denied = error instanceof Deno.errors.PermissionDenied;
    if (!denied && !(error instanceof Deno.errors.IsADirectory)) throw error;
    throw refuse(
      `Cannot read the configuration: ${denied ? "your user may not read it" : "it is a directory"}`,
      "name a file that your user may read with --config",
    );
  }
  throw refuse(
    "There is no such file",
    "name the configuration with --config FILE, or start from the config.ts that Vigie ships",
  );
}

/** A module may wait for ever at its top level; the timer also keeps Deno from ending the process in silence. */
async function importWithin(url: string, timeoutMs: number): Promise<{ default?: unknown }> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new NeverLoaded(timeoutMs)), timeoutMs);
  try {
    return await Promise.race([import(url), promise]);
  } finally {
    clearTimeout(timer);
  }
}

class NeverLoaded extends Error {
  constructor(readonly timeoutMs: number) {
    super(
      `It was not loaded within ${timeoutMs / 1_000} s: its top level awaits something that does not come`,
    );
  }
}

type Problem = Omit<Finding, "severity" | "id" | "file">;

async function explain(path: string, source: string, error: unknown): Promise<ConfigProblem> {
  if (error instanceof ConfigError) return await problemOf(path, source, error.issues, error.stack ?? "");
  const frame = frameOf(traceOf(error));
  // The place may be in a file that the configuration imports.
  const file = frame ? fileURLToPath(frame.url) : path;
  const text = file === path ? source : await readIfThere(file) ?? "";
  const problem = await loadProblem(text, error);
  const place = frame && { line: frame.line, column: frame.column };
  return new ConfigProblem(shown(path), [{
    ...place,
    ...problem,
    severity: "error",
    id: "config",
    file: shown(file),
  }], text);
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const trace = stripVTControlCharacters(error.stack ?? "");
  // Of a module that is not there the asynchronous frames name who loads the configuration, not the import.
  return codeOf(error) === "ERR_MODULE_NOT_FOUND" ? trace.replace(/^\s*at async .*$/gm, "") : trace;
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | undefined | null)?.code;
}

/** What kept a module from loading, with its place where this is known better than by the stack trace. */
async function loadProblem(source: string, error: unknown): Promise<Problem> {
  if (error instanceof NeverLoaded) {
    return { message: error.message, cure: "config.ts holds values only: await nothing" };
  }
  const { placeOfImport, syntaxProblem } = await import("./locate.ts");
  const syntax = syntaxProblem(source);
  if (syntax) return { ...syntax, message: `Syntax error: ${syntax.message}` };
  const message = error instanceof Error ? stripVTControlCharacters(error.message) : "";

  const [, from, name] =
    /The requested module '([^']+)' does not provide an export named '([^']+)'/.exec(message) ?? [];
  if (from !== undefined) {
    return { message: `Cannot import "${name}": "${from}" exports none of that name`, length: name!.length };
  }

  if (codeOf(error) !== "ERR_MODULE_NOT_FOUND") {
    const denied = error instanceof Deno.errors.NotCapable;
    return {
      message: `The module throws ${thrownText(error)}`,
      ...(denied && { cure: "config.ts holds values only: tasks run it without that permission" }),
    };
  }
  const cure = 'config.ts holds values only: import nothing but "vigie" and files of your own';
  if (message.includes("Requires import access")) {
    const place = placeOfImport(source, (specifier) => /^https?:/.test(specifier));
    return {
      ...place,
      message: "Cannot import code from the network: tasks run a configuration without that permission",
      cure,
    };
  }
  if (message.includes("lockfile is out of date")) {
    const place = placeOfImport(source, (specifier) => /^(npm|jsr|https?):/.test(specifier));
    return {
      ...place,
      message: `Cannot import ${place ? `"${place.specifier}"` : "a package"}: it is not in deno.lock`,
      cure,
    };
  }
  const target = /(?:Module not found|Import) "([^"]+)"/.exec(message)?.[1];
  const place = placeOfImport(
    source,
    (specifier) => specifier === target || basename(specifier) === basename(target ?? ""),
  );
  if (place) {
    return { ...place, message: `Cannot import "${place.specifier}": there is no such module`, cure };
  }
  return { message: `Cannot load the module: ${message.split("\n")[0]!.replace(/\.$/, "")}`, cure };
}

function thrownText(error: unknown): string {
  if (!(error instanceof Error)) return `${valueText(error)}, which is no Error`;
  return `${error.name}: ${error.message.split("\n")[0]}`;
}

async function notAStack(
  path: string,
  source: string,
  hasDefault: boolean,
  value: unknown,
): Promise<ConfigProblem> {
  const { placeOfDefaultExport } = await import("./locate.ts");
  const what = typeof value === "object" && value !== null && !Array.isArray(value)
    ? "an object that `defineStack` did not make"
    : valueText(value);
  return new ConfigProblem(shown(path), [{
    severity: "error",
    id: "config",
    file: shown(path),
    ...placeOfDefaultExport(source),
    length: 1,
    message: hasDefault ? `Cannot use the default export: it is ${what}` : "There is no default export",
    cure: 'write `import { defineStack } from "vigie";` and `export default defineStack({ … });`',
  }], source);
}
