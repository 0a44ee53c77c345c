/** Bytes of others, as text that can be looked at. */

import { visible } from "../visible.ts";

/** Bytes that are shown; the whole is had as a file. */
export const SHOWN_BYTES = 64 * 1024;

const PER_LINE = 16;
// A secret that the cut goes through would not be found: so much more is looked at than shown.
const MARGIN_BYTES = 4 * 1024;

/** What is shown of some bytes. */
export interface ShownBytes {
  /** As what they are shown. */
  readonly kind: "text" | "bytes";
  readonly text: string;
  /** Whether there is more than is shown. */
  readonly isCut: boolean;
}

/**
 * UTF-8 as text in which what cannot be seen is written as `\u{…}`; everything else by its bytes, 16 a line.
 *
 * @param redact Puts `<secret>` in the place of each secret.
 */
export function showBytes(bytes: Uint8Array, redact: (text: string) => string): ShownBytes {
  const isCut = bytes.length > SHOWN_BYTES;
  const part = bytes.subarray(0, SHOWN_BYTES + MARGIN_BYTES);
  const text = textIn(part, isCut);
  if (text !== undefined) return { kind: "text", text: visible(withoutMargin(redact(text), isCut)), isCut };
  const latin = Array.from(part, (byte) => String.fromCharCode(byte)).join("");
  const clean = withoutMargin(redact(latin), isCut);
  return { kind: "bytes", text: dump(Array.from(clean, (letter) => letter.charCodeAt(0))), isCut };
}

function withoutMargin(text: string, isCut: boolean): string {
  return isCut ? text.slice(0, -MARGIN_BYTES) : text;
}

function textIn(bytes: Uint8Array, isCut: boolean): string | undefined {
  try {
    // A cut may go through a letter.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isCut });
  } catch {
    // No UTF-8: shown by its bytes.
    return undefined;
  }
}

/** As `hexdump -C` has it. */
function dump(bytes: readonly number[]): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += PER_LINE) {
    const some = bytes.slice(at, at + PER_LINE);
    const hex = some.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const letters = some.map((byte) => byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".").join(
      "",
    );
    lines.push(`${at.toString(16).padStart(6, "0")}  ${hex.padEnd(PER_LINE * 3 - 1)}  ${letters}`);
  }
  return lines.join("\n");
}
