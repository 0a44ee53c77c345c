/** What is wrong with a template, found without running it. */

import {
  AssignTag,
  ForTag,
  type Liquid,
  LiquidError,
  type PropertyAccessToken,
  TablerowTag,
  type Template,
  type Token,
  TypeGuards,
  Value,
} from "./liquid.ts";
import { nearest } from "../../lib/nearest.ts";
import { FILE_TAGS } from "./engine.ts";
import { namesOf, type Shape, type TemplateKey } from "./scope.ts";

/** Something that is wrong in a template. */
export interface TemplateProblem {
  readonly key: TemplateKey;
  /** What it is and what was wanted: one sentence, capital first, no full stop. */
  readonly message: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** The templates of `source`, or what keeps it from being parsed. */
export function parseTemplate(
  engine: Liquid,
  key: TemplateKey,
  source: string,
): Template[] | TemplateProblem {
  try {
    return engine.parse(source);
  } catch (error) {
    if (!(error instanceof LiquidError)) throw error;
    const { token, originalError } = error as LiquidError & { token: Token; originalError?: Error };
    const said = originalError?.message ?? error.message.replace(/, line:\d+, col:\d+$/, "");
    return explained(key, said, token, engine);
  }
}

/** Every name in parsed `templates` that stands for nothing. */
export function unknownNames(key: TemplateKey, templates: readonly Template[]): TemplateProblem[] {
  // What a loop goes over is looked at twice.
  const found = new Map<string, TemplateProblem>();
  const complain = (message: string, token: Token) => {
    const problem = { key, message, ...placeOf(token) };
    found.set(JSON.stringify(problem), problem);
  };
  visit(templates, { key, complain, scopes: [new Map(Object.entries(namesOf(key)))] });
  return [...found.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** Liquid's words for what it cannot parse as ours, with the name that was probably meant. */
function explained(key: TemplateKey, said: string, token: Token, engine: Liquid): TemplateProblem {
  const [, filter] = /^undefined filter: (.*)$/.exec(said) ?? [];
  if (filter !== undefined) {
    const at = new RegExp(`\\|\\s*${filter}\\b`).exec(token.getText());
    const offset = at ? token.begin + at.index + at[0].length - filter.length : token.begin;
    const message = unknown("filter", filter, Object.keys(engine.filters));
    return { key, message, ...placeAt(token.input, offset) };
  }
  const [, tag] = /^tag "(.*)" not found$/.exec(said) ?? [];
  const message = tag === undefined
    ? `Cannot be read: ${said}`
    : FILE_TAGS.includes(tag)
    ? `Cannot use the tag "${tag}": a template stands alone`
    : unknown("tag", tag, Object.keys(engine.tags).filter((name) => name !== "#"));
  return { key, message, ...placeOf(token) };
}

function unknown(what: string, name: string, known: readonly string[], where = ""): string {
  const near = nearest(name, known) ?? (what === "field" ? sameStart(name, known) : undefined);
  const hint = near !== undefined
    ? `: did you mean "${near}"?`
    : known.length <= 20
    ? `: expected ${alternatives(known)}`
    : "";
  return `Unknown ${what} "${name}"${where}${hint}`;
}

/** The only candidate that begins as `name` does: short names are soon too far from any. */
function sameStart(name: string, known: readonly string[]): string | undefined {
  const start = name.slice(0, 3).toLowerCase();
  const found = known.filter((each) => each.toLowerCase().startsWith(start));
  return start.length === 3 && found.length === 1 ? found[0] : undefined;
}

function alternatives(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  return quoted.length < 2 ? quoted.join() : `one of ${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}

function placeOf({ input, begin }: Token): { line: number; column: number } {
  return placeAt(input, begin);
}

function placeAt(input: string, offset: number): { line: number; column: number } {
  const before = input.slice(0, offset).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

// They give a list of what they get a list of, or one of its entries.
const SAME = new Set([
  "where",
  "reject",
  "where_exp",
  "reject_exp",
  "sort",
  "sort_natural",
  "reverse",
  "uniq",
]);
const ENTRY = new Set(["first", "last", "find", "find_exp", "sample", "pop", "shift"]);
const LOOP: Shape = {
  fields: {
    length: "text",
    index: "text",
    index0: "text",
    rindex: "text",
    rindex0: "text",
    first: "text",
    last: "text",
    name: "text",
    parentloop: "any",
  },
};

/** A place in a template. */
interface Place {
  readonly key: TemplateKey;
  readonly complain: (message: string, token: Token) => void;
  /** Names and what they stand for, the innermost last; what is assigned is known everywhere after: it is among the first. */
  readonly scopes: readonly Map<string, Shape>[];
}

function visit(templates: readonly Template[], place: Place): void {
  for (const template of templates) {
    for (const argument of template.arguments?.() ?? []) shapeOf(argument, place);
    for (const { content } of template.localScope?.() ?? []) {
      const shape = template instanceof AssignTag ? shapeOf(valueOf(template), place) : "any";
      place.scopes[0]!.set(String(content), shape);
    }
    const inner = new Map<string, Shape>();
    for (const name of template.blockScope?.() ?? []) inner.set(name, name === "forloop" ? LOOP : "any");
    if (template instanceof ForTag || template instanceof TablerowTag) {
      inner.set(template.variable, entryOf(shapeOf(template.collection, place)));
    }
    visit(childrenOf(template), { ...place, scopes: [...place.scopes, inner] });
  }
}

function childrenOf(template: Template): Template[] {
  // No template has partial ones: their tags are not there.
  return template.children?.(false, true).next().value as Template[] | undefined ?? [];
}

/** What a tag assigns: its only argument. */
function valueOf(tag: AssignTag): unknown {
  return [...tag.arguments()][0];
}

function entryOf(shape: Shape): Shape {
  return typeof shape === "object" && "list" in shape ? shape.list : "any";
}

/** What `value` stands for; complains about what is unknown in it. */
function shapeOf(value: unknown, place: Place): Shape {
  if (value instanceof Value || TypeGuards.isFilteredValueToken(value)) {
    const operands = value.initial.postfix.map((token) => shapeOf(token, place));
    let shape = operands.length === 1 ? operands[0]! : "any";
    for (const { name, args } of value.filters) {
      for (const arg of args) shapeOf(Array.isArray(arg) ? arg[1] : arg, place);
      shape = ENTRY.has(name) ? entryOf(shape) : SAME.has(name) ? shape : "any";
    }
    return shape;
  }
  if (TypeGuards.isRangeToken(value)) {
    shapeOf(value.lhs, place);
    shapeOf(value.rhs, place);
    return { list: "text" };
  }
  return TypeGuards.isPropertyAccessToken(value) ? pathShape(value, place) : "any";
}

function pathShape({ variable, props }: PropertyAccessToken, place: Place): Shape {
  if (variable !== undefined) {
    for (const prop of props) shapeOf(prop, place);
    return "any";
  }
  const [root, ...members] = props as Token[];
  let said = nameOf(root!) ?? "…";
  let shape = rootShape(root!, place);
  for (const member of members) {
    shapeOf(member, place);
    shape = memberShape(shape, said, member, place);
    said = `${said}.${nameOf(member) ?? "…"}`;
  }
  return shape;
}

/** What a part of a path is called; undefined when that depends on another value. */
function nameOf(token: Token): string | undefined {
  return TypeGuards.isWordToken(token) || TypeGuards.isQuotedToken(token) || TypeGuards.isNumberToken(token)
    ? String(token.content)
    : undefined;
}

function rootShape(token: Token, { key, scopes, complain }: Place): Shape {
  const name = nameOf(token);
  if (name === undefined) return "any";
  const scope = scopes.findLast((each) => each.has(name));
  if (scope) return scope.get(name)!;
  if (Object.hasOwn(namesOf("alert"), name)) {
    complain(
      `Unknown field "${name}": only the template "alert" has it; write {% for alert in alerts %} in "${key}"`,
      token,
    );
  } else complain(unknown("field", name, scopes.flatMap((each) => [...each.keys()])), token);
  return "any";
}

function memberShape(shape: Shape, of: string, token: Token, { complain }: Place): Shape {
  const name = nameOf(token);
  if (shape === "any" || name === undefined) return "any";
  if (shape === "map") return "text";
  if (shape === "text") {
    // Liquid gives the length of a text.
    if (name !== "size") {
      complain(`Unknown field "${name}" of ${of}: that is one value without fields`, token);
    }
    return "any";
  }
  if ("list" in shape) {
    if (/^(-?\d+|first|last)$/.test(name)) return shape.list;
    if (name === "size") return "text";
    complain(
      `Unknown field "${name}" of ${of}: that is a list; write {% for alert in ${of} %} around it`,
      token,
    );
    return "any";
  }
  if (Object.hasOwn(shape.fields, name)) return shape.fields[name]!;
  complain(unknown("field", name, Object.keys(shape.fields), ` of ${of}`), token);
  return "any";
}
