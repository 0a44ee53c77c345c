/** The words of an action of Go's text/template. */

/** A word, with its offsets in the template. */
export interface Token {
  readonly kind: "word" | "field" | "variable" | "string" | "number" | "char" | "symbol" | "dot" | "space";
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** What keeps a template from being parsed, and where. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
  constructor(message: string, readonly from: number, readonly to: number) {
    super(message);
  }
}

const WORDS: readonly (readonly [kind: Token["kind"], pattern: RegExp])[] = [
  ["space", /[ \t\r\n]+/y],
  ["string", /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y],
  ["char", /'(?:[^'\\\n]|\\.)+'/y],
  [
    "number",
    /[+-]?(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+(?![\d.])|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)i?/y,
  ],
  ["variable", /\$\w*/y],
  ["field", /\.[\p{L}_][\p{L}\p{N}_]*/uy],
  ["dot", /\./y],
  ["symbol", /:=|[()|,=]/y],
  ["word", /[\p{L}_][\p{L}\p{N}_]*/uy],
];

/**
 * The words of `text` from `start` to `end`, white space between them as one word.
 *
 * Source: `lexInsideAction` of Go's text/template/parse.
 *
 * @throws {TemplateError} at what is no word.
 */
export function lex(text: string, start: number, end: number): Token[] {
  const tokens: Token[] = [];
  let at = start;
  while (at < end) {
    const found = WORDS.flatMap(([kind, pattern]) => {
      pattern.lastIndex = at;
      const match = pattern.exec(text)?.[0];
      return match === undefined || at + match.length > end ? [] : [{ kind, text: match }];
    })[0];
    if (!found) {
      const quote = text[at] === '"' || text[at] === "`" || text[at] === "'";
      throw new TemplateError(
        quote ? "This text has no closing quote" : `Unexpected "${text[at]}" in the action`,
        at,
        at + 1,
      );
    }
    tokens.push({ ...found, from: at, to: at + found.text.length });
    at += found.text.length;
  }
  return tokens;
}
