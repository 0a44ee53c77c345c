/** Text of a stranger, made safe for a terminal. */

// Controls (C0, DEL, C1), what reorders or hides text (bidi marks, embeddings, isolates, zero width, tags), line and paragraph separators.
// The zero-width joiner stays: emoji are made with it, and alone it only joins.
// deno-lint-ignore no-control-regex
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
const SPACE = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

/**
 * `text` as one line that shows what it holds: line ends and tabs are a space, and characters that control a terminal or reorder text are
 * written out, as `<U+202E>`.
 *
 * @param maxLength Longer texts are cut, with `…`; UTF-16 units, 4,000 by default.
 */
export function oneLine(text: string, maxLength = 4_000): string {
  // Cut first: what is written out is up to eight times longer.
  const cut = text.length > maxLength ? `${text.slice(0, maxLength).toWellFormed()}…` : text.toWellFormed();
  return cut.replace(SPACE, " ").replace(UNSAFE, (character) => {
    const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
    return `<U+${code}>`;
  });
}
