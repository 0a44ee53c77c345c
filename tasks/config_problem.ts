/** What keeps a configuration from being used, as compilers show it: file, line, column, the line and a caret. */

import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { readIfThere } from "../lib/files.ts";
import { EXIT, Failure } from "./cli.ts";
import { type ConfigIssue, isSecretKey } from "./config_issue.ts";
import { type Finding, formatFinding } from "./report.ts";

// Computed hosts may be wrong by the hundred.
const MOST_SHOWN = 20;

/** A configuration file that cannot be used, with everything that is wrong with it and where. */
export class ConfigProblem extends Failure {
  override readonly name = "ConfigProblem";
  /**
   * @param findings Each problem, for programs; the message has them for people.
   * @param source Text of the file that they are in; `""` when there is none.
   * @param exitCode Exit code of the task that meets it; that of a wrong configuration by default.
   */
  constructor(
    file: string,
    readonly findings: readonly Finding[],
    source: string,
    exitCode: number = EXIT.usage,
  ) {
    const count = findings.length === 1 ? "" : `: ${findings.length} problems`;
    const text = withoutSecrets(source, findings);
    const texts = findings.slice(0, MOST_SHOWN).map((finding) => formatFinding(finding, text));
    if (findings.length > MOST_SHOWN) {
      texts.push(`… and ${findings.length - MOST_SHOWN} more; --json has them all`);
    }
    super([`Cannot use "${file}"${count}`, ...texts].join("\n\n"), exitCode, undefined, {
      problems: findings,
    });
  }
}

/**
 * Issues with their places: in the file that called `defineStack`, which need not be the one that was loaded.
 *
 * @param path Absolute path of the file that was loaded, and `source` its text.
 * @param stackTrace Stack trace of the call of `defineStack`.
 */
export async function problemOf(
  path: string,
  source: string,
  issues: readonly ConfigIssue[],
  stackTrace: string,
): Promise<ConfigProblem> {
  const { placeInValue, placeOfPath } = await import("./locate.ts");
  const call = frameOf(stackTrace);
  const file = call ? fileURLToPath(call.url) : path;
  const text = file === path ? source : await readIfThere(file) ?? source;
  const findings = issues.map(({ path: keys, message, at, span, cure }): Finding => ({
    severity: "error",
    id: "config",
    file: shown(file),
    ...(span
      ? placeInValue(text, keys, span.text, { ...span, least: 0, call })
      : placeOfPath(text, keys, { at, call })),
    message,
    cure,
  }));
  // As they are written, top down; without a place last.
  const order = (finding: Finding) => (finding.line ?? Infinity) * 10_000 + (finding.column ?? 0);
  const code = issues.every(({ lacking }) => lacking) ? EXIT.lacking : EXIT.usage;
  return new ConfigProblem(shown(path), findings.sort((a, b) => order(a) - order(b)), text, code);
}

/** The first frame of a stack trace that is in a file of the operator's. */
export function frameOf(stackTrace: string): { url: string; line: number; column: number } | undefined {
  const ours = new URL("./", import.meta.url).href;
  for (const [, url, line, column] of stackTrace.matchAll(/(file:\/\/[^\s()"]+):(\d+):(\d+)/g)) {
    if (!url!.startsWith(ours)) return { url: url!, line: Number(line), column: Number(column) };
  }
  return undefined;
}

/** A path as people see it: relative where it is below the current directory. */
export function shown(path: string): string {
  const short = relative(Deno.cwd(), path);
  return short.startsWith("..") ? path : short;
}

/** The text with misplaced secrets masked: an error ends up in the logs of continuous integration. */
function withoutSecrets(source: string, findings: readonly Finding[]): string {
  const keys = findings.flatMap(({ message }) => {
    const misplaced = /^Cannot use (?:\S*\.)?(\w+): a secret never stands in config\.ts/.exec(message)?.[1];
    const unknown = /^Unknown key "(\w+)"/.exec(message)?.[1] ?? "";
    return misplaced ?? (isSecretKey(unknown) ? [unknown] : []);
  });
  // The secret itself, where its name was wanted.
  const named = /\b(secret(?:File|Env|Command)?\s*\(\s*)(["'`])((?:\\[^]|(?!\2)[^])*)\2/g;
  const text = findings.some(({ message }) => /: expected the name of a (?:secret|variable):/.test(message))
    ? source.replace(named, (_, head, quote, secret: string) => `${head}${quote}${masked(secret)}${quote}`)
    : source;
  if (keys.length === 0) return text;
  // Wherever it stands: the place of a key in a computed object is not known, and another finding may show its line.
  const literal = new RegExp(
    `((?:^|[^\\w$.])(["']?)(?:${keys.join("|")})\\2\\s*:\\s*)(["'\`])((?:\\\\[^]|(?!\\3)[^])*)\\3`,
    "g",
  );
  return text.replace(
    literal,
    (_, head, _quote, quote, secret: string) => `${head}${quote}${masked(secret)}${quote}`,
  );
}

/** As long as it was, so that a caret further on stays in its place. */
function masked(secret: string): string {
  return secret.replace(/[^\n]/g, "*");
}
