/** Templates of Go's text/template, parsed. */

import type { Command, Name, Operand, Pipeline, TemplateNode } from "./ast.ts";
import { lex, TemplateError, type Token } from "./lex.ts";

/** A piece of a template: text, or what stands between two pairs of braces. */
interface Piece {
  readonly kind: "text" | "action";
  /** Offsets of the text, or of the action's inside. */
  readonly from: number;
  readonly to: number;
  /** Offsets with the braces. */
  readonly outer: { readonly from: number; readonly to: number };
  readonly trimBefore?: boolean;
  readonly trimAfter?: boolean;
}

/**
 * The parts of a template.
 *
 * Source: Go's text/template/parse.
 *
 * @throws {TemplateError} at the first thing that Go would refuse.
 */
export function parseTemplate(text: string): readonly TemplateNode[] {
  const reader = { text, pieces: piecesOf(text), next: 0 };
  const { nodes } = parseList(reader, undefined);
  return nodes;
}

interface Reader {
  readonly text: string;
  readonly pieces: readonly Piece[];
  next: number;
}

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf("{{", at);
    const textEnd = open === -1 ? text.length : open;
    if (textEnd > at) pieces.push({ kind: "text", from: at, to: textEnd, outer: { from: at, to: textEnd } });
    if (open === -1) break;
    const trimBefore = /^-\s/.test(text.slice(open + 2, open + 4));
    const inside = open + 2 + (trimBefore ? 1 : 0);
    const comment = /^\s*\/\*/.exec(text.slice(inside));
    const close = comment ? endOfComment(text, inside, open) : endOfAction(text, inside, open);
    const trimAfter = /\s-$/.test(text.slice(Math.max(inside, close - 2), close)) ||
      (comment !== null && text[close - 1] === "-");
    const outer = { from: open, to: close + 2 };
    if (!comment) {
      pieces.push({
        kind: "action",
        from: inside,
        to: trimAfter ? close - 1 : close,
        outer,
        trimBefore,
        trimAfter,
      });
    } else pieces.push({ kind: "text", from: close, to: close, outer, trimBefore, trimAfter });
    at = close + 2;
  }
  return pieces;
}

function endOfComment(text: string, inside: number, open: number): number {
  const end = text.indexOf("*/", inside);
  const close = end === -1 ? -1 : text.indexOf("}}", end);
  if (end === -1) throw new TemplateError("This comment is not closed", open, open + 2);
  if (!/^\*\/(?: -)?$/.test(text.slice(end, close === -1 ? undefined : close).trimEnd())) {
    throw new TemplateError("A comment must end where its action ends", end, end + 2);
  }
  return close;
}

function endOfAction(text: string, inside: number, open: number): number {
  // Braces inside a quoted text close nothing.
  const part = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+'|\}\}|\{\{|[^]/g;
  part.lastIndex = inside;
  for (let match = part.exec(text); match; match = part.exec(text)) {
    if (match[0] === "}}") return match.index;
    if (match[0] === "{{") break;
  }
  throw new TemplateError("This action is not closed: there is no }}", open, open + 2);
}

const ENDS = new Set(["end", "else"]);

/** Nodes up to the action that ends the list, which is read as well. */
function parseList(
  reader: Reader,
  opener: Piece | undefined,
): { nodes: TemplateNode[]; end?: string; tokens: Token[]; piece?: Piece } {
  const nodes: TemplateNode[] = [];
  while (reader.next < reader.pieces.length) {
    const piece = reader.pieces[reader.next++]!;
    if (piece.kind === "text") {
      nodes.push({ kind: "text", value: textOf(reader, piece), ...piece.outer });
      continue;
    }
    const tokens = lex(reader.text, piece.from, piece.to);
    const words = tokens.filter(({ kind }) => kind !== "space");
    const first = words[0];
    if (!first) throw new TemplateError("This action is empty", piece.outer.from, piece.outer.to);
    if (first.kind === "word" && ENDS.has(first.text)) {
      if (!opener) {
        throw new TemplateError(`Nothing is open that "${first.text}" could belong to`, first.from, first.to);
      }
      return { nodes, end: first.text, tokens: words.slice(1), piece };
    }
    nodes.push(parseNode(reader, piece, tokens, words));
  }
  if (opener) {
    throw new TemplateError("This has no {{ end }}", opener.outer.from, opener.outer.to);
  }
  return { nodes, tokens: [] };
}

function parseNode(reader: Reader, piece: Piece, tokens: Token[], words: Token[]): TemplateNode {
  const [{ text: keyword }] = words as [Token];
  const rest = tokens.slice(tokens.indexOf(words[0]!) + 1);
  const span = piece.outer;
  switch (words[0]!.kind === "word" ? keyword : "") {
    case "if":
    case "with":
    case "range": {
      const kind = keyword as "if" | "with" | "range";
      return parseBranch(reader, piece, kind, parsePipeline(rest, piece));
    }
    case "template": {
      const { name, pipeline } = parseNamed(rest, piece);
      return { kind: "template", name, pipeline, ...span };
    }
    case "define":
    case "block": {
      const { name, pipeline } = parseNamed(rest, piece);
      const { nodes: body, end, piece: last } = parseList(reader, piece);
      if (end !== "end") {
        throw new TemplateError(`"${keyword}" has no else`, last!.outer.from, last!.outer.to);
      }
      return { kind: keyword as "define" | "block", name, pipeline, body, ...span };
    }
    case "break":
    case "continue":
      return { kind: keyword as "break" | "continue", ...span };
    default:
      return { kind: "action", pipeline: parsePipeline(tokens, piece), ...span };
  }
}

function parseBranch(
  reader: Reader,
  piece: Piece,
  kind: "if" | "with" | "range",
  pipeline: Pipeline,
): TemplateNode {
  const { nodes: body, end, tokens, piece: middle } = parseList(reader, piece);
  const span = piece.outer;
  if (end === "end") return { kind, pipeline, body, otherwise: [], ...span };
  const [word, ...rest] = tokens;
  if (word?.text === "if" || word?.text === "with") {
    const inner = parsePipeline(lex(reader.text, word.to, middle!.to), middle!);
    return { kind, pipeline, body, otherwise: [parseBranch(reader, middle!, word.text, inner)], ...span };
  }
  if (word) {
    throw new TemplateError(`Unexpected "${[word, ...rest][0]!.text}" behind else`, word.from, word.to);
  }
  const { nodes: otherwise, end: last, piece: second } = parseList(reader, piece);
  if (last !== "end") throw new TemplateError("There are two else", second!.outer.from, second!.outer.to);
  return { kind, pipeline, body, otherwise, ...span };
}

function parseNamed(tokens: Token[], piece: Piece): { name: string; pipeline?: Pipeline } {
  const [name, ...rest] = tokens.filter(({ kind }) => kind !== "space");
  if (name?.kind !== "string") {
    throw new TemplateError("The template's name is missing", piece.outer.from, piece.outer.to);
  }
  return {
    name: unquoted(name),
    ...(rest.length > 0 && { pipeline: parsePipeline(tokens.slice(tokens.indexOf(rest[0]!)), piece) }),
  };
}

function parsePipeline(tokens: readonly Token[], piece: Piece): Pipeline {
  const words = tokens.filter(({ kind }) => kind !== "space");
  const [from, to] = [words[0]?.from ?? piece.from, words.at(-1)?.to ?? piece.to];
  const mark = words.findIndex(({ text, kind }) => kind === "symbol" && (text === ":=" || text === "="));
  const targets = mark === -1 ? [] : words.slice(0, mark).filter(({ text }) => text !== ",");
  if (targets.some(({ kind }) => kind !== "variable")) {
    throw new TemplateError("Only a variable can be set", targets[0]!.from, targets.at(-1)!.to);
  }
  const body = mark === -1 ? tokens : tokens.slice(tokens.indexOf(words[mark]!) + 1);
  const commands = splitPipes(body).map((part) => parseCommand(part, piece));
  return {
    sets: targets.map(({ text }) => text.slice(1)),
    declares: words[mark]?.text === ":=",
    commands,
    from,
    to,
  };
}

/** The commands of a pipeline; a bar inside parentheses belongs to the inner one. */
function splitPipes(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.text === "(" && token.kind === "symbol") depth++;
    if (token.text === ")" && token.kind === "symbol") depth--;
    if (depth === 0 && token.kind === "symbol" && token.text === "|") parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts;
}

function parseCommand(tokens: readonly Token[], piece: Piece): Command {
  const operands: Operand[] = [];
  let at = 0;
  while (at < tokens.length) {
    if (tokens[at]!.kind === "space") {
      at++;
      continue;
    }
    const { operand, next } = parseOperand(tokens, at, piece);
    if (next < tokens.length && tokens[next]!.kind !== "space") {
      const { text, from, to } = tokens[next]!;
      throw new TemplateError(`Unexpected "${text}" in the action`, from, to);
    }
    operands.push(operand);
    at = next;
  }
  if (operands.length === 0) {
    throw new TemplateError("A value is missing here", piece.outer.from, piece.outer.to);
  }
  return { operands, from: operands[0]!.from, to: operands.at(-1)!.to };
}

function parseOperand(
  tokens: readonly Token[],
  at: number,
  piece: Piece,
): { operand: Operand; next: number } {
  const token = tokens[at]!;
  const { kind, text, from, to } = token;
  const chain = (start: number): { fields: Name[]; next: number; end: number } => {
    const fields: Name[] = [];
    let next = start;
    let end = tokens[start - 1]!.to;
    while (tokens[next]?.kind === "field") {
      const field = tokens[next++]!;
      fields.push({ name: field.text.slice(1), from: field.from, to: field.to });
      end = field.to;
    }
    return { fields, next, end };
  };
  switch (kind) {
    case "field": {
      const { fields, next, end } = chain(at + 1);
      return {
        operand: { kind: "field", fields: [{ name: text.slice(1), from, to }, ...fields], from, to: end },
        next,
      };
    }
    case "dot":
      return { operand: { kind: "field", fields: [], from, to }, next: at + 1 };
    case "variable": {
      const { fields, next, end } = chain(at + 1);
      return { operand: { kind: "variable", name: text.slice(1), fields, from, to: end }, next };
    }
    case "string":
      return { operand: { kind: "string", value: unquoted(token), from, to }, next: at + 1 };
    case "char":
    case "number":
      return {
        operand: { kind: "number", value: kind === "char" ? text.codePointAt(1)! : Number(text), from, to },
        next: at + 1,
      };
    case "word":
      if (text === "true" || text === "false" || text === "nil") {
        return {
          operand: { kind: "constant", value: text === "nil" ? null : text === "true", from, to },
          next: at + 1,
        };
      }
      return { operand: { kind: "function", name: text, from, to }, next: at + 1 };
    default: {
      if (text !== "(") throw new TemplateError(`Unexpected "${text}" in the action`, from, to);
      let depth = 0;
      const close = tokens.findIndex((one, i) => {
        if (i < at || one.kind !== "symbol") return false;
        if (one.text === "(") depth++;
        if (one.text === ")") depth--;
        return depth === 0;
      });
      if (close === -1) throw new TemplateError("This parenthesis is not closed", from, to);
      const pipeline = parsePipeline(tokens.slice(at + 1, close), piece);
      const { fields, next, end } = chain(close + 1);
      return { operand: { kind: "pipeline", pipeline, fields, from, to: end }, next };
    }
  }
}

function textOf(reader: Reader, piece: Piece): string {
  const [before, after] = [
    reader.pieces[reader.pieces.indexOf(piece) - 1],
    reader.pieces[reader.pieces.indexOf(piece) + 1],
  ];
  let value = reader.text.slice(piece.from, piece.to);
  if (before?.trimAfter) value = value.trimStart();
  if (after?.trimBefore) value = value.trimEnd();
  return value;
}

function unquoted({ text }: Token): string {
  if (text.startsWith("`")) return text.slice(1, -1);
  return text.slice(1, -1).replace(
    /\\(?:x([\da-f]{2})|u([\da-f]{4})|(.))/gi,
    (_, x, u, c) =>
      x ?? u
        ? String.fromCharCode(parseInt(x ?? u, 16))
        : ({ n: "\n", t: "\t", r: "\r" } as Record<string, string>)[c] ?? c,
  );
}
