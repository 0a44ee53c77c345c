/** What is wrong in a template of an alert, by its text alone. */

import {
  type Operand,
  parseTemplate,
  type Pipeline,
  type Span,
  TemplateError,
  type TemplateNode,
} from "../../lib/go_template/mod.ts";
import { nearest } from "../../lib/nearest.ts";
import { FUNCTIONS, NUMERIC_LABELS, type TemplateType } from "./annotation_functions.ts";

/** Something wrong in a template; the place is offsets in its text. */
export interface TemplateFault extends Span {
  readonly message: string;
  readonly cure: string;
}

/** What can be said of a template. */
export interface TemplateFindings {
  readonly faults: readonly TemplateFault[];
  /** Labels that it takes from the alert's sample, each with its places. */
  readonly labels: readonly (Span & { readonly name: string })[];
}

/** Variables that Prometheus sets before each template. */
const VARIABLES: readonly (readonly [string, TemplateType])[] = [
  ["", "data"],
  ["labels", "labels"],
  ["externalLabels", "any"],
  ["externalURL", "text"],
  ["value", "number"],
];
const DATA_FIELDS: Readonly<Record<string, TemplateType>> = {
  Labels: "labels",
  ExternalLabels: "any",
  ExternalURL: "text",
  Value: "number",
};
const WORDS: Readonly<Record<TemplateType, string>> = {
  data: "the template's data",
  labels: "the labels",
  label: "a label's text",
  text: "text",
  number: "a number",
  samples: "a list of samples",
  sample: "a sample",
  any: "a value",
};

interface Scope {
  readonly variables: Map<string, TemplateType>;
  readonly dot: TemplateType;
}

interface Collector {
  readonly faults: TemplateFault[];
  readonly labels: (Span & { name: string })[];
}

/** Everything that is wrong in `text`, and the labels that it uses. */
export function templateFindings(text: string): TemplateFindings {
  const found: Collector = { faults: [], labels: [] };
  try {
    const nodes = parseTemplate(text);
    visit(nodes, { variables: new Map(VARIABLES), dot: "data" }, found);
    if (nodes.every((node) => node.kind === "text" && node.value.trim() === "")) {
      found.faults.push({
        from: 0,
        to: text.length,
        message: "The text is empty: whoever is told would read nothing",
        cure: "Say what is wrong, where, and how bad it is",
      });
    }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const { message, from, to } = error;
    found.faults.push({
      from,
      to,
      message,
      cure: "Write a template that Go's text/template takes, such as {{ $value }}",
    });
  }
  return found;
}

function visit(nodes: readonly TemplateNode[], scope: Scope, found: Collector): void {
  for (const node of nodes) {
    const type = "pipeline" in node && node.pipeline ? typeOfPipeline(node.pipeline, scope, found) : "any";
    switch (node.kind) {
      case "if":
      case "with":
      case "range": {
        const dot = node.kind === "if" ? scope.dot : node.kind === "with" ? type : elementOf(type);
        visit(
          node.body,
          inner(scope, node.pipeline, node.kind === "range" ? elementOf(type) : type, dot),
          found,
        );
        visit(node.otherwise, inner(scope, node.pipeline, type, scope.dot), found);
        break;
      }
      case "define":
        visit(node.body, { variables: new Map([["", "any"]]), dot: "any" }, found);
        break;
      case "block":
        visit(node.body, { variables: new Map([["", type]]), dot: type }, found);
        break;
      case "action":
        for (const name of node.pipeline.sets) scope.variables.set(name, type);
        break;
      case "text":
      case "template":
      case "break":
      case "continue":
    }
  }
}

function inner(scope: Scope, pipeline: Pipeline, type: TemplateType, dot: TemplateType): Scope {
  const variables = new Map(scope.variables);
  // Of `$i, $e` the last is the element.
  for (const [i, name] of pipeline.sets.entries()) {
    variables.set(name, i === pipeline.sets.length - 1 ? type : "any");
  }
  return { variables, dot };
}

function elementOf(type: TemplateType): TemplateType {
  return type === "samples" ? "sample" : type === "labels" ? "label" : "any";
}

function typeOfPipeline({ commands }: Pipeline, scope: Scope, found: Collector): TemplateType {
  let type: TemplateType | undefined;
  let last: Span | undefined;
  for (const { operands, from, to } of commands) {
    const [head, ...rest] = operands as [Operand, ...Operand[]];
    const args = rest.map((operand) => typeOf(operand, scope, found));
    const piped = type === undefined ? args : [...args, type];
    const places: Span[] = [...rest, ...(last ? [last] : [])];
    if (head.kind === "function") type = typeOfCall(head, rest, piped, places, found);
    else {
      const given = typeOf(head, scope, found);
      // A method, such as Format of a time, takes arguments too.
      const isMethod = given === "any" && "fields" in head && head.fields.length > 0;
      if (piped.length > 0 && !isMethod) {
        found.faults.push({
          from: head.from,
          to: head.to,
          message: "Only a function can be given arguments",
          cure: "Name a function first, such as printf",
        });
      }
      type = given;
    }
    last = { from, to };
  }
  return type ?? "any";
}

function typeOf(operand: Operand, scope: Scope, found: Collector): TemplateType {
  switch (operand.kind) {
    case "field":
      return chain(scope.dot, operand.fields, found);
    case "variable": {
      const type = scope.variables.get(operand.name);
      if (type !== undefined) return chain(type, operand.fields, found);
      const near = nearest(operand.name, [...scope.variables.keys()].filter(Boolean));
      found.faults.push({
        from: operand.from,
        to: operand.from + operand.name.length + 1,
        message: `There is no variable "$${operand.name}"`,
        cure: near
          ? `Did you mean "$${near}"?`
          : "Prometheus gives $labels, $value, $externalLabels and $externalURL",
      });
      return "any";
    }
    case "pipeline":
      return chain(typeOfPipeline(operand.pipeline, scope, found), operand.fields, found);
    case "function":
      return typeOfCall(operand, [], [], [], found);
    case "string":
      return "text";
    case "number":
      return "number";
    case "constant":
      return "any";
  }
}

function chain(
  start: TemplateType,
  fields: readonly (Span & { name: string })[],
  found: Collector,
): TemplateType {
  let type = start;
  for (const { name, from, to } of fields) {
    if (type === "labels") {
      found.labels.push({ name, from, to });
      type = "label";
      continue;
    }
    const known: Readonly<Record<string, TemplateType>> | undefined = type === "data"
      ? DATA_FIELDS
      : type === "sample"
      ? { Labels: "any", Value: "number" }
      : type === "any"
      ? undefined
      : {};
    if (!known) return "any";
    if (!Object.hasOwn(known, name)) {
      const near = nearest(name, Object.keys(known));
      found.faults.push({
        from,
        to,
        message: `There is no field ".${name}": this is ${WORDS[type]}`,
        cure: near
          ? `Did you mean ".${near}"?`
          : type === "data"
          ? "Use .Labels, .Value, .ExternalLabels or .ExternalURL, or for a label $labels.NAME"
          : `Leave ".${name}" out`,
      });
      return "any";
    }
    type = known[name]!;
  }
  return type;
}

function typeOfCall(
  { name, from, to }: Span & { readonly name: string },
  operands: readonly Operand[],
  args: readonly TemplateType[],
  places: readonly Span[],
  found: Collector,
): TemplateType {
  const known = FUNCTIONS.get(name);
  if (!known) {
    const near = nearest(name, [...FUNCTIONS.keys()]);
    found.faults.push({
      from,
      to,
      message: `There is no function "${name}"`,
      cure: near
        ? `Did you mean "${near}"?`
        : "Use one that Prometheus's templates know, such as humanize or printf",
    });
    return "any";
  }
  if (args.length < known.least || args.length > known.most) {
    found.faults.push({
      from,
      to,
      message: `"${name}" takes ${
        known.least === known.most
          ? known.least
          : known.most === Infinity
          ? `${known.least} or more`
          : `${known.least} to ${known.most}`
      } ${known.most === 1 ? "argument" : "arguments"}, and is given ${args.length}`,
      cure: `Write it as {{ ${name}${" …".repeat(known.least)} }}`,
    });
    return known.gives;
  }
  if (known.wantsNumber) numberFault(name, operands.at(-1), args.at(-1), places.at(-1), found);
  if (name === "printf") printfFaults(operands, args, places, found);
  if (name === "index" && args[0] === "labels" && operands[1]?.kind === "string") {
    found.labels.push({ name: operands[1].value, from: operands[1].from, to: operands[1].to });
    return "label";
  }
  if (name === "index" && args[0] === "samples") return "sample";
  return known.gives;
}

function numberFault(
  name: string,
  operand: Operand | undefined,
  type: TemplateType | undefined,
  place: Span | undefined,
  found: Collector,
): void {
  const label = type === "label" ? found.labels.at(-1) : undefined;
  const isText = (label !== undefined && !NUMERIC_LABELS.has(label.name)) || type === "labels" ||
    type === "samples" ||
    (operand?.kind === "string" && Number.isNaN(Number(operand.value || "x")));
  if (!isText || !place) return;
  found.faults.push({
    from: place.from,
    to: place.to,
    message: `"${name}" takes a number, and is given ${WORDS[type!]}`,
    cure: `Give it $value, or leave "${name}" out`,
  });
}

/** Which values each verb can print. */
const NUMBER_VERBS = /[eEfFgGb]/;
const WHOLE_VERBS = /[dcoOU]/;

function printfFaults(
  operands: readonly Operand[],
  args: readonly TemplateType[],
  places: readonly Span[],
  found: Collector,
): void {
  const [format] = operands;
  if (format?.kind !== "string") return;
  const verbs = [...format.value.matchAll(/%[-+# 0]*(?:\d+|\*)?(?:\.(?:\d+|\*)?)?(?:\[\d+\])?([a-zA-Z%])/g)]
    .filter(([, verb]) => verb !== "%");
  // Verbs that take more than one argument, or name theirs, are left to promtool.
  if (verbs.some(([whole]) => /[*[]/.test(whole))) return;
  if (verbs.length !== args.length - 1) {
    found.faults.push({
      from: format.from,
      to: format.to,
      message: `The format wants ${verbs.length} ${verbs.length === 1 ? "value" : "values"}, and is given ${
        args.length - 1
      }`,
      cure: "Give one value for each %",
    });
    return;
  }
  for (const [i, [whole, verb]] of verbs.entries()) {
    const type = args[i + 1]!;
    const isText = type === "label" || type === "text";
    const isNumber = type === "number";
    const literal = operands[i + 1];
    const isWholeNumber = literal?.kind === "number" && Number.isInteger(literal.value);
    const wrong = NUMBER_VERBS.test(verb!)
      ? isText
      : WHOLE_VERBS.test(verb!)
      ? isText || (isNumber && !isWholeNumber)
      : verb === "s" && isNumber;
    if (!wrong) continue;
    const place = places[i + 1] ?? format;
    found.faults.push({
      from: place.from,
      to: place.to,
      message: `"${whole}" cannot print ${WORDS[type]}: the text would have "%!${verb}(…)" in it`,
      cure: isText ? 'Use "%s"' : 'Use "%.0f" or "%.1f"',
    });
  }
}
