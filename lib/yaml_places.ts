/** Where things stand in a YAML text: from a path to its place, and back. */

import {
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
} from "yaml";

/** Keys and indices that lead to a value. */
export type YamlPath = readonly (string | number)[];

/** A place in a text. */
export interface YamlPlace {
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  /** How many characters of the line it covers. */
  readonly length: number;
}

/** The places in a YAML text. A text that is not YAML has those of what could be read. */
export interface YamlPlaces {
  /** Where the value at `path` stands, or its nearest ancestor that is there; undefined in an empty text. */
  placeOf(path: YamlPath): YamlPlace | undefined;
  /** Where the last key of `path` stands; its value's place where it is no key, or an ancestor's when it is not there. */
  placeOfKey(path: YamlPath): YamlPlace | undefined;
  /** Where the characters from `from` to `to` (not included) of the text at `path` stand, as far as their first line goes. */
  placeIn(path: YamlPath, from: number, to: number): YamlPlace | undefined;
  /**
   * What stands at a place: the path of the innermost value, and for text how many of its characters stand before the place. A key leads
   * to its value.
   */
  pathAt(line: number, column?: number): { path: (string | number)[]; offset?: number } | undefined;
}

/** Finds places in `text`. */
export function yamlPlaces(text: string): YamlPlaces {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, keepSourceTokens: true, logLevel: "silent" });
  const place = (node: Node | null | undefined): YamlPlace | undefined => {
    if (!node?.range) return undefined;
    const [from, to] = node.range;
    const { line, col } = lines.linePos(from);
    const end = text.indexOf("\n", from);
    return { line, column: col, length: Math.max(1, Math.min(to, end === -1 ? to : end) - from) };
  };
  const follow = (path: YamlPath): { pair?: Pair; node: Node | undefined; found: boolean } => {
    let node = document.contents as Node | undefined | null;
    let pair: Pair | undefined;
    for (const key of path) {
      const next = childOf(node, key);
      if (!next) return { pair, node: node ?? undefined, found: false };
      ({ pair, node } = next);
    }
    return { pair, node: node ?? undefined, found: true };
  };
  return {
    placeOf: (path) => {
      const { pair, node } = follow(path);
      return place(node) ?? place(pair?.key as Node);
    },
    placeOfKey: (path) => {
      const { pair, node } = follow(path);
      return place(pair?.key as Node) ?? place(node);
    },
    placeIn: (path, from, to) => {
      const { node, found } = follow(path);
      if (!found || !isScalar(node) || typeof node.value !== "string" || !node.range) return place(node);
      const start = textOffset(node, from, text);
      const { line, col } = lines.linePos(start);
      const end = text.indexOf("\n", start);
      const last = Math.min(textOffset(node, Math.max(to, from + 1), text), end === -1 ? text.length : end);
      return { line, column: col, length: Math.max(1, last - start) };
    },
    pathAt: (line, column) => {
      const start = lines.lineStarts[line - 1];
      if (start === undefined) return undefined;
      const lineText = text.slice(start).split("\n", 1)[0]!;
      const offset = start + (column === undefined ? lineText.search(/[^\s-]|$/) : column - 1);
      return pathTo(document.contents as Node | null, offset, text);
    },
  };
}

function childOf(
  node: Node | undefined | null,
  key: string | number,
): { pair?: Pair; node: Node | null } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key: own }) => String(isScalar(own) ? own.value : own) === String(key));
    return pair && { pair, node: pair.value as Node | null };
  }
  if (isSeq(node) && typeof key === "number" && key < node.items.length) {
    return { node: node.items[key] as Node };
  }
  return undefined;
}

function pathTo(
  root: Node | null,
  offset: number,
  text: string,
): { path: (string | number)[]; offset?: number } | undefined {
  const path: (string | number)[] = [];
  let node = root;
  while (isMap(node) || isSeq(node)) {
    const index = lastBefore(node.items, offset);
    if (index === -1) break;
    const item = node.items[index];
    if (isPair(item)) {
      path.push(String(isScalar(item.key) ? item.key.value : item.key));
      node = item.value as Node | null;
    } else {
      path.push(index);
      node = item as Node | null;
    }
  }
  if (path.length === 0) return undefined;
  const inside = isScalar(node) && typeof node.value === "string" && node.range && offset >= node.range[0];
  return inside ? { path, offset: offsetIn(node as Scalar, offset, text) } : { path };
}

/** The last of a collection's items that begins at `offset` or before it. */
function lastBefore(items: readonly unknown[], offset: number): number {
  return items.findLastIndex((item) => {
    const first = (isPair(item) ? item.key : item) as Node | null;
    return first?.range ? first.range[0] <= offset : false;
  });
}

/** Where the character `offset` of a scalar's value stands in the text: {@link offsetIn} the other way. */
function textOffset(node: Scalar, offset: number, text: string): number {
  let [low, high] = [node.range![0], node.range![1]];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (offsetIn(node, middle, text) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** How many characters of a scalar's value stand before `offset` of the text. */
function offsetIn(node: Scalar, offset: number, text: string): number {
  const raw = text.slice(node.range![0], offset);
  switch (node.type) {
    case Scalar.QUOTE_SINGLE:
      return raw.slice(1).replaceAll("''", "'").length;
    case Scalar.QUOTE_DOUBLE:
      // An escape is one character, whatever it takes to write it.
      return raw.slice(1).replace(/\\(?:x..|u.{4}|U.{8}|.)/gs, "x").length;
    case Scalar.BLOCK_LITERAL:
    case Scalar.BLOCK_FOLDED: {
      const [, ...body] = raw.split("\n");
      const [first = ""] = text.slice(node.range![0]).split("\n").slice(1).filter((line) =>
        line.trim() !== ""
      );
      const indent = /^ */.exec(first)![0].length;
      return Math.max(0, body.map((line) => line.slice(indent)).join("\n").length);
    }
    default:
      return raw.length;
  }
}
