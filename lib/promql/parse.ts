/** PromQL, read by the official grammar, and then as strictly as Prometheus itself reads it. */

import { parser } from "@prometheus-io/lezer-promql";
import type { Expr, Span } from "./ast.ts";
import { check } from "./type_check.ts";
import type { SyntaxNode } from "./reader.ts";
import { treeOf } from "./tree.ts";
import { syntaxError } from "./syntax_error.ts";

/** What is wrong with an expression, and where: offsets in it, counted from 0, the end excluded. */
export interface PromqlError extends Span {
  /** One sentence, capital first, no full stop. */
  readonly message: string;
}

/** An expression, or what is wrong with it. */
export type Parsed =
  | { readonly expr: Expr; readonly errors: readonly [] }
  | { readonly expr: undefined; readonly errors: readonly PromqlError[] };

const TEXT_OR_NUMBER =
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*|[a-zA-Z_:][\w:]*|(?<hex>0[xX]\w+)|(?<whole>\d\w*)\.(?!\d)/g;
// What is shorter the parser never gives up.
const LONG = 2_000;
// It ends at the first thing that fits nowhere. To go on would cost time, and what follows from it says nothing.
const strict = parser.configure({ strict: true });

/**
 * Reads an expression as Prometheus 3.5 without feature flags does: syntax, types, numbers of arguments, regular expressions, durations.
 *
 * @returns the tree, or everything that is wrong with it: of the syntax the first fault alone.
 */
export function parsePromql(text: string): Parsed {
  const errors: PromqlError[] = [];
  const report = (message: string, { from, to }: Span) => {
    errors.push({ message, from, to });
  };
  let read = grammarOf(text);
  if (typeof read === "number" && /\d\.|0[xX]/.test(text)) read = grammarOf(withPlainNumbers(text));
  if (typeof read === "number") return { expr: undefined, errors: [syntaxError(text, read)] };
  const expr = treeOf(text, read, report);
  if (expr !== undefined) check(expr, report);
  if (expr === undefined || errors.length > 0) {
    return { expr: undefined, errors: errors.sort((a, b) => a.from - b.from) };
  }
  return { expr, errors: [] };
}

/** The node of the whole expression, or the place from which on the grammar takes nothing. */
function grammarOf(text: string): SyntaxNode | number {
  try {
    return (text.length < LONG ? strict.parse(text) : parseLong(text)).topNode;
  } catch (error) {
    const place = /^No parse at (\d+)$/.exec((error as Error).message)?.[1];
    if (place === undefined) throw error;
    return Number(place);
  }
}

/** The parser gives up chains of more than 300 operators that are long: nothing here is too deep to be walked through, so that it may go on. */
function parseLong(text: string): ReturnType<typeof strict.parse> {
  const parse = strict.startParse(text) as ReturnType<typeof strict.startParse> & {
    bigReductionCount?: number;
  };
  for (;;) {
    parse.bigReductionCount = 0;
    const tree = parse.advance();
    if (tree) return tree;
  }
}

/**
 * The official grammar lacks `5.`, `0X1F` and `0x_1F`, which Prometheus reads: zeros stand in, so that every place stays what it is. What a
 * number is worth is read from the text itself.
 */
function withPlainNumbers(text: string): string {
  return text.replace(TEXT_OR_NUMBER, (part, ...rest) => {
    const { hex, whole } = rest.at(-1) as { hex?: string; whole?: string };
    if (hex !== undefined) return `0x${hex.slice(2).replaceAll("_", "0")}`;
    return whole === undefined ? part : `${whole}0`;
  });
}
