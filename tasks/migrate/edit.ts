/** Changing a TypeScript text at places that its syntax tree names; everything else of it stays as it is. */

import { parse } from "@babel/parser";

/** A piece of the text that is replaced. */
export interface Edit {
  /** Offsets in the text; the same for what is only put in. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A node of the syntax tree, as far as it is looked at here. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  // deno-lint-ignore no-explicit-any -- The tree's own types are a union of 250 interfaces; each use tests `type` first.
  readonly [key: string]: any;
}

/** The syntax tree of a TypeScript module. @throws {SyntaxError} when it is none. */
export function parseModule(source: string): Node {
  return parse(source, { sourceType: "module", plugins: ["typescript"] }).program as unknown as Node;
}

/** Every node of the tree, parents first. */
export function* nodesOf(node: Node): Generator<Node> {
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === "object" && child !== null && typeof child.type === "string" && "start" in child) {
        yield* nodesOf(child as Node);
      }
    }
  }
}

/** The properties of an object that are written out, by their names. */
export function propertiesOf(object: Node): Map<string, Node> {
  const written = (object.properties as Node[]).filter(({ type, computed }) =>
    type === "ObjectProperty" && !computed
  );
  return new Map(written.map((property) => [String(property.key.name ?? property.key.value), property]));
}

/** The text with all edits made. @throws {Error} when two of them overlap. */
export function edited(source: string, edits: readonly Edit[]): string {
  let text = "";
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    if (edit.start < at) throw new Error("Cannot migrate: two changes are about the same place");
    text += source.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return text + source.slice(at);
}

/** The value that `node` stands for: types written around it left out. */
export function bare(node: Node): Node {
  return /^TS(As|Satisfies|NonNull)/.test(node.type) || node.type === "ParenthesizedExpression"
    ? bare(node.expression)
    : node;
}

/** The object that is given to `defineStack`, directly or by the name of a constant of the file; undefined when it is made elsewhere. */
export function stackObject(program: Node): Node | undefined {
  const call = [...nodesOf(program)].find(({ type, callee }) =>
    type === "CallExpression" && (callee.name === "defineStack" || callee.property?.name === "defineStack")
  );
  const given = call?.arguments[0] && bare(call.arguments[0]);
  if (given?.type !== "Identifier") return given?.type === "ObjectExpression" ? given : undefined;
  const declared = [...nodesOf(program)].find(({ type, id }) =>
    type === "VariableDeclarator" && id.name === given.name
  );
  const value = declared?.init && bare(declared.init);
  return value?.type === "ObjectExpression" ? value : undefined;
}
