/** What is drawn of each alert: its expression without what it is compared with, and that line. */

import { type Expr, parsePromql, printPromql } from "../../lib/promql/mod.ts";
import type { PrometheusLinks } from "../links.ts";
import type { Measure } from "../schema.ts";
import { jobLabelOf, scrapeJobs } from "../scrape_jobs.ts";
import { configuredRules, contextOf } from "./configured.ts";
import { FAMILIES } from "./mod.ts";
import { ownRules } from "./own.ts";
import { type AlertRule, isAlert } from "./rule.ts";

/** How a value is compared with a number. */
export type GraphOperator = ">" | ">=" | "<" | "<=" | "==" | "!=";

/** The curve of one expression, and its line. */
export interface RuleGraph {
  /** PromQL of the curve. */
  readonly query: string;
  /** How it is compared with the line; left out with it. */
  readonly operator?: GraphOperator;
  /** Where the line is; left out where the expression is not compared with a number. */
  readonly threshold?: number;
  /** Grafana's name of the unit, where the rule says one. */
  readonly unit?: string;
}

/** A rule's graph, and the whole expression that it is of, as Prometheus prints it. */
export interface GraphOfRule extends RuleGraph {
  readonly expr: string;
}

/** The graph of an alert: of the first rule of its name, and those of the others of that name: of another severity, or for some hosts. */
export interface AlertGraph extends GraphOfRule {
  readonly others?: readonly GraphOfRule[];
}

/** The graphs of all alerts that there are, the stack's own and those that config.ts brings, by the alert's name. */
export function alertGraphs(measure: Measure, links: PrometheusLinks): Record<string, AlertGraph> {
  const jobs = [...new Set(scrapeJobs(measure, links).map(jobLabelOf))];
  const context = contextOf(measure, jobs, links.stack);
  const shipped = FAMILIES.flatMap((family) => {
    const { rules, overrides } = configuredRules(family, measure, context);
    return [...rules, ...overrides.flat()];
  });
  const byName = new Map<string, GraphOfRule[]>();
  for (const rule of [...shipped, ...ownRules(measure.alerts, [])].filter(isAlert)) {
    const graphs = byName.get(rule.alert) ?? [];
    byName.set(rule.alert, graphs);
    graphs.push(graphOfRule(rule));
  }
  return Object.fromEntries(
    [...byName].map((
      [name, [first, ...others]],
    ) => [name, { ...first!, ...(others.length > 0 && { others }) }]),
  );
}

function graphOfRule({ expr: text, unit }: AlertRule): GraphOfRule {
  const { expr } = parsePromql(text);
  // What cannot be read was refused before, with its place; it is still an expression.
  if (expr === undefined) return { query: text, expr: text };
  return { ...splitExpression(expr), ...(unit !== undefined && { unit }), expr: printPromql(expr) };
}

const MIRRORED: Readonly<Record<GraphOperator, GraphOperator>> = {
  ">": "<",
  ">=": "<=",
  "<": ">",
  "<=": ">=",
  "==": "==",
  "!=": "!=",
};

/**
 * The curve of an alert's value, and its line. What only says when the value counts (`and`, `unless`) is left out, as the value is that of the
 * left side; what cannot be split stays whole.
 */
export function splitExpression(expr: Expr): RuleGraph {
  return split(expr) ?? { query: printPromql(expr) };
}

function split(expr: Expr): RuleGraph | undefined {
  if (expr.kind === "parens") return split(expr.expr);
  if (expr.kind !== "binary") return undefined;
  const { op, left, right, bool } = expr;
  if (op === "and" || op === "unless") return split(left);
  if (bool || !Object.hasOwn(MIRRORED, op)) return undefined;
  const operator = op as GraphOperator;
  const threshold = numberIn(right);
  // Of two lines, as in `x > 80 < 120`, the inner one is the alert's.
  if (threshold !== undefined) return split(left) ?? { query: printPromql(left), operator, threshold };
  const mirrored = numberIn(left);
  if (mirrored === undefined) return undefined;
  return { query: printPromql(right), operator: MIRRORED[operator], threshold: mirrored };
}

function numberIn(expr: Expr): number | undefined {
  if (expr.kind === "parens") return numberIn(expr.expr);
  if (expr.kind === "number") return Number.isFinite(expr.value) ? expr.value : undefined;
  if (expr.kind !== "unary") return undefined;
  const value = numberIn(expr.expr);
  return value !== undefined && expr.op === "-" ? -value : value;
}
