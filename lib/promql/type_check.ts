/** What Prometheus refuses of an expression that is well-formed: types, numbers of arguments, regular expressions. */

import type {
  Aggregation,
  BinaryOperation,
  Expr,
  FunctionCall,
  LabelMatcher,
  Span,
  VectorSelector,
} from "./ast.ts";
import {
  COMPARISONS,
  EXPERIMENTAL_AGGREGATIONS,
  FUNCTIONS,
  PARAMETERS,
  SET_OPERATORS,
  type ValueType,
} from "./functions.ts";
import { compileRegex } from "./regex.ts";

type Report = (message: string, place: Span) => void;

/** What an expression that was found right gives. */
export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case "number":
      return "scalar";
    case "string":
      return "string";
    case "matrix":
    case "subquery":
      return "range vector";
    case "vector":
    case "aggregation":
      return "instant vector";
    case "call":
      return FUNCTIONS.get(expr.name)?.gives ?? "instant vector";
    case "binary":
      return typeOf(expr.left) === "scalar" && typeOf(expr.right) === "scalar" ? "scalar" : "instant vector";
    case "unary":
    case "parens":
      return typeOf(expr.expr);
  }
}

/**
 * Reports everything in `expr` that Prometheus refuses.
 *
 * Source: `checkAST` of Prometheus 3.5.
 */
export function check(expr: Expr, report: Report): ValueType {
  switch (expr.kind) {
    case "number":
    case "string":
      break;
    case "vector":
      checkSelector(expr, report);
      break;
    case "matrix":
      checkSelector(expr.selector, report);
      break;
    case "subquery": {
      const type = check(expr.expr, report);
      if (type !== "instant vector") {
        report(`A subquery is made of an instant vector, not of ${withArticle(type)}`, expr.expr);
      }
      break;
    }
    case "call":
      checkCall(expr, report);
      break;
    case "aggregation":
      checkAggregation(expr, report);
      break;
    case "binary":
      checkBinary(expr, report);
      break;
    case "parens":
      return check(expr.expr, report);
    case "unary": {
      const type = check(expr.expr, report);
      if (type === "scalar" || type === "instant vector") break;
      report(`A sign goes with a number or an instant vector, not with ${withArticle(type)}`, expr);
    }
  }
  return typeOf(expr);
}

function expectType(expr: Expr, wanted: ValueType, where: string, report: Report): void {
  const type = check(expr, report);
  if (type === wanted) return;
  const cure = wanted === "range vector" && type === "instant vector" && expr.kind === "vector"
    ? ", such as [5m] after it"
    : "";
  report(`${where} wants ${withArticle(wanted)}${cure}, not ${withArticle(type)}`, expr);
}

function checkCall(call: FunctionCall, report: Report): void {
  const { name, args } = call;
  const nameAt = { from: call.from, to: call.from + name.length };
  const known = FUNCTIONS.get(name);
  if (known === undefined) {
    report(`Prometheus 3.5 has no function "${name}"`, nameAt);
    return;
  }
  if (known.experimental) {
    report(`"${name}" is an experiment that Prometheus has to be told to allow`, nameAt);
  }
  const least = known.variadic === undefined ? known.args.length : known.args.length - 1;
  const most = known.variadic === undefined ? least : least + known.variadic;
  if (args.length < least || args.length > most) {
    report(`"${name}" takes ${countOf(least, most)}, not ${args.length}`, call);
  }
  args.forEach((arg, i) => {
    if (i >= known.args.length && known.variadic === undefined) return;
    const wanted = known.args[Math.min(i, known.args.length - 1)];
    if (wanted !== undefined) expectType(arg, wanted, `"${name}"`, report);
  });
}

function countOf(least: number, most: number): string {
  if (most === Infinity) return `at least ${least} arguments`;
  if (least !== most) return `${least} to ${most} arguments`;
  return least === 0 ? "no argument" : least === 1 ? "1 argument" : `${least} arguments`;
}

function checkAggregation({ op, param, expr, from }: Aggregation, report: Report): void {
  if (EXPERIMENTAL_AGGREGATIONS.has(op)) {
    report(`"${op}" is an experiment that Prometheus has to be told to allow`, {
      from,
      to: from + op.length,
    });
  }
  if (param !== undefined) expectType(param, PARAMETERS[op]!, `The first argument of "${op}"`, report);
  expectType(expr, "instant vector", `"${op}"`, report);
}

function checkBinary({ op, operator, bool, matching, left, right }: BinaryOperation, report: Report): void {
  const isSet = SET_OPERATORS.has(op);
  const [leftType, rightType] = [check(left, report), check(right, report)];
  if (bool && !COMPARISONS.has(op)) report(`"bool" goes with comparisons, not with "${op}"`, operator);
  let areOperands = true;
  for (const [type, side] of [[leftType, left], [rightType, right]] as const) {
    if (type === "scalar" || type === "instant vector") continue;
    areOperands = false;
    report(`"${op}" works with numbers and instant vectors, not with ${withArticle(type)}`, side);
  }
  if (!areOperands) return;
  const areVectors = leftType === "instant vector" && rightType === "instant vector";
  if (leftType === "scalar" && rightType === "scalar" && COMPARISONS.has(op) && !bool) {
    report(`Two numbers are compared with "${op} bool"`, operator);
  }
  if (isSet && !areVectors) report(`"${op}" works with instant vectors, not with numbers`, operator);
  if (matching === undefined) return;
  if (!areVectors) {
    if (matching.labels.length > 0) report(`"${matching.mode}" goes between two instant vectors`, matching);
    return;
  }
  if (isSet && matching.group) report(`"${op}" takes no group_${matching.group.side}`, matching);
  const twice = matching.mode === "on"
    ? matching.group?.include.find((label) => matching.labels.includes(label))
    : undefined;
  if (twice !== undefined) {
    report(`The label "${twice}" stands in "on" and in "group_${matching.group!.side}"`, matching);
  }
}

function checkSelector(selector: VectorSelector, report: Report): void {
  const { metric, matchers } = selector;
  let isBounded = metric !== undefined && metric !== "";
  for (const matcher of matchers) {
    const matchesEmpty = checkMatcher(matcher, report);
    if (matchesEmpty === false) isBounded = true;
  }
  if (!isBounded) {
    report(
      "The selector would take every series there is: name a metric, or give one label a value that is not empty",
      selector,
    );
  }
}

/** Whether `matcher` fits a series without the label; undefined when it cannot be used. */
function checkMatcher(matcher: LabelMatcher, report: Report): boolean | undefined {
  const { op, value } = matcher;
  if (op === "=" || op === "!=") return (op === "=") === (value === "");
  try {
    return (op === "=~") === compileRegex(value)("");
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    report(error.message, matcher);
    return undefined;
  }
}

function withArticle(type: ValueType): string {
  return type === "instant vector" ? `an ${type}` : type === "scalar" ? "a number" : `a ${type}`;
}
