/** Text of a stranger, made safe for a terminal. */

// Controls, what reorders or hides text (bidi marks, embeddings and isolates, zero width, tags), line and paragraph separators.
// The zero-width joiner stays: emoji are made with it, and alone it only joins.
const UNSAFE = /(?!\u200d)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const SPACE = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

/** `text` with characters that control a terminal or reorder text written out, as `<U+202E>`. */
export function writeOut(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
    return `<U+${code}>`;
  });
}

/**
 * `text` as one line that shows what it holds: as `writeOut`, and line ends and tabs are a space.
 *
 * @param maxLength Longer texts are cut, with `…`; UTF-16 units, 4,000 by default.
 */
export function oneLine(text: string, maxLength = 4_000): string {
  // Cut first: what is written out is up to nine times longer.
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return writeOut(cut.toWellFormed().replace(SPACE, " "));
}
