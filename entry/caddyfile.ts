/** The Caddyfile's syntax: directives with arguments, and blocks of them. Source: caddyserver.com/docs/caddyfile/concepts. */

/** A line of a Caddyfile: a directive with its arguments and, if it has one, its block; or an empty line. */
export type Line = string | readonly [head: string, block: readonly Line[]];

/** The text of `lines`, indented by tabs as `caddy fmt` does. */
export function caddyfile(lines: readonly Line[], depth = 0): string {
  const indent = "\t".repeat(depth);
  return lines.map((line) => {
    if (line === "") return "\n";
    if (typeof line === "string") return `${indent}${line}\n`;
    const [head, block] = line;
    return `${indent}${head === "" ? "" : `${head} `}{\n${caddyfile(block, depth + 1)}${indent}}\n`;
  }).join("");
}

/** `text` as one argument: in quotes, and with nothing in it that Caddy would replace. */
export function argument(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&").replaceAll("{", "\\{")}"`;
}
