/** Where in a TypeScript text a part of the configuration is written. Loaded only when something is wrong. */

import { parse } from "@babel/parser";

/** A place in a text. */
export interface Place {
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  /** How many characters of the line it covers. */
  readonly length: number;
}

/** A text that is not TypeScript. */
export interface SyntaxProblem extends Place {
  readonly message: string;
}

/** A node of the syntax tree, as far as it is looked at here. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly loc: {
    readonly start: { readonly line: number; readonly column: number };
    readonly end: { readonly line: number; readonly column: number };
  };
  // deno-lint-ignore no-explicit-any -- The tree's own types are a union of 250 interfaces; each use below tests `type` first.
  readonly [key: string]: any;
}

/** The first syntax error of `source`, or undefined when it is TypeScript. */
export function syntaxProblem(source: string): SyntaxProblem | undefined {
  try {
    parse(source, { sourceType: "module", plugins: ["typescript"] });
    return undefined;
  } catch (error) {
    const { message, loc } = error as SyntaxError & { loc?: { line: number; column: number } };
    if (!loc) throw error;
    return {
      // The parser appends the place, which is shown apart.
      message: message.replace(/\s*\(\d+:\d+\)$/, "").replace(/\.$/, ""),
      line: loc.line,
      column: loc.column + 1,
      length: 1,
    };
  }
}

/** The place where `source` imports from `specifier`; undefined when it does not. */
export function placeOfImport(
  source: string,
  test: (specifier: string) => boolean,
): (Place & { specifier: string }) | undefined {
  for (const statement of programOf(source)) {
    const from = statement.source as Node | undefined | null;
    if (from && test(from.value)) return { ...placeOf(from), specifier: from.value };
  }
  return undefined;
}

/** The place of the default export; undefined when there is none. */
export function placeOfDefaultExport(source: string): Place | undefined {
  const found = programOf(source).find(({ type }) => type === "ExportDefaultDeclaration");
  return found && placeOf(found.declaration);
}

/**
 * The place of the configuration's part at `path`: of its value, or with `at: "key"` of its key. What is not written there
 * (a default, the result of a function) is placed at its nearest parent that is.
 *
 * @param call Line and column, from 1, of the call of `defineStack` that is meant; the default export's when left out.
 */
export function placeOfPath(
  source: string,
  path: readonly PropertyKey[],
  options: { at?: "key" | "value"; call?: { line: number; column: number } } = {},
): Place | undefined {
  const found = follow(source, path, options.call);
  if (!found) return undefined;
  const { node, entry, depth } = found;
  return options.at === "key" && depth === path.length && entry
    ? placeOf(entry.key ?? entry.value)
    : placeOf(node);
}

/**
 * The place of some characters of the text that is written at `path`.
 *
 * @param text What the configuration's part at `path` is; undefined when it is no text, or its characters do not matter.
 * @param options `from` and `to`: which characters of `text`, from 0, the end excluded; the whole value when left out. `least`: how many keys
 * of `path` must be written for a place to be worth showing.
 * @returns undefined when less of the path than `least` is written in `source`.
 */
export function placeInValue(
  source: string,
  path: readonly PropertyKey[],
  text: string | undefined,
  options: { from?: number; to?: number; least: number; call?: { line: number; column: number } },
): Place | undefined {
  const found = follow(source, path, options.call);
  if (!found || found.depth < options.least) return undefined;
  const { node, entry, depth } = found;
  const { from, to } = options;
  if (text !== undefined && from !== undefined && depth === path.length) {
    const [start, end] = [from, Math.max(from + 1, to ?? from + 1)].map((at) =>
      offsetIn(node, text, at, source)
    );
    if (start !== undefined) return placeOfRange(source, start, end ?? start + 1);
  }
  // An object of many lines is shown by its key.
  const isLong = node.loc.end.line !== node.loc.start.line;
  return placeOf(isLong && entry?.key ? entry.key : node);
}

/** How far `path` is written in `source`: the innermost node, what it is in its parent, and the number of keys that were followed. */
function follow(
  source: string,
  path: readonly PropertyKey[],
  call: { line: number; column: number } | undefined,
): { node: Node; entry?: Entry; depth: number } | undefined {
  const program = programOf(source);
  const scope = constantsOf(program);
  let node = argumentOf(program, scope, call);
  if (!node) return undefined;
  let last: Entry | undefined;
  for (const [depth, key] of path.entries()) {
    const entry = entryOf(node, key, scope);
    if (!entry) return { node, entry: last, depth };
    last = entry;
    // A shorthand or a constant: what it stands for is where the value is written.
    node = resolved(entry.value, scope) ?? entry.value;
  }
  return { node, entry: last, depth: path.length };
}

/** Where in `source` a character of the text stands that a literal gives; undefined when it cannot be told. */
function offsetIn(node: Node, text: string, at: number, source: string): number | undefined {
  const inRaw = (raw: string, count: number): number | undefined => {
    let left = count;
    for (const piece of raw.matchAll(/\\(?:x..|u\{[^}]+\}|u.{4}|\r?\n|.)|[^]/gs)) {
      if (left <= 0) return piece.index;
      // A backslash before a line's end stands for nothing.
      left -= /^\\\r?\n$/.test(piece[0]) ? 0 : 1;
    }
    return left <= 0 ? raw.length : undefined;
  };
  if (node.type === "StringLiteral") {
    const place = inRaw(source.slice(node.start + 1, node.end - 1), at);
    return place === undefined ? undefined : node.start + 1 + place;
  }
  if (node.type !== "TemplateLiteral") return undefined;
  const parts = node.quasis as Node[];
  const [first, end] = [parts[0]!, parts.at(-1)!];
  const value = (part: Node) => (part.value as { cooked?: string }).cooked ?? "";
  if (at <= value(first).length) {
    const place = inRaw(source.slice(first.start, first.end), at);
    return place === undefined ? undefined : first.start + place;
  }
  // What stands behind the last insertion is counted from the end.
  const behind = value(end).length - (text.length - at);
  const place = behind < 0 ? undefined : inRaw(source.slice(end.start, end.end), behind);
  return place === undefined ? undefined : end.start + place;
}

function placeOfRange(source: string, from: number, to: number): Place {
  const before = source.slice(0, from).split("\n");
  const length = source.slice(from, to).split("\n", 1)[0]!.length;
  return { line: before.length, column: before.at(-1)!.length + 1, length: Math.max(1, length) };
}

/** An object's property or a list's element. */
interface Entry {
  readonly key?: Node;
  readonly value: Node;
}

type Scope = ReadonlyMap<string, Node>;

function entryOf(node: Node, key: PropertyKey, scope: Scope): Entry | undefined {
  const container = resolved(node, scope);
  if (container?.type === "ObjectExpression") return propertyOf(container, key, scope);
  if (container?.type === "ArrayExpression" && typeof key === "number") {
    return elementOf(container, key, scope);
  }
  return undefined;
}

function propertyOf(object: Node, key: PropertyKey, scope: Scope): Entry | undefined {
  // The last one of a name is the one that counts.
  for (const member of [...object.properties as Node[]].reverse()) {
    if (member.type === "SpreadElement") {
      const found = entryOf(member.argument, key, scope);
      if (found) return found;
    } else if (!member.computed && String(member.key.name ?? member.key.value) === String(key)) {
      return { key: member.key, value: member.type === "ObjectProperty" ? member.value : member };
    }
  }
  return undefined;
}

const unfolded = new WeakMap<Node, Node[]>();

function elementOf(array: Node, index: number, scope: Scope): Entry | undefined {
  const elements = unfolded.get(array) ?? elementsOf(array, scope);
  unfolded.set(array, elements);
  const value = elements?.[index];
  return value && { value };
}

/** A list's elements with spreads unfolded, up to the first that cannot be followed. */
function elementsOf(array: Node, scope: Scope): Node[] {
  const all: Node[] = [];
  for (const element of array.elements as (Node | null)[]) {
    if (element?.type !== "SpreadElement") {
      if (element) all.push(element);
      continue;
    }
    const inner = resolved(element.argument, scope);
    if (inner?.type !== "ArrayExpression") break;
    all.push(...elementsOf(inner, scope));
  }
  return all;
}

/** What an expression stands for, through type annotations, constants of the file and their members. */
function resolved(node: Node, scope: Scope, depth = 0): Node | undefined {
  // A constant that refers to itself cannot run, but it can be parsed.
  if (depth > 20) return undefined;
  switch (node.type) {
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSNonNullExpression":
    case "TSTypeAssertion":
      return resolved(node.expression, scope, depth + 1);
    case "Identifier": {
      const value = scope.get(node.name);
      return value && resolved(value, scope, depth + 1);
    }
    case "MemberExpression": {
      const key = node.computed ? node.property.value : node.property.name;
      const object = resolved(node.object, scope, depth + 1);
      const entry = object && key !== undefined ? entryOf(object, key, scope) : undefined;
      return entry && resolved(entry.value, scope, depth + 1);
    }
    default:
      return node;
  }
}

/** The argument of the call of `defineStack` that is meant. */
function argumentOf(
  program: readonly Node[],
  scope: Scope,
  call: { line: number; column: number } | undefined,
): Node | undefined {
  const calls = callsOf.get(program) ?? program.flatMap(callsIn);
  callsOf.set(program, calls);
  const meant = calls.find((node) =>
    // V8 puts a call at its callee's name.
    call && node.loc.start.line === call.line && node.loc.start.column + 1 === call.column
  );
  if (meant) return meant.arguments[0] ?? meant;
  const exported = program.find(({ type }) => type === "ExportDefaultDeclaration")?.declaration as
    | Node
    | undefined;
  const value = exported && resolved(exported, scope);
  return value?.type === "CallExpression" ? value.arguments[0] ?? value : value;
}

const callsOf = new WeakMap<readonly Node[], Node[]>();

function callsIn(node: unknown): Node[] {
  if (Array.isArray(node)) return node.flatMap(callsIn);
  if (typeof node !== "object" || node === null || typeof (node as Node).type !== "string") return [];
  const inner = Object.entries(node).flatMap(([key, value]) => key === "loc" ? [] : callsIn(value));
  return (node as Node).type === "CallExpression" ? [node as Node, ...inner] : inner;
}

function constantsOf(program: readonly Node[]): Scope {
  const declarations = program.map((node) =>
    node.type === "ExportNamedDeclaration" ? node.declaration as Node | null : node
  );
  return new Map(
    declarations.flatMap((node) => node?.type === "VariableDeclaration" ? node.declarations as Node[] : [])
      .flatMap(({ id, init }) => id.type === "Identifier" && init ? [[id.name, init]] : []),
  );
}

function placeOf({ loc }: Node): Place {
  const length = loc.end.line === loc.start.line ? loc.end.column - loc.start.column : 1;
  return { line: loc.start.line, column: loc.start.column + 1, length };
}

// Thousands of problems may be placed in the same text.
let parsed: { readonly source: string; readonly program: Node[] } | undefined;

function programOf(source: string): Node[] {
  if (parsed?.source !== source) {
    const { program } = parse(source, { sourceType: "module", errorRecovery: true, plugins: ["typescript"] });
    parsed = { source, program: program.body as unknown as Node[] };
  }
  return parsed.program;
}
