/** Conditions of which one rules out another. */

import {
  type BinaryOperation,
  COMPARISONS,
  type Expr,
  printPromql,
  unwrap,
  walk,
} from "../../lib/promql/mod.ts";

/** Two conditions that are wanted at once and never hold at once. */
export interface Contradiction {
  readonly first: BinaryOperation;
  readonly second: BinaryOperation;
}

interface Interval {
  readonly from: number;
  readonly to: number;
  /** Whether the ends themselves are left out. */
  readonly open: boolean;
  readonly condition: BinaryOperation;
}

/** The contradictions in `tree`: between the sides of an `and`, and between a comparison and what it lets through again. */
export function contradictionsOf(tree: Expr): Contradiction[] {
  const found: Contradiction[] = [];
  walk(tree, (node, [parent]) => {
    if (node.kind !== "binary" || (node.op !== "and" && !COMPARISONS.has(node.op))) return;
    // The outermost of several has them all.
    if (parent?.kind === "binary" && parent.op === "and" && node.op === "and") return;
    const known = new Map<string, Interval[]>();
    for (const { subject, interval } of conditionsOf(node)) {
      const others = known.get(subject) ?? [];
      const other = others.find((each) => !overlap(each, interval));
      if (other) found.push({ first: other.condition, second: interval.condition });
      known.set(subject, [...others, interval]);
    }
  });
  return found;
}

/** What is asked of which series, of everything that an `and` joins. */
function conditionsOf(expr: Expr): { subject: string; interval: Interval }[] {
  const inner = unwrap(expr);
  if (inner.kind !== "binary" || inner.bool) return [];
  // Which series the sides are matched by changes what is compared with what.
  if (inner.op === "and") {
    return inner.matching ? [] : [...conditionsOf(inner.left), ...conditionsOf(inner.right)];
  }
  const line = unwrap(inner.right);
  if (!COMPARISONS.has(inner.op) || inner.op === "!=" || line.kind !== "number") return [];
  const subject = unwrap(inner.left);
  const { op } = inner;
  return [{
    subject: printPromql(subject),
    interval: {
      from: op.startsWith("<") ? -Infinity : line.value,
      to: op.startsWith(">") ? Infinity : line.value,
      open: op === "<" || op === ">",
      condition: inner,
    },
  }];
}

function overlap(a: Interval, b: Interval): boolean {
  const [from, to] = [Math.max(a.from, b.from), Math.min(a.to, b.to)];
  return from < to || (from === to && !a.open && !b.open);
}
