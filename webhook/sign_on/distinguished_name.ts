/** Distinguished names (RFC 4514): compared, not taken apart. */

/** Whether a text is a DN, and not only a name. */
export function isDn(text: string): boolean {
  return /^\s*[A-Za-z][\w.-]*\s*=/.test(text);
}

/** Whether two DNs mean the same entry, as directories compare names: without regard to capitals, spaces around, and how a character is escaped. */
export function sameDn(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(dn: string): string {
  return dn
    .replace(/\\([0-9a-fA-F]{2})|\\(.)/gs, (_, hex, character) => hex ? `\\${hex}` : `\\${hexOf(character)}`)
    .toLowerCase()
    .replace(/\s*([,=+])\s*/g, "$1")
    .replace(/\s+/g, " ")
    .trim()
    // A directory writes letters beyond ASCII as bytes, or as they are.
    .replace(/[\u0080-\uffff]+/g, (text) => [...new TextEncoder().encode(text)].map(byte).join(""));
}

function hexOf(character: string): string {
  return [...new TextEncoder().encode(character)].map((each) => each.toString(16).padStart(2, "0")).join(
    "\\",
  );
}

function byte(value: number): string {
  return `\\${value.toString(16).padStart(2, "0")}`;
}
