/** Labels in an expression that its series do not carry: in matchers, in `by` and `without`, in `on` and `ignoring`. */

import { nearest } from "../../lib/nearest.ts";
import type { Expr, LabelMatcher, Span, VectorSelector } from "../../lib/promql/ast.ts";
import { metricOf, walk } from "../../lib/promql/mod.ts";
import type { Misnomer, Origins, Source } from "./judge.ts";
import { fits, namedValues } from "./matching.ts";
import { ANY_JOB, labelsOfPart } from "./mod.ts";

/** The labels that series may carry; undefined when that is not known. */
type Labels = ReadonlySet<string> | undefined;

const DID_YOU_MEAN = "Did you mean";

/** What is wrong with the labels in `expr`, whose selectors choose series of `origins`. */
export function judgeLabels(expr: Expr, origins: ReadonlyMap<VectorSelector, Source>): Misnomer[] {
  const wrong: Misnomer[] = [];
  const labelsIn = labelsIndex(origins);
  walk(expr, (node) => {
    if (node.kind === "vector") {
      const from = origins.get(node);
      if (from !== undefined && from !== "any") wrong.push(...judgeMatchers(node, from));
    } else if (node.kind === "aggregation" && node.grouping) {
      const { mode, labels } = node.grouping;
      wrong.push(...unknownIn(mode, labels, labelsIn(node.expr), node));
    } else if (node.kind === "binary" && node.matching) {
      const { mode, labels } = node.matching;
      const [left, right] = [labelsIn(node.left), labelsIn(node.right)];
      wrong.push(...unknownIn(mode, labels, left && right && new Set([...left, ...right]), node));
      const { group } = node.matching;
      if (group) {
        wrong.push(
          ...unknownIn(`group_${group.side}`, group.include, group.side === "left" ? right : left, node),
        );
      }
    }
  });
  return wrong;
}

/** The labels that the series of `expr` may carry; undefined when that is not known. */
export function labelsGiven(expr: Expr, origins: ReadonlyMap<VectorSelector, Source>): Labels {
  return labelsIndex(origins)(expr);
}

function labelsIndex(origins: ReadonlyMap<VectorSelector, Source>): (node: Expr) => Labels {
  const possible = new Map<Expr, Labels>();
  const labelsIn = (node: Expr): Labels => {
    if (!possible.has(node)) possible.set(node, possibleLabels(node, origins, labelsIn));
    return possible.get(node);
  };
  return labelsIn;
}

function unknownIn(word: string, labels: readonly string[], known: Labels, at: Span): Misnomer[] {
  if (known === undefined) return [];
  return labels.filter((label) => !known.has(label)).map((label) => {
    const near = nearest(label, [...known]);
    return {
      kind: "label",
      from: at.from,
      to: at.to,
      certain: word !== "without" && word !== "ignoring",
      message: `${word} (${label}): none of its series has a label "${label}"`,
      cure: near ? `${DID_YOU_MEAN} "${near}"?` : `Its labels are ${[...known].sort().join(", ") || "none"}`,
    };
  });
}

function judgeMatchers(selector: VectorSelector, origins: Exclude<Source, "any">): Misnomer[] {
  const wrong = wrongMatchers(selector, origins);
  if ("recorded" in origins || !isDoubtful(origins)) return wrong;
  // A job that may expose anything may have it: only what looks like a slip of the keyboard is told.
  return wrong.filter(({ cure }) => cure.startsWith(DID_YOU_MEAN)).map((each) => ({
    ...each,
    certain: false,
  }));
}

function wrongMatchers(selector: VectorSelector, origins: Exclude<Source, "any">): Misnomer[] {
  const name = metricOf(selector);
  const known = "recorded" in origins ? origins.recorded : labelsOfOrigins(origins);
  return selector.matchers.filter(({ name }) => name !== "__name__" && name !== "job").flatMap((matcher) => {
    if (known !== undefined && !known.has(matcher.name)) {
      const near = nearest(matcher.name, [...known]);
      return [{
        kind: "label" as const,
        from: matcher.from,
        to: matcher.to,
        certain: !fits(matcher, ""),
        message: `"${name}" has no label "${matcher.name}": ${textOf(matcher)} ${
          fits(matcher, "") ? "leaves nothing out" : "selects nothing"
        }`,
        cure: near ? `${DID_YOU_MEAN} "${near}"?` : `Its labels are ${[...known].sort().join(", ")}`,
      }];
    }
    return "recorded" in origins ? [] : judgeValue(matcher, valuesOf(matcher.name, origins), name);
  });
}

/** A value that the label never takes. */
function judgeValue(
  matcher: LabelMatcher,
  values: ReadonlySet<string> | undefined,
  metric?: string,
): Misnomer[] {
  if (values === undefined) return [];
  const at = { kind: "label" as const, from: matcher.from, to: matcher.to };
  const isNegative = matcher.op === "!=" || matcher.op === "!~";
  const named = namedValues(matcher);
  if (named === undefined) {
    const positive = { op: "=~" as const, value: matcher.value };
    if (fits(positive, "") || [...values].some((value) => fits(positive, value))) return [];
    return [{
      ...at,
      certain: !isNegative,
      message: `${textOf(matcher)} fits no value that "${matcher.name}" of "${metric}" takes`,
      cure: `Its values are ${listed(values)}`,
    }];
  }
  return named.filter((value) => value !== "" && !values.has(value)).map((value) => {
    const near = nearest(value, [...values]);
    return {
      ...at,
      certain: !isNegative,
      message: `"${matcher.name}" of "${metric}" is never "${value}"`,
      cure: near ? `${DID_YOU_MEAN} "${near}"?` : `Its values are ${listed(values)}`,
    };
  });
}

/** All values of a label: those in the catalogue, or those of the targets; undefined when others are possible. */
function valuesOf(label: string, { jobs, found }: Origins): ReadonlySet<string> | undefined {
  const own = found.filter(({ metric }) => metric.labels.includes(label));
  if (own.length > 0) {
    const lists = own.map(({ metric }) => metric.values?.[label]);
    return lists.every((list) => list !== undefined) ? new Set(lists.flat()) : undefined;
  }
  const exposers = exposersOf({ jobs, found });
  if (exposers.some(({ open }) => open) || found.some((each) => labelsOfPart(each).includes(label))) {
    return undefined;
  }
  return new Set(exposers.flatMap(({ targets }) => targets.flatMap((target) => target[label] ?? [])));
}

/** Jobs whose series these are. */
function exposersOf({ jobs, found }: Origins) {
  return jobs.filter(({ name }) => found.some(({ job }) => job === ANY_JOB || job === name));
}

/** Whether a job of which nobody knows what it exposes may be asked. */
function isDoubtful({ jobs }: Origins): boolean {
  return jobs.some(({ known }) => !known);
}

function labelsOfOrigins({ jobs, found }: Origins): Labels {
  const exposers = exposersOf({ jobs, found });
  if (exposers.some(({ open }) => open)) return undefined;
  const ofTargets = exposers.flatMap(({ targets }) => targets.flatMap((target) => Object.keys(target)));
  return new Set(["job", "instance", ...ofTargets, ...found.flatMap((each) => labelsOfPart(each))]);
}

function possibleLabels(
  node: Expr,
  origins: ReadonlyMap<VectorSelector, Source>,
  labelsIn: (node: Expr) => Labels,
): Labels {
  switch (node.kind) {
    case "vector": {
      const from = origins.get(node);
      if (from === undefined || from === "any") return undefined;
      return "recorded" in from ? from.recorded : isDoubtful(from) ? undefined : labelsOfOrigins(from);
    }
    case "matrix":
      return labelsIn(node.selector);
    case "subquery":
    case "parens":
    case "unary":
      return labelsIn(node.expr);
    case "aggregation": {
      const inner = labelsIn(node.expr);
      if (node.op === "count_values") return undefined;
      if (/^(?:topk|bottomk|limitk|limit_ratio)$/.test(node.op)) return inner;
      if (node.grouping === undefined) return new Set();
      const { mode, labels } = node.grouping;
      if (mode === "by") return inner && new Set(labels.filter((label) => inner.has(label)));
      return inner && new Set([...inner].filter((label) => !labels.includes(label)));
    }
    case "call": {
      if (/^(?:label_|absent|info$)/.test(node.name)) return undefined;
      const series = node.args.filter(({ kind }) => kind !== "number" && kind !== "string");
      return union(series.map(labelsIn));
    }
    case "binary":
      return union([node.left, node.right].filter(({ kind }) => kind !== "number").map(labelsIn));
    case "number":
    case "string":
      return new Set();
  }
}

function union(sets: readonly Labels[]): Labels {
  return sets.every((set) => set !== undefined) ? new Set(sets.flatMap((set) => [...set])) : undefined;
}

function textOf({ name, op, value }: LabelMatcher): string {
  return `${name}${op}${JSON.stringify(value)}`;
}

function listed(values: ReadonlySet<string>): string {
  return [...values].sort().map((value) => `"${value}"`).join(", ") || "none";
}
