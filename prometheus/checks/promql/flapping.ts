/** `promql/flapping`: an alert on what goes up and down waits a while. */

import {
  type BinaryOperation,
  COMPARISONS,
  type Expr,
  metricOf,
  unwrap,
  type VectorSelector,
} from "../../../lib/promql/mod.ts";
import { rangesOf } from "../metric_range.ts";
import { typesOf } from "../metric_type.ts";
import { ruleCheck } from "../rule_check.ts";

/** Whatever they are taken of, they look at a while themselves, or at whether something happened. */
const OVER_TIME = /_over_time$|^(?:increase|changes|resets|predict_linear|absent.*)$/;
/** Of these a single lost scrape makes a 0. */
const REACHED = /^(?:up|probe_success)$/;

/**
 * Without `for`, one sample above the line fires and the next one below resolves. Events need none: `increase(…) > 0`, `changes(…)`, a switch that a program sets, the time since
 * something. A gauge that is compared with a number does, and so does `up`, which is 0 for every lost scrape.
 */
export const flappingCheck = ruleCheck({
  id: "promql/flapping",
  title: "An alert on what goes up and down has a `for`",
  severity: "warning",
}, function* ({ tree, kind, forMs = 0, keepFiringForMs = 0, severity }, model) {
  if (kind !== "alert" || forMs > 0 || keepFiringForMs > 0 || severity === "none") return;
  const rangeOf = rangesOf(model);
  for (const { selector, isRaw } of momentary(tree)) {
    const name = metricOf(selector);
    if (name === undefined || /timestamp|uptime|_time_seconds$|^ALERTS/.test(name)) continue;
    // What only grows stays above its line, until its program starts again.
    if (isRaw && (name.endsWith("_total") || typesOf(selector, model).has("counter"))) continue;
    const range = rangeOf(selector);
    const isSwitch = range?.whole && range.max === 1;
    if (isSwitch && !REACHED.test(name)) continue;
    yield {
      at: selector,
      message: REACHED.test(name)
        ? `Without \`for\` it fires at every lost scrape, for which "${name}" is 0`
        : `Without \`for\` it fires at a single sample of "${name}", and resolves at the next`,
      cure: "Give it a `for` of some scrape intervals, such as 5m, or compare avg_over_time()",
    };
    return;
  }
});

/** A selector whose latest samples count: its values themselves, or their rate. */
interface Momentary {
  readonly selector: VectorSelector;
  readonly isRaw: boolean;
}

/** The selectors whose latest sample decides whether something is above or below a line. */
function momentary(expr: Expr): Momentary[] {
  const inner = unwrap(expr);
  if (inner.kind !== "binary") return inner.kind === "aggregation" ? momentary(inner.expr) : [];
  if (inner.op === "or" || inner.op === "and") {
    const [left, right] = [momentary(inner.left), momentary(inner.right)];
    // Of two conditions it is enough that one of them looks at a while.
    return inner.op === "or" || (left.length > 0 && right.length > 0) ? [...left, ...right] : [];
  }
  if (inner.op === "unless") return momentary(inner.left);
  if (!COMPARISONS.has(inner.op)) return [...momentary(inner.left), ...momentary(inner.right)];
  if (involvesTime(inner) || isEvent(inner)) return [];
  return [...latest(inner.left), ...latest(inner.right)];
}

/** `rate(…) > 0`: whether something happened at all. */
function isEvent({ op, left, right }: BinaryOperation): boolean {
  const [counted, none] = [unwrap(left), unwrap(right)];
  return (op === ">" || op === "!=") && none.kind === "number" && none.value === 0 &&
    counted.kind === "call" && /^i?rate$/.test(counted.name);
}

/** Whether the time since something is compared: it goes one way only. */
function involvesTime(expr: Expr): boolean {
  const inner = unwrap(expr);
  switch (inner.kind) {
    case "call":
      return inner.name === "time" || inner.name === "timestamp" || inner.args.some(involvesTime);
    case "binary":
      return involvesTime(inner.left) || involvesTime(inner.right);
    case "aggregation":
    case "unary":
      return involvesTime(inner.expr);
    default:
      return false;
  }
}

function latest(expr: Expr): Momentary[] {
  const inner = unwrap(expr);
  switch (inner.kind) {
    case "vector":
      return [{ selector: inner, isRaw: true }];
    case "call":
      return OVER_TIME.test(inner.name) ? [] : inner.args.flatMap(latest);
    case "binary":
      return [...latest(inner.left), ...latest(inner.right)];
    case "aggregation":
    case "unary":
      return latest(inner.expr);
    case "matrix":
      return [{ selector: inner.selector, isRaw: false }];
    default:
      return [];
  }
}
