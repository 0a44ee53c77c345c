/** What the operating system says no with, for people. */

/** An error of the operating system about a path. */
export interface SystemError {
  /** Such as `ENOSPC`. */
  readonly code: string;
  /** What failed and why, one sentence with the path. */
  readonly message: string;
}

/** Why a file cannot be read, in a few words; what the error says when it is none of the usual causes. */
export function whyUnreadable(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
    return "it may not be read";
  }
  return (error as Error).message;
}

const ACTIONS: Readonly<Record<string, string>> = {
  mkdir: "make the directory",
  writefile: "write",
  chmod: "change the mode of",
  remove: "remove",
  rename: "rename",
  copy: "copy",
  truncate: "empty",
};

/**
 * `error` as a sentence, when it is one that Deno made of the operating system's; undefined when it is not.
 *
 * Deno says `Permission denied (os error 13): mkdir '/x'`.
 *
 * @example
 * ```ts
 * import { systemError } from "./system_error.ts";
 * try {
 *   await Deno.mkdir("/proc/x");
 * } catch (error) {
 *   systemError(error)?.message; // Cannot make the directory "/proc/x": no such file or directory
 * }
 * ```
 */
export function systemError(error: unknown): SystemError | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  if (!(error instanceof Error) || typeof code !== "string" || !/^E[A-Z0-9]+$/.test(code)) return undefined;
  const [, reason, call, path] =
    /^(.+?) \(os error \d+\)(?:[:,] (\w+) '(.+?)'(?: -> '.*')?)?$/.exec(error.message) ??
      [];
  if (reason === undefined) return { code, message: error.message };
  if (path === undefined) return { code, message: `Cannot use a file: ${lowerFirst(reason)}` };
  return { code, message: `Cannot ${ACTIONS[call!] ?? "open"} "${path}": ${lowerFirst(reason)}` };
}

/**
 * The same error with a message about the file that was meant, where Deno's names a temporary one, none, or a system call.
 *
 * @param action What was tried, such as "write".
 */
export function aboutPath(error: unknown, action: string, path: string): unknown {
  const reason = error instanceof Error && /^(.+?) \(os error \d+\)/.exec(error.message)?.[1];
  if (!reason) return error;
  return Object.assign(error, { message: `Cannot ${action} "${path}": ${lowerFirst(reason)}` });
}

function lowerFirst(text: string): string {
  return `${text[0]!.toLowerCase()}${text.slice(1)}`;
}
