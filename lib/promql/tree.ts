/** The tree of the official grammar as ours, with what that grammar leaves open said as Prometheus says it. */

import type { BinaryOperation, Expr, Grouping, LabelMatcher, VectorMatching, VectorSelector } from "./ast.ts";
import { PARAMETERS } from "./functions.ts";
import { onLast, withPostfix } from "./postfix.ts";
import { childrenOf, numberOf, type Reader, type Report, spanOf, type SyntaxNode, textOf } from "./reader.ts";

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

function onlyExpr(node: SyntaxNode, reader: Reader): Expr | undefined {
  return exprOf(childrenOf(node)[0]!, reader);
}

function lastWord(text: string): string {
  return /\S+$/.exec(text)?.[0] ?? text;
}
