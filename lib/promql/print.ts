/** An expression as Prometheus prints it: what its API answers of a rule, on one line. */

import { formatDuration } from "../units.ts";
import type { AtModifier, BinaryOperation, Expr, LabelMatcher, VectorSelector } from "./ast.ts";

const PLAIN_METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const PLAIN_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * The text of `expr`, as Prometheus writes it. Comments, blanks and the order of matchers are not kept.
 *
 * Source: `promql/parser/printer.go` of Prometheus 3.5.
 */
export function printPromql(expr: Expr): string {
  switch (expr.kind) {
    case "number":
      return expr.isDuration ? signedDuration(expr.value * 1_000) : printNumber(expr.value);
    case "string":
      return quote(expr.value);
    case "vector":
      return `${selectorText(expr)}${modifiers(expr)}`;
    case "matrix":
      return `${selectorText(expr.selector)}[${duration(expr.rangeMs)}]${modifiers(expr.selector)}`;
    case "subquery": {
      const step = expr.stepMs ? duration(expr.stepMs) : "";
      return `${printPromql(expr.expr)}[${duration(expr.rangeMs)}:${step}]${modifiers(expr)}`;
    }
    case "call":
      return `${expr.name}(${expr.args.map(printPromql).join(", ")})`;
    case "aggregation": {
      const param = expr.param === undefined ? "" : `${printPromql(expr.param)}, `;
      return `${expr.op}${groupingText(expr.grouping)}(${param}${printPromql(expr.expr)})`;
    }
    case "binary":
      return `${printPromql(expr.left)} ${expr.op}${expr.bool ? " bool" : ""}${matchingText(expr.matching)} ${
        printPromql(expr.right)
      }`;
    case "unary":
      return `${expr.op}${printPromql(expr.expr)}`;
    case "parens":
      return `(${printPromql(expr.expr)})`;
  }
}

/** A matcher as Prometheus writes it. */
export function printMatcher({ name, op, value }: Pick<LabelMatcher, "name" | "op" | "value">): string {
  return `${PLAIN_LABEL.test(name) ? name : quote(name)}${op}${quote(value)}`;
}

function selectorText({ metric, isQuoted, matchers }: VectorSelector): string {
  const isPlain = metric === undefined || !isQuoted;
  // What Prometheus sorts is bytes of UTF-8; those of UTF-16 differ from them only beyond the characters of living languages.
  const labels = matchers.map(printMatcher).sort();
  const all = isPlain ? labels : [`__name__=${quote(metric)}`, ...labels].sort();
  return `${isPlain ? metric ?? "" : ""}${all.length > 0 ? `{${all.join(",")}}` : ""}`;
}

function modifiers({ at, offsetMs }: { at?: AtModifier; offsetMs?: number }): string {
  const moment = at === undefined ? "" : ` @ ${typeof at === "number" ? (at / 1_000).toFixed(3) : `${at}()`}`;
  return `${moment}${offsetMs ? ` offset ${signedDuration(offsetMs)}` : ""}`;
}

function groupingText(grouping: { mode: "by" | "without"; labels: readonly string[] } | undefined): string {
  // `by ()` is what is meant when nothing is said.
  if (grouping === undefined || (grouping.mode === "by" && grouping.labels.length === 0)) return "";
  const labels = grouping.labels.map((label) => PLAIN_METRIC.test(label) ? label : quote(label));
  return ` ${grouping.mode} (${labels.join(", ")}) `;
}

function matchingText(matching: BinaryOperation["matching"]): string {
  if (matching === undefined || (matching.mode === "ignoring" && matching.labels.length === 0)) return "";
  const { mode, labels, group } = matching;
  const grouped = group ? ` group_${group.side} (${group.include.join(", ")})` : "";
  return ` ${mode} (${labels.join(", ")})${grouped}`;
}

function signedDuration(ms: number): string {
  return `${ms < 0 ? "-" : ""}${duration(Math.abs(ms))}`;
}

/** Prometheus prints whole milliseconds only. */
function duration(ms: number): string {
  return formatDuration(Math.floor(ms));
}

/** As Go's `strconv.FormatFloat(value, 'f', -1, 64)`: the shortest digits, never an exponent. */
export function printNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (Object.is(value, -0)) return "-0";
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential());
  const [, sign, first, rest = "", power] = match!;
  const exponent = Number(power);
  const digits = `${first}${rest}`;
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.padEnd(exponent + 1, "0");
  const fraction = whole.slice(exponent + 1);
  return `${sign}${whole.slice(0, exponent + 1)}${fraction ? `.${fraction}` : ""}`;
}

const ESCAPED: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};

/** As Go's `strconv.Quote`. */
function quote(text: string): string {
  const body = text.replace(/[\\"\p{C}\p{Z}]/gu, (character) => {
    if (character === " ") return " ";
    const known = ESCAPED[character];
    if (known !== undefined) return known;
    const code = character.codePointAt(0)!;
    if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
    return code < 0x10000
      ? `\\u${code.toString(16).padStart(4, "0")}`
      : `\\U${code.toString(16).padStart(8, "0")}`;
  });
  return `"${body}"`;
}
