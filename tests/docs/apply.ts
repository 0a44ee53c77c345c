/** A copy of the checkout to try things in, and the changes that pages show, applied to it. */

import { dirname, join } from "node:path";
import { checkoutPaths, type CodeBlock, PROJECT } from "./markdown.ts";

/** Copies what a clone of the working tree would hold into a new directory. The caller removes it. */
export async function copyOfCheckout(): Promise<string> {
  const copy = await Deno.makeTempDir({ prefix: "vigie-checkout-" });
  for (const path of await checkoutPaths()) {
    await Deno.mkdir(join(copy, dirname(path)), { recursive: true });
    await Deno.copyFile(join(PROJECT, path), join(copy, path));
  }
  return copy;
}

/** The file that a block changes or makes, by the comment above it: `<!-- edit: FILE -->` or `<!-- file: FILE -->`. */
export function fileOf({ mark = "" }: CodeBlock): { kind: "edit" | "file"; path: string } | undefined {
  const match = /^(edit|file): (\S+)$/.exec(mark);
  return match ? { kind: match[1] as "edit" | "file", path: match[2]! } : undefined;
}

/**
 * Applies a block that changes or makes a file; another one is left alone.
 *
 * @throws {Error} when the lines to be changed are not there, or are there twice.
 */
export async function applyBlock(directory: string, block: CodeBlock): Promise<void> {
  const change = fileOf(block);
  if (!change) return;
  const path = join(directory, change.path);
  if (change.kind === "file") {
    await Deno.writeTextFile(path, block.text, { createNew: true });
    return;
  }
  await Deno.writeTextFile(path, patched(await Deno.readTextFile(path), block));
}

/** `text` with each hunk of a diff block applied; an empty line parts two hunks. */
function patched(text: string, { text: diff, line }: CodeBlock): string {
  return diff.trimEnd().split(/\n\s*\n/).reduce((result, hunk) => {
    const lines = hunk.split("\n").filter((each) => each !== "");
    const side = (other: string) =>
      lines.filter((each) => !each.startsWith(other)).map((each) => `${each.slice(1)}\n`).join("");
    const [before, after] = [side("+"), side("-")];
    const count = `\n${result}`.split(`\n${before}`).length - 1;
    if (count !== 1) {
      throw new Error(`The lines of the diff in line ${line} are there ${count} times:\n${before}`);
    }
    return `\n${result}`.replace(`\n${before}`, () => `\n${after}`).slice(1);
  }, text);
}
