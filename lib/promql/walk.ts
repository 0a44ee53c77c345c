/** Ways through the tree of an expression. */

import type { Expr, VectorSelector } from "./ast.ts";

/** The expressions that `expr` is directly made of, in the order of the text. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "number":
    case "string":
    case "vector":
      return [];
    case "matrix":
      return [expr.selector];
    case "call":
      return expr.args;
    case "aggregation":
      return expr.param === undefined ? [expr.expr] : [expr.param, expr.expr];
    case "binary":
      return [expr.left, expr.right];
    case "subquery":
    case "unary":
    case "parens":
      return [expr.expr];
  }
}

/**
 * Calls `visit` with `expr` and everything in it, a node before what it is made of.
 *
 * @param visit Gets a node and the nodes around it, the nearest first; do not keep that list, it changes.
 */
export function walk(expr: Expr, visit: (node: Expr, parents: readonly Expr[]) => void): void {
  const parents: Expr[] = [];
  const step = (node: Expr) => {
    visit(node, parents);
    parents.unshift(node);
    for (const child of childrenOf(node)) step(child);
    parents.shift();
  };
  step(expr);
}

/** Every selector of `expr`, those of ranges and subqueries too. */
export function selectorsOf(expr: Expr): VectorSelector[] {
  const found: VectorSelector[] = [];
  walk(expr, (node) => {
    if (node.kind === "vector") found.push(node);
  });
  return found;
}

/** The metric that a selector chooses, however it is written; undefined when it is no single one. */
export function metricOf({ metric, matchers }: VectorSelector): string | undefined {
  return metric ?? matchers.find(({ name, op }) => name === "__name__" && op === "=")?.value;
}

/** `expr` without the parentheses around it. */
export function unwrap(expr: Expr): Expr {
  let inner = expr;
  while (inner.kind === "parens") inner = inner.expr;
  return inner;
}

/** A copy of `expr` whose every selector is what `change` gives for it. */
export function mapSelectors(expr: Expr, change: (selector: VectorSelector) => VectorSelector): Expr {
  const map = (node: Expr): Expr => mapSelectors(node, change);
  switch (expr.kind) {
    case "number":
    case "string":
      return expr;
    case "vector":
      return change(expr);
    case "matrix":
      return { ...expr, selector: change(expr.selector) };
    case "call":
      return { ...expr, args: expr.args.map(map) };
    case "aggregation":
      return { ...expr, ...(expr.param && { param: map(expr.param) }), expr: map(expr.expr) };
    case "binary":
      return { ...expr, left: map(expr.left), right: map(expr.right) };
    case "subquery":
    case "unary":
    case "parens":
      return { ...expr, expr: map(expr.expr) };
  }
}
