/** Numbers, durations and strings as PromQL writes them. */

import { DURATION_PATTERN, durationMs } from "../units.ts";

// Prometheus counts nanoseconds in 64 bits.
const LONGEST_SECONDS = 2 ** 63 / 1e9;

/** What is wrong with a piece of an expression. */
export class LiteralError extends Error {
  override readonly name = "LiteralError";
}

/**
 * The number that `text` stands for, and whether it is a duration, which counts in seconds.
 *
 * Source: `number` and `number_duration_literal` of Prometheus's parser, `strconv.ParseInt` with base 0, `strconv.ParseFloat`.
 *
 * @throws {LiteralError} when it is none.
 */
export function parseNumber(text: string): { value: number; isDuration: boolean } {
  if (/^inf$/i.test(text)) return { value: Infinity, isDuration: false };
  if (/^nan$/i.test(text)) return { value: NaN, isDuration: false };
  if (/^\d[\dsmhdwy]*[smhdwy]$/.test(text) && !/^0x/i.test(text)) {
    return { value: seconds(text), isDuration: true };
  }
  const plain = text.replaceAll("_", "");
  const digits = /^0x[\da-f]+$/i.test(plain)
    ? plain
    : /^0[0-7]+$/.test(plain)
    ? `0o${plain.slice(1)}`
    : plain;
  const value = Number(digits);
  const isTooLarge = !Number.isFinite(value) || (digits.startsWith("0x") && value >= 2 ** 63);
  if (Number.isNaN(value) || isTooLarge || !hasGoodUnderscores(text)) {
    throw new LiteralError(`Cannot read the number "${text}"`);
  }
  return { value, isDuration: false };
}

/**
 * The milliseconds of a range, step or offset, from the number that {@link parseNumber} gives.
 *
 * @throws {LiteralError} when Prometheus cannot count them.
 */
export function spanMs(value: number): number {
  if (!(Math.abs(value) <= LONGEST_SECONDS)) throw new LiteralError("The duration is longer than 292 years");
  return Math.round(value * 1e6) / 1e3;
}

function seconds(text: string): number {
  if (!DURATION_PATTERN.test(text)) {
    throw new LiteralError(
      `Cannot read the duration "${text}": expected a number and a unit, the largest unit first, such as "1h30m"`,
    );
  }
  try {
    return durationMs(text) / 1_000;
  } catch (error) {
    throw new LiteralError((error as Error).message, { cause: error });
  }
}

/** Go takes an underscore only between two digits, or after `0x`. */
function hasGoodUnderscores(text: string): boolean {
  return !text.includes("_") ||
    /^(?:0x_?)?[\da-f]+(?:_[\da-f]+)*(?:\.(?:\d+(?:_\d+)*)?)?(?:e[+-]?\d+(?:_\d+)*)?$/i.test(text);
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, "\\": 92 };
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/**
 * What a quoted text stands for.
 *
 * Source: `util/strutil/quote.go` of Prometheus.
 *
 * @throws {LiteralError} when it is not closed or has an escape that PromQL does not know.
 */
export function unquote(text: string): string {
  const quote = text[0]!;
  if (text.length < 2 || !text.endsWith(quote)) throw new LiteralError("The text is not closed");
  const inner = text.slice(1, -1);
  if (quote === "`") return inner;
  if (inner.includes("\n")) throw new LiteralError("The text is not closed on its line");
  return inner.includes("\\") ? unescape(inner, quote) : inner;
}

function unescape(text: string, quote: string): string {
  let result = "";
  // Escapes of single bytes can make up one character together.
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length > 0) result += new TextDecoder().decode(new Uint8Array(bytes));
    bytes = [];
  };
  for (let i = 0; i < text.length;) {
    if (text[i] !== "\\") {
      flush();
      result += text[i++];
      continue;
    }
    const letter = text[i + 1] ?? "";
    const length = HEX_DIGITS[letter] ?? 0;
    const hex = new RegExp(`^[\\da-fA-F]{${length}}$`).exec(text.slice(i + 2, i + 2 + length))?.[0];
    const octal = /^[0-3][0-7]{2}/.exec(text.slice(i + 1, i + 4))?.[0];
    const code = ESCAPES[letter] ?? (letter === quote ? quote.charCodeAt(0) : undefined);
    if (code !== undefined) {
      bytes.push(code);
      i += 2;
    } else if (octal !== undefined) {
      bytes.push(parseInt(octal, 8));
      i += 4;
    } else if (length > 0 && hex !== undefined && isCodePoint(parseInt(hex, 16))) {
      const value = parseInt(hex, 16);
      if (letter === "x") bytes.push(value);
      else {
        flush();
        result += String.fromCodePoint(value);
      }
      i += 2 + length;
    } else {
      throw new LiteralError(
        `PromQL knows no escape "\\${letter}": a backslash is written "\\\\", or the text in backquotes`,
      );
    }
  }
  flush();
  return result;
}

function isCodePoint(value: number): boolean {
  return value <= 0x10ffff && !(value >= 0xd800 && value < 0xe000);
}
