/** YAML: written by ourselves, as plain data needs little; read through the library, the one door to it. */

import { parse } from "yaml";

// YAML 1.1 readers (Prometheus, Alertmanager, Compose) take each of these as something other than text.
const WORDS = /^(?:y|yes|n|no|on|off|true|false|null|nan|inf)$/i;
// Text that stays text without quotes: it starts with a letter, `_` or `/`, or it is a duration.
const PLAIN = /^(?:[\p{L}_/][^\p{C}\p{Zl}\p{Zp}\u0085\ufeff]*|(?:\d+(?:ms|[smhdwy]))+)$/u;
// What makes a reader see a key, a comment or a trimmed end in unquoted text.
const SPLITS = /: |:$| #|\s$|[\u00a0\u2000-\u200f]/;
// Characters that only double quotes can carry.
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}\u0085\ufeff]/u;
const OUTSIDE_JSON = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * `value` as YAML that YAML 1.1 and 1.2 readers read back unchanged. Time and memory grow with its size.
 *
 * @param value Plain data: objects, arrays, strings, finite numbers, booleans, null. A key whose value is undefined is left out.
 * @param banner Comment lines to put on top, without `#`.
 * @throws {TypeError} when `value` holds something else, such as a function or NaN.
 */
export function toYaml(value: unknown, banner: readonly string[] = []): string {
  const lines = banner.map((line) => `# ${line}`.trimEnd());
  if (isEmptyOrScalar(value)) lines.push(scalar(value, ""));
  else block(value as object, "", "", lines);
  return lines.join("\n") + "\n";
}

/**
 * Parses one YAML document.
 *
 * @throws {SyntaxError} with line and column when it is not YAML.
 */
export function fromYaml(text: string): unknown {
  try {
    return parse(text, { merge: true });
  } catch (error) {
    throw new SyntaxError((error as Error).message, { cause: error });
  }
}

/** Writes a map or a list whose first line starts with `first` and whose others start with `indent`. */
function block(value: object, first: string, indent: string, lines: string[]): void {
  let start = first;
  if (Array.isArray(value)) {
    for (const item of value) {
      if (isEmptyOrScalar(item)) lines.push(`${start}- ${scalar(item, `${indent}  `)}`);
      else block(item, `${start}- `, `${indent}  `, lines);
      start = indent;
    }
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const name = text(key);
    if (isEmptyOrScalar(item)) lines.push(`${start}${name}: ${scalar(item, `${indent}  `)}`);
    else {
      lines.push(`${start}${name}:`);
      block(item, `${indent}  `, `${indent}  `, lines);
    }
    start = indent;
  }
}

function isEmptyOrScalar(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  for (const key in value) if ((value as Record<string, unknown>)[key] !== undefined) return false;
  return true;
}

function scalar(value: unknown, indent: string): string {
  switch (typeof value) {
    case "string":
      return (value.includes("\n") ? literal(value, indent) : undefined) ?? text(value);
    case "boolean":
      return String(value);
    case "number":
      if (Number.isFinite(value)) return number(value);
      break;
    case "undefined":
      return "null";
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? "[]" : "{}";
  }
  throw new TypeError(`Cannot write ${String(value)} as YAML: expected plain data`);
}

// YAML 1.1 wants a point in a number with an exponent.
function number(value: number): string {
  const digits = Object.is(value, -0) ? "-0" : String(value);
  return digits.replace(/^(-?\d+)e/, "$1.0e");
}

function text(value: string): string {
  if (PLAIN.test(value) && !SPLITS.test(value) && !WORDS.test(value)) return value;
  if (/["\\]/.test(value) && !UNPRINTABLE.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return JSON.stringify(value).replace(
    OUTSIDE_JSON,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Several lines as a block, where that keeps every character; undefined elsewhere. */
function literal(value: string, indent: string): string | undefined {
  const keepsEnd = value.endsWith("\n");
  const body = keepsEnd ? value.slice(0, -1) : value;
  const rows = body.split("\n");
  if (
    body === "" || body.endsWith("\n") || /^[\s]/.test(body) ||
    rows.some((row) => UNPRINTABLE.test(row) || /\s$/.test(row))
  ) {
    return undefined;
  }
  return [keepsEnd ? "|" : "|-", ...rows.map((row) => row === "" ? "" : indent + row)].join("\n");
}
