/** What follows an operand and binds closer than any operator: a range, an offset, `@`. */

import type { AtModifier, Expr, MatrixSelector, Subquery, VectorSelector } from "./ast.ts";
import { LiteralError, parseNumber, spanMs } from "./literals.ts";
import { childrenOf, numberOf, type Reader, type SyntaxNode } from "./reader.ts";

/** `expr` with its last operand changed: that is what something behind it belongs to. */
export function onLast(expr: Expr, change: (operand: Expr) => Expr | undefined): Expr | undefined {
  if (expr.kind === "binary") {
    const right = onLast(expr.right, change);
    return right && { ...expr, right, to: right.to };
  }
  if (expr.kind === "unary") {
    const operand = onLast(expr.expr, change);
    return operand && { ...expr, expr: operand, to: operand.to };
  }
  return change(expr);
}

/** `operand` with what `node` puts behind it; undefined when it cannot be there, which is reported. */
export function withPostfix(operand: Expr, node: SyntaxNode, reader: Reader): Expr | undefined {
  if (node.name === "MatrixSelector") return rangeOf(operand, node, reader);
  if (node.name === "SubqueryExpr") return subqueryOf(operand, node, reader);
  return node.name === "OffsetExpr" ? offsetOf(operand, node, reader) : atOf(operand, node, reader);
}

function rangeOf(selector: Expr, node: SyntaxNode, reader: Reader): Expr | undefined {
  const { report } = reader;
  const duration = childrenOf(node)[1]!;
  const rangeMs = durationOf(duration, reader);
  if (selector.kind !== "vector") {
    report("Only a selector can have a range: a subquery has a colon, such as [1h:1m]", {
      from: duration.from - 1,
      to: node.to,
    });
    return undefined;
  }
  if (selector.offsetMs !== undefined) report("The offset is written after the range", selector);
  if (typeof selector.at === "number") report("The @ modifier is written after the range", selector);
  if (rangeMs === undefined) return undefined;
  return { kind: "matrix", selector, rangeMs, from: selector.from, to: node.to };
}

function subqueryOf(expr: Expr, node: SyntaxNode, reader: Reader): Subquery | undefined {
  const [, range, step] = childrenOf(node);
  const rangeMs = durationOf(range!, reader);
  const stepMs = step && durationOf(step, reader);
  if (rangeMs === undefined) return undefined;
  return { kind: "subquery", expr, rangeMs, ...(stepMs && { stepMs }), from: expr.from, to: node.to };
}

/** The milliseconds of what is written between brackets. */
function durationOf(node: SyntaxNode, { text, report }: Reader): number | undefined {
  const written = text.slice(node.from, node.to);
  const sign = /^[-+]\s*/.exec(written)?.[0] ?? "";
  if (!/^(?:[\d.][\w.]*(?:[+-]\d+)?|inf|nan)$/i.test(written.slice(sign.length))) {
    report("Arithmetic with durations is an experiment that Prometheus 3.5 has to be told to allow", node);
    return undefined;
  }
  try {
    const ms = spanMs(parseNumber(written.slice(sign.length)).value) * (sign.startsWith("-") ? -1 : 1);
    if (ms > 0 || node.parent!.name === "OffsetExpr") return ms;
    report("The duration must be greater than 0", node);
  } catch (error) {
    if (!(error instanceof LiteralError)) throw error;
    report(error.message, node);
  }
  return undefined;
}

function offsetOf(expr: Expr, node: SyntaxNode, reader: Reader): Expr | undefined {
  const duration = childrenOf(node).at(-1)!;
  const offsetMs = durationOf(duration, reader);
  const target = modifiable(expr, "An offset", reader);
  if (target === undefined || offsetMs === undefined) return undefined;
  if ((target.kind === "matrix" ? target.selector : target).offsetMs) {
    reader.report("The offset is set twice", node);
  }
  return withModifier(target, { offsetMs }, node.to);
}

function atOf(expr: Expr, node: SyntaxNode, reader: Reader): Expr | undefined {
  const moment = childrenOf(node).at(-1)!;
  const at = momentOf(moment, reader);
  const target = modifiable(expr, "The @ modifier", reader);
  if (target === undefined || at === undefined) return undefined;
  if ((target.kind === "matrix" ? target.selector : target).at !== undefined) {
    reader.report("The @ modifier is set twice", node);
  }
  return withModifier(target, { at }, node.to);
}

function momentOf(node: SyntaxNode, reader: Reader): AtModifier | undefined {
  if (node.name === "AtModifierPreprocessors") return node.firstChild!.name === "AtStart" ? "start" : "end";
  const number = numberOf(node, reader);
  if (number?.kind !== "number") return undefined;
  if (Math.abs(number.value) < 2 ** 63) return Math.round(number.value * 1_000);
  reader.report("The moment after @ is out of bounds", node);
  return undefined;
}

type Modifiable = VectorSelector | MatrixSelector | Subquery;

function modifiable(expr: Expr, what: string, { report }: Reader): Modifiable | undefined {
  if (expr.kind === "vector" || expr.kind === "matrix" || expr.kind === "subquery") return expr;
  report(`${what} follows a selector or a subquery, nothing else`, expr);
  return undefined;
}

function withModifier(
  target: Modifiable,
  modifier: { offsetMs: number } | { at: AtModifier },
  to: number,
): Modifiable {
  return target.kind === "matrix"
    ? { ...target, selector: { ...target.selector, ...modifier }, to }
    : { ...target, ...modifier, to };
}
