/** What is wrong in data that a schema refuses, as sentences that say what is there and what was wanted. */

import type * as z from "zod";
import { nearest } from "./nearest.ts";

/** One thing that is wrong in data. */
export interface Issue {
  /** Keys and indices that lead to it: `["hosts", 0, "name"]`. */
  readonly path: readonly PropertyKey[];
  /** What it is and what was wanted: one sentence, capital first, no full stop. */
  readonly message: string;
  /** Whether the key itself is wrong or what it says; `"value"` by default. */
  readonly at?: "key" | "value";
  /** Which characters of the text at `path` are wrong, counted from 0, the end excluded; all of it when left out. */
  readonly span?: { readonly text: string; readonly from: number; readonly to: number };
  /** What to do, where the message does not say it. */
  readonly cure?: string;
}

/** How to speak of the data. */
export interface IssueOptions {
  /** What the whole of it is called, such as `the configuration`. */
  readonly whole: string;
  /** What to say of an unknown key instead of which one was probably meant. */
  readonly hint?: (key: string, known: readonly string[]) => string | undefined;
  /** Whether the value of a key must not be shown; none by default. */
  readonly isSecret?: (key: PropertyKey | undefined) => boolean;
}

/** A path as it is written in code: `hosts[0].address`, `ports["node-exporter"]`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.map((key, i) => {
    if (typeof key === "number") return `[${key}]`;
    if (!/^[A-Za-z_$][\w$]*$/.test(String(key))) return `[${JSON.stringify(String(key))}]`;
    return i === 0 ? String(key) : `.${String(key)}`;
  }).join("");
}

/** A value for an error message: short, quoted when it is text. */
export function valueText(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 59)}…` : value);
  if (typeof value === "number") return `the number ${value}`;
  if (typeof value === "boolean" || value === null) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  return typeof value === "function" ? "a function" : typeof value === "object" ? "an object" : typeof value;
}

/** `"a", "b" or "c"`. */
export function alternatives(words: readonly unknown[]): string {
  const quoted = words.map((word) => typeof word === "string" ? JSON.stringify(word) : String(word));
  return [quoted.slice(0, -1).join(", "), quoted.at(-1)].filter(Boolean).join(" or ");
}

/**
 * Parses `input`, and says everything that is wrong in words of its own; a message that a schema brings itself is kept.
 *
 * @returns what `schema` makes of it, or the issues.
 */
export function parseWithIssues<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  options: IssueOptions,
): { readonly data: z.output<Schema> } | { readonly issues: readonly Issue[] } {
  const knownKeys = new Map<string, readonly string[]>();
  const parsed = schema.safeParse(input, {
    reportInput: true,
    error: (issue) => {
      if (issue.code === "unrecognized_keys") knownKeys.set(pathText(issue.path ?? []), keysOf(issue.inst));
      return wanted(issue);
    },
  });
  if (parsed.success) return { data: parsed.data };
  const issues = parsed.error.issues.flatMap((issue) => sentences(issue, knownKeys, options));
  // A string that fails two tests at once is told what was wanted once.
  return { issues: [...new Map(issues.map((issue) => [issue.message, issue])).values()] };
}

function sentences(
  issue: z.core.$ZodIssue,
  knownKeys: ReadonlyMap<string, readonly string[]>,
  options: IssueOptions,
): Issue[] {
  const { path, message } = issue;
  const place = pathText(path) || options.whole;
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys.get(pathText(path)) ?? [];
    return issue.keys.map((key) => unknownKey(path, key, known, options));
  }
  if (issue.code === "invalid_key") {
    const parent = pathText(path.slice(0, -1));
    const reason = issue.issues[0]?.message ?? message;
    return [{
      path,
      at: "key",
      message: `Cannot use ${valueText(String(path.at(-1)))} as a key of ${parent}: ${reason}`,
    }];
  }
  const value = valueOf(issue);
  // What is wrong between several keys of an object says which.
  if (issue.code === "custom" && typeof value === "object") {
    return [{ path, message: `Cannot use ${place}: ${message}` }];
  }
  if (value === undefined) return [{ path, message: `Missing ${place}: ${message}` }];
  if (options.isSecret?.(path.at(-1))) {
    return [{ path, message: `Cannot use the value of ${place}: ${message}` }];
  }
  const near = typeof value === "string" ? nearest(value, optionsOf(issue)) : undefined;
  const hint = near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`;
  return [{ path, message: `Cannot use ${valueText(value)} as ${place}: ${message}${hint}` }];
}

function unknownKey(
  parent: readonly PropertyKey[],
  key: string,
  known: readonly string[],
  { hint }: IssueOptions,
): Issue {
  const where = parent.length === 0 ? "" : ` in ${pathText(parent)}`;
  const near = nearest(key, known);
  const told = hint?.(key, known) ??
    (near !== undefined
      ? `did you mean ${JSON.stringify(near)}?`
      : known.length === 0
      ? "expected no key"
      : `expected ${known.length === 1 ? "only" : "one of"} ${alternatives(known)}`);
  return {
    path: [...parent, key],
    at: "key",
    message: `Unknown key ${JSON.stringify(key)}${where}: ${told}`,
  };
}

function valueOf(issue: z.core.$ZodIssue): unknown {
  const { input } = issue;
  if (issue.code !== "invalid_union" || issue.discriminator === undefined) return input;
  return (input as Record<string, unknown> | undefined)?.[issue.discriminator];
}

function optionsOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === "invalid_value") return issue.values.map(String);
  return issue.code === "invalid_union" && "options" in issue ? (issue.options ?? []).map(String) : [];
}

const TYPES: Readonly<Record<string, string>> = {
  string: "text in quotes",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list: [ … ]",
  record: "an object: { name: … }",
};

/** What was wanted, for an issue whose schema does not say it itself. */
function wanted(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type": {
      if (issue.expected === "object") return `expected an object: ${objectText(keysOf(issue.inst))}`;
      const about = issue.input === undefined ? descriptionOf(issue.inst) : "";
      return `expected ${TYPES[String(issue.expected)] ?? issue.expected}${about}`;
    }
    case "invalid_value":
      return `expected ${alternatives(issue.values as unknown[])}`;
    case "invalid_union":
      if (Array.isArray(issue.options)) return `expected ${alternatives(issue.options)}`;
      return `expected ${unionText(issue)}`;
    case "invalid_format":
      return `expected ${
        issue.format === "regex" ? `text that matches ${issue.pattern}` : `a valid ${issue.format}`
      }`;
    case "too_small":
      if (issue.origin === "string") return "expected text that is not empty";
      if (issue.origin === "array") return `expected at least ${issue.minimum}`;
      return `expected a number ${issue.inclusive ? "not below" : "above"} ${issue.minimum}`;
    case "too_big":
      if (issue.origin === "string") return `expected at most ${issue.maximum} characters`;
      if (issue.origin === "array") return `expected at most ${issue.maximum}`;
      return `expected a number ${issue.inclusive ? "not above" : "below"} ${issue.maximum}`;
  }
  return undefined;
}

/** What each branch of a union wanted. */
function unionText(issue: z.core.$ZodRawIssue): string {
  const branches = (issue.errors ?? []) as readonly (readonly { message: string }[])[];
  return branches.map(([first]) => first?.message.replace(/^expected /, "")).join(", or ");
}

function objectText(keys: readonly string[]): string {
  return keys.length === 0 || keys.length > 8 ? "{ … }" : `{ ${keys.join(", ")} }`;
}

/** Keys that an object schema knows; none for another schema. */
function keysOf(schema: unknown): string[] {
  const def = (schema as { _zod?: { def?: { shape?: object; options?: unknown[] } } } | undefined)?._zod?.def;
  if (def?.shape) return Object.keys(def.shape);
  return [];
}

/** The documentation of a key that must be given. */
function descriptionOf(schema: unknown): string {
  const text = (schema as { description?: string } | undefined)?.description?.replace(/\.$/, "");
  return text ? `: ${text[0]!.toLowerCase()}${text.slice(1)}` : "";
}
