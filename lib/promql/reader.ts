/** What every part of the reading of a tree shares: the text, where faults are told, and the leaves. */

import type { parser } from "@prometheus-io/lezer-promql";
import type { Expr, Span } from "./ast.ts";
import { LiteralError, parseNumber, unquote } from "./literals.ts";

/** A node of the official grammar. */
export type SyntaxNode = ReturnType<typeof parser.parse>["topNode"];

/** Where faults are told. */
export type Report = (message: string, place: Span) => void;

/** A text that is read. */
export interface Reader {
  readonly text: string;
  readonly report: Report;
  /** How many expressions are around the one that is read. */
  depth: number;
}

/** A number, or a duration. */
export function numberOf(node: SyntaxNode, { text, report }: Reader): Expr | undefined {
  const { from, to } = node;
  const written = text.slice(from, to);
  const sign = /^[-+]\s*/.exec(written)?.[0] ?? "";
  const glued = /^\w+/.exec(text.slice(to))?.[0];
  if (glued !== undefined) {
    report(`Cannot read the number "${written}${glued}"`, { from, to: to + glued.length });
    return undefined;
  }
  try {
    const { value, isDuration } = parseNumber(written.slice(sign.length));
    return { kind: "number", value: sign.startsWith("-") ? -value : value, isDuration, from, to };
  } catch (error) {
    if (!(error instanceof LiteralError)) throw error;
    report(error.message, node);
    return undefined;
  }
}

/** What a quoted text stands for. */
export function textOf(node: SyntaxNode, { text, report }: Reader): string {
  try {
    return unquote(text.slice(node.from, node.to));
  } catch (error) {
    if (!(error instanceof LiteralError)) throw error;
    report(error.message, node);
    return "";
  }
}

/** The nodes that a node is made of, comments aside. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== "LineComment") children.push(child);
  }
  return children;
}

/** Where a node stands. */
export function spanOf({ from, to }: SyntaxNode): Span {
  return { from, to };
}
