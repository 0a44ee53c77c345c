/** What may be wrong in a configuration: issues with their cure. */

import type * as z from "zod";
import { type Issue, parseWithIssues } from "../lib/issues.ts";

export { alternatives, pathText, valueText } from "../lib/issues.ts";

/** One thing that is wrong in a configuration. */
export interface ConfigIssue extends Issue {
  /** Whether the configuration is right, and only this machine lacks something at the moment. */
  readonly lacking?: boolean;
  /** Whether it is a secret that is not set on this machine: everything but that can be judged without it. */
  readonly unset?: boolean;
}

/** A configuration that cannot be used, with everything that is wrong with it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly issues: readonly ConfigIssue[];
  constructor(issues: readonly ConfigIssue[]) {
    super(issues.map(({ message }) => message).join("\n"));
    this.issues = issues;
  }
}

/**
 * Parses `input`, and says what is wrong in Vigie's words; a message that a schema brings itself is kept.
 *
 * @throws {ConfigError} with all problems at once.
 */
export function parseConfig<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = parseWithIssues(schema, input, { whole: "the configuration", hint: secretHint });
  if ("issues" in parsed) throw new ConfigError(parsed.issues);
  return parsed.data;
}

const SECRET_KEY = /url|password|token|secret|credential|api_?key/i;

/** Whether a key's name says that its value is a secret. */
export function isSecretKey(key: PropertyKey | undefined): boolean {
  return SECRET_KEY.test(String(key));
}

function secretHint(key: string, known: readonly string[]): string | undefined {
  if (!isSecretKey(key)) return undefined;
  const file = known.find((name) => name === `${key}File`) ??
    // An address need not be a secret.
    (/url/i.test(key) ? undefined : known.find((name) => name.endsWith("File")));
  return file &&
    `secrets stay out of config.ts: run "deno task secret set NAME", and write ${
      file.replace(/File$/, "")
    }: secret("NAME")`;
}
