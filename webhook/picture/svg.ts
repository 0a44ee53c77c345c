/** SVG as text: whatever is put into it, it stays well-formed, and texts stay texts. */

/** A piece of well-formed SVG. */
export type Element = string & { readonly element: true };

type Attributes = Readonly<Record<string, string | number>>;

// What XML 1.0 does not have, not even written out.
// deno-lint-ignore no-control-regex -- these are what it is about
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g;
// Invisible, they reorder or hide what stands around them.
const HIDING = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** An element of our own with its attributes and content. */
export function element(name: string, attributes: Attributes, ...content: readonly Element[]): Element {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`);
  return `<${name}${written.join("")}>${content.join("")}</${name}>` as Element;
}

/** A text, at its place. */
export function svgText(text: string, attributes: Attributes): Element {
  return element("text", attributes, escapeXml(text) as Element);
}

/** `text` on one line, with `…` when it is longer than `limit` characters. */
export function cutLabel(text: string, limit: number): string {
  // Only the beginning of a long one is looked at.
  const line = text.slice(0, limit * 8).replace(/\s+/g, " ").trim();
  const characters = [...line];
  return characters.length <= limit ? line : characters.slice(0, limit - 1).join("").trimEnd() + "…";
}

/** `text` as XML has it; what XML cannot have is a replacement character, what would hide or reorder is left out. */
export function escapeXml(text: string): string {
  return text.toWellFormed().replace(HIDING, "").replace(ILLEGAL, "\ufffd")
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
