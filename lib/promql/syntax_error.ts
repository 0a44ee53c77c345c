/** Why the grammar ends somewhere in an expression, said so that it can be cured. */

import { nearest } from "../nearest.ts";
import { FUNCTIONS } from "./functions.ts";
import type { PromqlError } from "./parse.ts";

const TOKEN =
  /(?<blank>\s+|#[^\n]*)|(?<text>"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|`[^`]*`?)|(?<word>[a-zA-Z_:][\w:]*)|(?<number>(?:0[xX][\da-fA-F_]+|\d[\w.]*|\.\d[\w.]*))|(?<operator>==|!=|<=|>=|=~|!~|&&|\|\||<>|[-+*/%^<>=!&|])|(?<other>[^])/uy;

interface Token {
  readonly kind: "text" | "word" | "number" | "operator" | "other";
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

const AGGREGATIONS = [
  ..."sum avg count min max group stddev stdvar topk bottomk count_values quantile".split(" "),
];
const KEYWORDS = new Set(["bool", "on", "ignoring", "group_left", "group_right", "offset"]);
const INSTEAD: Readonly<Record<string, string>> = {
  "=": '"==" compares',
  "&&": 'write "and"',
  "&": 'write "and"',
  "||": 'write "or"',
  "|": 'write "or"',
  "<>": '"!=" compares',
  "!": '"unless" takes series away',
  "=~": "it belongs between braces, after a label",
  "!~": "it belongs between braces, after a label",
  "$": "variables are Grafana's, Prometheus knows none",
};
const CLOSES: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** The fault of `text`, in which the grammar took nothing from `position` on. */
export function syntaxError(text: string, position: number): PromqlError {
  const { before, at } = tokensAround(text, position);
  const last = before.at(-1);
  const open = openBrackets(before);
  const bracket = open.at(-1);
  if (before.length === 0 && at === undefined) {
    return { message: "There is no expression", from: 0, to: text.length };
  }
  const unclosed = before.findLast(isUnclosedText) ?? (at && isUnclosedText(at) ? at : undefined);
  if (unclosed) return fault("The text is not closed", { from: unclosed.from, to: unclosed.to });
  if (at === undefined) {
    if (bracket && !expectsOperand(last)) return fault(`The "${bracket.text}" is never closed`, bracket);
    const after = last ? ` after "${last.text}"` : "";
    return fault(`The expression ends${after}: ${expectation(last, bracket)}`, {
      from: text.length,
      to: text.length,
    });
  }
  if (at.text === "(" && last?.kind === "word" && bracket?.text !== "{") return unknownFunction(last);
  if (bracket?.text === "{") return insideBraces(at, last, bracket);
  if (bracket?.text === "[") {
    return fault(
      `Expected a duration such as "5m"${at.text === "$" ? `: ${INSTEAD.$}` : `, not "${at.text}"`}`,
      at,
    );
  }
  if (
    at.text in CLOSES === false && Object.values(CLOSES).includes(at.text) &&
    CLOSES[bracket?.text ?? ""] !== at.text
  ) {
    return fault(
      bracket
        ? `"${at.text}" does not close "${bracket.text}"`
        : `Nothing is open that "${at.text}" could close`,
      at,
    );
  }
  const instead = INSTEAD[at.text];
  if (instead !== undefined) return fault(`PromQL has no "${at.text}" here: ${instead}`, at);
  return fault(`Unexpected "${at.text}": ${expectation(last, bracket)}`, at);
}

function insideBraces(at: Token, last: Token | undefined, bracket: Token): PromqlError {
  if (last?.kind === "operator" && at.kind !== "text") {
    const value = at.kind === "word" || at.kind === "number" ? `: "${at.text}"` : "";
    return last.text === "=" && at.text.startsWith("=")
      ? fault('Labels are compared with "="', { from: last.from, to: at.to })
      : fault(`The value of a label is a quoted text${value}`, at);
  }
  if (last?.kind === "word") {
    return at.text === "=="
      ? fault('Labels are compared with "="', at)
      : fault(`Expected "=", "!=", "=~" or "!~" after the label "${last.text}", not "${at.text}"`, at);
  }
  if (last?.kind === "text") return fault(`Expected "," or "}" after a label, not "${at.text}"`, at);
  if (last === bracket || last?.text === ",") {
    return fault(`Expected the name of a label, not "${at.text}"`, at);
  }
  return fault(`Unexpected "${at.text}" between braces`, at);
}

function unknownFunction(word: Token): PromqlError {
  const names = [...FUNCTIONS.keys(), ...AGGREGATIONS];
  const meant = nearest(word.text.toLowerCase(), names);
  return fault(`There is no function "${word.text}"${meant ? `: did you mean "${meant}"?` : ""}`, word);
}

function expectation(last: Token | undefined, bracket: Token | undefined): string {
  if (bracket?.text === "[") return 'expected a duration such as "5m"';
  if (bracket?.text === "{") return 'expected the name of a label, or "}"';
  if (expectsOperand(last)) return "expected an expression";
  return bracket ? 'expected an operator, "," or ")"' : "expected an operator or the end";
}

function expectsOperand(last: Token | undefined): boolean {
  if (last === undefined || last.kind === "operator") return true;
  return last.text === "(" || last.text === "," ||
    (last.kind === "word" && /^(?:and|or|unless|atan2|bool)$/i.test(last.text)) ||
    KEYWORDS.has(last.text.toLowerCase());
}

function tokensAround(text: string, position: number): { before: Token[]; at: Token | undefined } {
  const before: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const groups = match.groups!;
    if (groups.blank === undefined) {
      const kind = (["text", "word", "number", "operator", "other"] as const).find((name) =>
        groups[name] !== undefined
      )!;
      const token = { kind, text: match[0], from: match.index, to: match.index + match[0].length };
      // It may end within a token, such as the "min" of "5min": the whole of it is what is wrong.
      if (token.to > position) return { before, at: token };
      before.push(token);
    }
    if (TOKEN.lastIndex >= text.length) break;
  }
  return { before, at: undefined };
}

function openBrackets(tokens: readonly Token[]): Token[] {
  const open: Token[] = [];
  for (const token of tokens) {
    if (token.kind !== "other") continue;
    if (token.text in CLOSES) open.push(token);
    else if (CLOSES[open.at(-1)?.text ?? ""] === token.text) open.pop();
  }
  return open;
}

function isUnclosedText({ kind, text }: Token): boolean {
  return kind === "text" && (text.length < 2 || !text.endsWith(text[0]!));
}

function fault(message: string, { from, to }: { from: number; to: number }): PromqlError {
  return { message, from, to };
}
