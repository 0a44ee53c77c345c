/** The tree of the official grammar as ours, with what that grammar leaves open said as Prometheus says it. */

import type { parser } from "@prometheus-io/lezer-promql";
import type {
  AtModifier,
  BinaryOperation,
  Expr,
  Grouping,
  LabelMatcher,
  MatrixSelector,
  Span,
  Subquery,
  VectorMatching,
  VectorSelector,
} from "./ast.ts";
import { PARAMETERS } from "./functions.ts";
import { LiteralError, parseNumber, spanMs, unquote } from "./literals.ts";

/** A node of the official grammar. */
export type SyntaxNode = ReturnType<typeof parser.parse>["topNode"];

/** Where faults are told. */
export type Report = (message: string, place: Span) => void;

interface Reader {
  readonly text: string;
  readonly report: Report;
  /** How many expressions are around the one that is read. */
  depth: number;
}

// Everything that looks at a tree goes down it by calling itself.
const MAX_DEPTH = 2_000;

/** The tree below `top`; undefined when a fault left nothing to look at, which is reported then. */
export function treeOf(text: string, top: SyntaxNode, report: Report): Expr | undefined {
  strangeSpaces(text, report);
  const first = childrenOf(top)[0];
  return first && exprOf(first, { text, report, depth: 0 });
}

/** The grammar skips every blank of Unicode, Prometheus only four. */
function strangeSpaces(text: string, report: Report): void {
  if (!/[^\x20-\x7e\n\t]/.test(text)) return;
  const outside = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*|([^\S \t\n\r])/g;
  for (const match of text.matchAll(outside)) {
    if (match[1] === undefined) continue;
    const code = match[1].codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
    report(`The blank U+${code} is none of PromQL: write a space`, {
      from: match.index,
      to: match.index + 1,
    });
  }
}

function exprOf(node: SyntaxNode, reader: Reader): Expr | undefined {
  if (reader.depth === MAX_DEPTH) {
    reader.report(`Nothing is read that is nested more than ${MAX_DEPTH} deep`, node);
    return undefined;
  }
  reader.depth++;
  const expr = anyExprOf(node, reader);
  reader.depth--;
  return expr;
}

function anyExprOf(node: SyntaxNode, reader: Reader): Expr | undefined {
  const { from, to } = node;
  const { text, report } = reader;
  switch (node.name) {
    case "NumberDurationLiteral":
      return numberOf(node, reader);
    case "StringLiteral":
      return { kind: "string", value: textOf(node, reader), from, to };
    case "VectorSelector":
      return vectorOf(node, reader);
    case "ParenExpr": {
      const expr = onlyExpr(node, reader);
      return expr && { kind: "parens", expr, from, to };
    }
    case "UnaryExpr": {
      const [sign, operand] = childrenOf(node);
      const expr = operand && exprOf(operand, reader);
      if (expr === undefined) return undefined;
      const op = text[sign!.from] as "+" | "-";
      return expr.kind === "number"
        ? { ...expr, value: op === "-" ? -expr.value : expr.value, from }
        : { kind: "unary", op, expr, from, to };
    }
    case "BinaryExpr":
      return binaryOf(node, reader);
    case "FunctionCall":
      return callOf(node, reader);
    case "AggregateExpr":
      return aggregationOf(node, reader);
    case "MatrixSelector":
    case "SubqueryExpr":
    case "OffsetExpr":
    case "StepInvariantExpr":
      return postfixOf(node, reader);
    default:
      report(`Prometheus 3.5 does not know "${lastWord(text.slice(from, to))}" here`, { from, to });
      return undefined;
  }
}

function numberOf(node: SyntaxNode, { text, report }: Reader): Expr | undefined {
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

function textOf(node: SyntaxNode, { text, report }: Reader): string {
  try {
    return unquote(text.slice(node.from, node.to));
  } catch (error) {
    if (!(error instanceof LiteralError)) throw error;
    report(error.message, node);
    return "";
  }
}

function vectorOf(node: SyntaxNode, reader: Reader): VectorSelector {
  const { from, to } = node;
  let metric: string | undefined;
  let isQuoted = false;
  const matchers: LabelMatcher[] = [];
  for (const child of childrenOf(node)) {
    if (child.name === "Identifier") {
      metric = reader.text.slice(child.from, child.to);
      continue;
    }
    const plain = metric;
    for (const part of childrenOf(child)) {
      const matcher = matcherOf(part, reader);
      if (part.name === "QuotedLabelName" && metric === undefined) {
        metric = matcher.value;
        isQuoted = true;
      } else matchers.push(matcher);
      // Of the names between braces there may be several.
      if (plain !== undefined && matcher.name === "__name__") {
        reader.report(`The metric is named twice: "${plain}" and "${matcher.value}"`, part);
      }
    }
  }
  return { kind: "vector", metric, ...(isQuoted && { isQuoted }), matchers, from, to };
}

function matcherOf(node: SyntaxNode, reader: Reader): LabelMatcher {
  const { text } = reader;
  if (node.name === "QuotedLabelName") {
    return { name: "__name__", op: "=", value: textOf(node.firstChild!, reader), ...spanOf(node) };
  }
  const [name, op, value] = childrenOf(node) as [SyntaxNode, SyntaxNode, SyntaxNode];
  return {
    name: labelOf(name, reader),
    op: text.slice(op.from, op.to) as LabelMatcher["op"],
    value: textOf(value, reader),
    from: node.from,
    to: node.to,
  };
}

function labelOf(node: SyntaxNode, reader: Reader): string {
  return node.name === "QuotedLabelName"
    ? textOf(node.firstChild!, reader)
    : reader.text.slice(node.from, node.to);
}

function binaryOf(node: SyntaxNode, reader: Reader): Expr | undefined {
  const parts = childrenOf(node);
  const [leftNode, operator, rightNode] = [parts[0]!, parts[1]!, parts.at(-1)!];
  const op = reader.text.slice(operator.from, operator.to).toLowerCase();
  if (operator.name === "TrimUpper" || operator.name === "TrimLower") {
    reader.report(`Prometheus 3.5 does not know the operator "${op}"`, operator);
  }
  for (const part of parts.slice(2, -1)) {
    if (/^Fill/.test(part.name)) reader.report('Prometheus 3.5 does not know "fill"', part);
  }
  const left = exprOf(leftNode, reader);
  const right = exprOf(rightNode, reader);
  if (left === undefined || right === undefined) return undefined;
  const clause = parts.find(({ name }) => name === "MatchingModifierClause");
  const binary: BinaryOperation = {
    kind: "binary",
    op,
    operator: spanOf(operator),
    bool: parts.some(({ name }) => name === "BoolModifier"),
    ...(clause && { matching: matchingOf(clause, reader) }),
    left,
    right,
    from: node.from,
    to: node.to,
  };
  return op === "^" ? signOutside(binary, reader.text) : binary;
}

/** `-2^2` is -4: a sign binds less than a power, but the grammar takes it for a part of the number. */
function signOutside(binary: BinaryOperation, text: string): Expr {
  const { left, from, to } = binary;
  const sign = text[left.from];
  if (left.kind !== "number" || (sign !== "-" && sign !== "+")) return binary;
  const start = left.from + 1 + /^\s*/.exec(text.slice(left.from + 1))![0].length;
  const unsigned: Expr = { ...left, value: sign === "-" ? -left.value : left.value, from: start };
  return { kind: "unary", op: sign, expr: { ...binary, left: unsigned, from: start }, from, to };
}

function matchingOf(node: SyntaxNode, reader: Reader): VectorMatching {
  const [mode, labels, side, include] = childrenOf(node);
  return {
    mode: mode!.name === "On" ? "on" : "ignoring",
    labels: labelsIn(labels!, reader),
    ...(side && {
      group: {
        side: side.name === "GroupLeft" ? "left" : "right",
        include: include === undefined ? [] : labelsIn(include, reader),
      },
    }),
    ...spanOf(node),
  };
}

function labelsIn(node: SyntaxNode, reader: Reader): string[] {
  return childrenOf(node).map((label) => {
    const name = labelOf(label, reader);
    if (name === "") reader.report("A label has no name", label);
    if (label.name !== "QuotedLabelName" && /^(?:inf|nan)$/i.test(name)) {
      reader.report(`"${name}" is a number: as a label it is quoted`, label);
    }
    return name;
  });
}

function callOf(node: SyntaxNode, reader: Reader): Expr | undefined {
  const [name, body] = childrenOf(node) as [SyntaxNode, SyntaxNode];
  const args = childrenOf(body).map((arg) => exprOf(arg, reader));
  if (args.includes(undefined)) return undefined;
  return { kind: "call", name: reader.text.slice(name.from, name.to), args: args as Expr[], ...spanOf(node) };
}

function aggregationOf(node: SyntaxNode, reader: Reader): Expr | undefined {
  const { text, report } = reader;
  const { from, to } = node;
  const parts = childrenOf(node);
  const op = text.slice(parts[0]!.from, parts[0]!.to).toLowerCase();
  const modifier = parts.find(({ name }) => name === "AggregateModifier");
  const body = parts.find(({ name }) => name === "FunctionCallBody")!;
  const args = childrenOf(body).map((arg) => exprOf(arg, reader));
  const wanted = op in PARAMETERS ? 2 : 1;
  if (args.length !== wanted) {
    report(`"${op}" takes ${wanted === 1 ? "1 argument" : `${wanted} arguments`}, not ${args.length}`, {
      from,
      to,
    });
    return undefined;
  }
  if (args.includes(undefined)) return undefined;
  return {
    kind: "aggregation",
    op,
    ...(modifier && { grouping: groupingOf(modifier, reader) }),
    ...(wanted === 2 && { param: args[0]! }),
    expr: args.at(-1)!,
    from,
    to,
  };
}

function groupingOf(node: SyntaxNode, reader: Reader): Grouping {
  const [mode, labels] = childrenOf(node) as [SyntaxNode, SyntaxNode];
  return { mode: mode.name === "By" ? "by" : "without", labels: labelsIn(labels, reader), ...spanOf(node) };
}

/**
 * A range, an offset or `@`. They bind closer than any operator, as `a + b offset 5m` does; the grammar puts them around the whole of it.
 */
function postfixOf(node: SyntaxNode, reader: Reader): Expr | undefined {
  const [inner] = childrenOf(node);
  const expr = exprOf(inner!, reader);
  return expr && onLast(expr, (operand) => withPostfix(operand, node, reader));
}

function onLast(expr: Expr, change: (operand: Expr) => Expr | undefined): Expr | undefined {
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

function withPostfix(operand: Expr, node: SyntaxNode, reader: Reader): Expr | undefined {
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

function onlyExpr(node: SyntaxNode, reader: Reader): Expr | undefined {
  return exprOf(childrenOf(node)[0]!, reader);
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== "LineComment") children.push(child);
  }
  return children;
}

function spanOf({ from, to }: SyntaxNode): Span {
  return { from, to };
}

function lastWord(text: string): string {
  return /\S+$/.exec(text)?.[0] ?? text;
}
