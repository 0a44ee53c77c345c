/** Text of others, in which nothing hides. */

// What cannot be seen, or changes how its surroundings are seen: controls but tab and line feed, and what changes the direction of text.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;

/** `text` with what cannot be seen written out. */
export function visible(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(
    UNSEEN,
    (letter) => letter === "\n" || letter === "\t" ? letter : `\\u{${letter.codePointAt(0)!.toString(16)}}`,
  );
}
