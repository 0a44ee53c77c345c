/** Reading our own pages: headings, links, code blocks, generated parts. Only the Markdown that they use. */

import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { run } from "../../lib/process.ts";

/** The project's directory. */
export const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

/** A fenced code block. */
export interface CodeBlock {
  /** What stands after the fence, such as `ts`. */
  readonly language: string;
  readonly text: string;
  /** The comment above it, such as `<!-- config -->`: how a test is to use it. */
  readonly mark?: string;
  /** Line of its fence, counted from 1. */
  readonly line: number;
}

/** A heading. */
export interface Heading {
  /** 1 to 6. */
  readonly level: number;
  readonly text: string;
  /** Line, counted from 1. */
  readonly line: number;
}

/** What a clone of the working tree would hold, relative to the project. @param pattern Such as `*.md`; everything by default. */
export async function checkoutPaths(pattern = "."): Promise<string[]> {
  // The checkout may be another user's, which git refuses unless it is told.
  const args = [
    "-c",
    "safe.directory=*",
    "ls-files",
    "-z",
    "--cached",
    "--others",
    "--exclude-standard",
    pattern,
  ];
  const { code, stdout, stderr } = await run("git", args, { cwd: PROJECT });
  if (code !== 0) throw new Error(`Cannot list the files of the checkout: ${stderr.trim()}`);
  // Some may be listed by git and removed since.
  const there = stdout.split("\0").filter(Boolean).map(async (path) => {
    const info = await Deno.stat(join(PROJECT, path)).catch(() => undefined);
    return info?.isFile ? [path] : [];
  });
  return (await Promise.all(there)).flat();
}

/** The text of a page of the project. @param path Relative to the project. */
export async function readPage(path: string): Promise<string> {
  return await Deno.readTextFile(join(PROJECT, path));
}

/** The fenced code blocks of a page, in order. */
export function codeBlocks(page: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  const lines = page.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const language = /^```(\S*)/.exec(lines[i]!)?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf("```", i + 1);
    if (end < 0) throw new SyntaxError(`The code block of line ${i + 1} has no end`);
    const above = lines.slice(0, i).findLast((line) => line.trim() !== "") ?? "";
    const mark = /^<!-- (.+) -->$/.exec(above)?.[1];
    blocks.push({ language, text: lines.slice(i + 1, end).join("\n") + "\n", mark, line: i + 1 });
    i = end;
  }
  return blocks;
}

/** The page without its code blocks; the lines keep their numbers. */
export function prose(page: string): string {
  let inside = false;
  return page.split("\n").map((line) => {
    const fence = line.startsWith("```");
    if (fence) inside = !inside;
    return fence || inside ? "" : line;
  }).join("\n");
}

/** The headings of a page, in order. */
export function headings(page: string): Heading[] {
  return prose(page).split("\n").flatMap((line, i) => {
    const match = /^(#{1,6}) (.+?)\s*$/.exec(line);
    return match ? [{ level: match[1]!.length, text: match[2]!, line: i + 1 }] : [];
  });
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchors(page: string): string[] {
  const seen = new Map<string, number>();
  return headings(page).map(({ text }) => {
    const base = text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "").replaceAll(" ", "-");
    const count = seen.get(base) ?? 0;
    seen.set(base, count + 1);
    return count === 0 ? base : `${base}-${count}`;
  });
}

/** Where the links and images of a page lead, with their lines. */
export function links(page: string): { readonly target: string; readonly line: number }[] {
  return prose(page).split("\n").flatMap((line, i) =>
    [...line.replace(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)|<img[^>]*\ssrc="([^"]+)"/g)]
      .map((match) => ({ target: (match[1] ?? match[2])!, line: i + 1 }))
  );
}

/** The rows of the first table below a heading, without its head; cells trimmed. */
export function tableBelow(page: string, heading: string): string[][] {
  const lines = page.split("\n");
  const at = headings(page).find(({ text }) => text === heading)?.line;
  if (at === undefined) throw new RangeError(`There is no heading "${heading}"`);
  const start = lines.findIndex((line, i) => i >= at && line.startsWith("|"));
  const end = lines.findIndex((line, i) => i > start && !line.startsWith("|"));
  return lines.slice(start + 2, end).map((line) =>
    line.replace(/^\|/, "").replace(/\|$/, "").split(/(?<!\\)\|/).map((cell) => cell.trim())
  );
}

/** The page with `content` between `<!-- begin: NAME … -->` and `<!-- end: NAME -->`. */
export function withGenerated(page: string, name: string, content: string): string {
  const pattern = new RegExp(`(<!-- begin: ${name}\\b[^>]*-->\\n)[^]*?(<!-- end: ${name} -->)`);
  if (!pattern.test(page)) throw new RangeError(`The page has no generated part "${name}"`);
  return page.replace(pattern, (_, begin, end) => `${begin}\n${content.trim()}\n\n${end}`);
}

/** Markdown as `deno fmt` writes it. */
export async function formatted(page: string): Promise<string> {
  const { code, stdout, stderr } = await run(Deno.execPath(), ["fmt", "--quiet", "--ext", "md", "-"], {
    cwd: PROJECT,
    stdin: page,
  });
  if (code !== 0) throw new SyntaxError(stderr);
  return stdout;
}
