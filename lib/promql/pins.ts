/** Labels that every series of a result has with one known value. */

import type { BinaryOperation, Expr } from "./ast.ts";
import { SET_OPERATORS } from "./functions.ts";
import { typeOf } from "./type_check.ts";
import { unwrap } from "./walk.ts";

/** Label → the one value that it has, as matchers with `=` say. */
export function pinsOf(expr: Expr): ReadonlyMap<string, string> {
  switch (expr.kind) {
    case "number":
    case "string":
      return new Map();
    case "vector":
      return new Map(
        expr.matchers.filter(({ name, op, value }) => op === "=" && value !== "" && name !== "__name__")
          .map(({ name, value }) => [name, value]),
      );
    case "matrix":
      return pinsOf(expr.selector);
    case "subquery":
    case "unary":
    case "parens":
      return pinsOf(expr.expr);
    case "call": {
      const vector = expr.args.find((arg) => /vector$/.test(typeOf(arg)));
      if (vector === undefined || expr.name === "scalar") return new Map();
      const target = /^label_(?:replace|join)$/.test(expr.name) ? unwrap(expr.args[1]!) : undefined;
      return only(pinsOf(vector), (label) => target?.kind !== "string" || target.value !== label);
    }
    case "aggregation": {
      const { grouping, op } = expr;
      const inner = pinsOf(expr.expr);
      if (op === "topk" || op === "bottomk") return inner;
      return only(
        inner,
        (label) => grouping !== undefined && grouping.labels.includes(label) === (grouping.mode === "by"),
      );
    }
    case "binary":
      return ofBinary(expr);
  }
}

function ofBinary({ op, matching, left, right }: BinaryOperation): ReadonlyMap<string, string> {
  if (typeOf(left) === "scalar") return pinsOf(right);
  const l = pinsOf(left);
  if (typeOf(right) === "scalar" || op === "and" || op === "unless") return l;
  const r = pinsOf(right);
  if (SET_OPERATORS.has(op)) return only(l, (label) => r.get(label) === l.get(label));
  if (matching?.group) {
    return only(matching.group.side === "left" ? l : r, (label) => !matching.group!.include.includes(label));
  }
  if (matching === undefined) return new Map([...r, ...l]);
  return only(l, (label) => matching.labels.includes(label) === (matching.mode === "on"));
}

function only(
  pins: ReadonlyMap<string, string>,
  isKept: (label: string) => boolean,
): ReadonlyMap<string, string> {
  return new Map([...pins].filter(([label]) => isKept(label)));
}
