import assert from "node:assert/strict";
import { Skipped } from "../../lib/check.ts";
import { type Files, writeFiles } from "../../lib/files.ts";
import type { StackContext } from "./context.ts";
import { freshCheck } from "./fresh.ts";

const FILES: Files = new Map([["a.yml", "a\n"], ["b.yml", "b\n"]]);

async function messages(onDisk: Files | undefined): Promise<string[]> {
  const buildDir = await Deno.makeTempDir();
  try {
    if (onDisk) await writeFiles(buildDir, onDisk);
    const problems = await freshCheck.run({ inUse: { buildDir, files: FILES } } as StackContext);
    return problems.map(({ message }) => message);
  } finally {
    await Deno.remove(buildDir, { recursive: true });
  }
}

Deno.test("build/fresh finds nothing when the files are what config.ts gives", async () => {
  assert.deepEqual(await messages(FILES), []);
});

Deno.test("build/fresh names the files that are not what config.ts gives", async () => {
  assert.deepEqual(await messages(new Map([["a.yml", "old\n"], ["c.yml", "c\n"]])), [
    "config.ts has changed since the files were written: a.yml, b.yml, c.yml",
  ]);
});

Deno.test("build/fresh does not look at a build directory that was never made", async () => {
  await assert.rejects(messages(undefined), new Skipped("nothing is generated yet"));
});
