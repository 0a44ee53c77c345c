import assert from "node:assert/strict";
import { join } from "node:path";
import { matchingFiles } from "./glob.ts";

Deno.test("matchingFiles takes * and ? in the last part, and nothing else as special", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(directory, "rules", "dir.yml"), { recursive: true });
    for (const name of ["a.yml", "b.yml", "axyml", "c.yaml"]) {
      await Deno.writeTextFile(join(directory, "rules", name), "");
    }
    const names = async (pattern: string) =>
      (await matchingFiles(directory, pattern)).map((path) => path.slice(directory.length + 1));
    assert.deepEqual(await names("rules/*.yml"), ["rules/a.yml", "rules/b.yml"]);
    assert.deepEqual(await names("rules/?.yaml"), ["rules/c.yaml"]);
    assert.deepEqual(await names(join(directory, "rules/a.yml")), ["rules/a.yml"]);
    assert.deepEqual(await names("rules/none.yml"), []);
    assert.deepEqual(await names("nowhere/*.yml"), []);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
