/** Discord's Markdown. */

import type { Line, Span } from "./lines.ts";

/**
 * `text` so that Discord shows it as it is: a backslash before everything that could be markup, a mention, an emoji, a link or a time.
 *
 * Source: support.discord.com, "Markdown Text 101"; a backslash before any character that is no letter, digit or space is not shown.
 */
export function escapeDiscord(text: string): string {
  return text
    .replace(/[\\*_~`|<>[\]()@#:]/g, "\\$&")
    // These are markup only at the beginning of a line.
    .replace(/^(\s*)([-+])/gm, "$1\\$2")
    .replace(/^(\s*\d+)\.(?=\s|$)/gm, "$1\\.");
}

/** Lines in Markdown. */
export function discordMarkdown(lines: readonly Line[]): string {
  return lines.map((line) => line.map(spanMarkdown).join("")).join("\n");
}

function spanMarkdown({ text, look, url }: Span): string {
  const escaped = escapeDiscord(text);
  if (url !== undefined) return `[${escaped}](${url})`;
  if (text.trim() === "") return text;
  if (look === "bold") return `**${escaped}**`;
  // Nothing can be escaped within code, where a backtick would end it, and a backslash is read in more than one way.
  return look === "code" && !/[`\\]/.test(text) ? `\`${text}\`` : escaped;
}
