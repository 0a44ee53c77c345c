/** Where a secret comes from, so that the secret itself stands nowhere. */

import * as z from "zod";

/** Where a secret comes from. Plain data: a stack can be recorded with it. */
export type SecretRef =
  /** Its name in Vigie's own store: `deno task secret set NAME`. */
  | { readonly secret: string }
  /** A file, relative to config.ts. */
  | { readonly file: string }
  /** A variable of the environment of `up`. */
  | { readonly env: string }
  /** A program and its arguments, without a shell; the secret is what it prints, without the last line end. */
  | { readonly command: readonly string[] };

const SOURCES = 'secret("NAME"), secretFile("PATH"), secretEnv("VARIABLE") or secretCommand("PROGRAM", …)';
const NAME =
  'expected the name of a secret: lower-case letters, digits, "-", "_" and ".", at most 63, such as "slack-url"';
const FILE = 'expected the path of a file, such as "secrets/slack-url"';
const VARIABLE = 'expected the name of a variable: letters, digits and "_", such as "SMTP_PASSWORD"';
const COMMAND = 'expected a program and its arguments, such as "pass", "show", "vigie/slack"';

/** The name of a secret in the store; safe as a file name. */
export const secretName = z.string(NAME).regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, NAME)
  // A temporary file of the store.
  .refine((name) => !name.endsWith(".tmp"), 'expected a name that does not end in ".tmp"');

const refs = [
  z.strictObject({
    /** Its name in Vigie's own store. */
    secret: secretName.describe("Its name in Vigie's own store."),
  }),
  z.strictObject({
    /** Its file, relative to config.ts. */
    file: z.string(FILE).min(1, FILE).describe("Its file, relative to config.ts."),
  }),
  z.strictObject({
    /** Its variable in the environment of `up`. */
    env: z.string(VARIABLE).regex(/^[A-Za-z_][A-Za-z0-9_]*$/, VARIABLE).describe(
      "Its variable in the environment of `up`.",
    ),
  }),
  z.strictObject({
    /** The program that prints it, and its arguments. */
    command: z.array(z.string(COMMAND)).min(1, COMMAND).describe(
      "The program that prints it, and its arguments.",
    ),
  }),
] as const;
const KEYS = ["secret", "file", "env", "command"] as const;

/** Where a secret comes from. A secret itself is refused, and not repeated. */
export const secretRef: z.ZodType<SecretRef, SecretRef> = z.preprocess((value, context) => {
  const found = KEYS.findIndex((key) => isObject(value) && key in value);
  if (value === undefined) {
    context.issues.push({ code: "custom", input: undefined, message: `expected ${SOURCES}` });
    return value;
  }
  const messages = found < 0
    ? [`a secret never stands in config.ts: expected ${SOURCES}`]
    : refs[found]!.safeParse(value).error?.issues.map(({ message }) => message) ?? [];
  // As the input of the issue, what stands there would be told: it may well be the secret.
  for (const message of messages) context.issues.push({ code: "custom", input: {}, message });
  return value;
}, z.union(refs)) as unknown as z.ZodType<SecretRef, SecretRef>;

/** Whether `value` says where a secret comes from. */
export function isSecretRef(value: unknown): value is SecretRef {
  return refs.some((schema) => schema.safeParse(value).success);
}

/** A secret of Vigie's own store: `deno task secret set NAME` puts it there. */
export function secret(name: string): SecretRef {
  return { secret: name };
}

/** A secret in a file of its own. @param path Relative to config.ts. */
export function secretFile(path: string): SecretRef {
  return { file: path };
}

/** A secret in the environment of `deno task up`. @param variable Its name. */
export function secretEnv(variable: string): SecretRef {
  return { env: variable };
}

/**
 * A secret that a program prints, such as a password manager; `deno task up` runs it, without a shell.
 *
 * @example
 * ```ts
 * import { secretCommand } from "./secret_ref.ts";
 * const url = secretCommand("pass", "show", "vigie/slack");
 * ```
 */
export function secretCommand(...command: string[]): SecretRef {
  return { command };
}

/** Where a secret comes from, for people: `secret("slack-url")`. */
export function secretRefText(ref: SecretRef): string {
  if ("secret" in ref) return `secret(${JSON.stringify(ref.secret)})`;
  if ("file" in ref) return `secretFile(${JSON.stringify(ref.file)})`;
  if ("env" in ref) return `secretEnv(${JSON.stringify(ref.env)})`;
  // Arguments may be private: the program tells which one is meant.
  return `secretCommand(${JSON.stringify(ref.command[0])}${ref.command.length > 1 ? ", …" : ""})`;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
