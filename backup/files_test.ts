import assert from "node:assert/strict";
import { join } from "node:path";
import { filesBelow, isThere, namesIn, removeIfThere, sumOf } from "./files.ts";

function inDirectory(name: string, work: (path: (name: string) => string) => Promise<void>): void {
  Deno.test(name, async () => {
    const directory = await Deno.makeTempDir({ prefix: "vigie-backup-" });
    try {
      await work((name) => join(directory, name));
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

inDirectory(
  "filesBelow lists what is wanted, sorted, and passes over directories that are not",
  async (path) => {
    await Deno.mkdir(path("b/locks"), { recursive: true });
    for (const name of ["c", "b/a", "b/locks/x"]) await Deno.writeTextFile(path(name), "");
    await Deno.symlink("c", path("link"));
    assert.deepEqual(await filesBelow(path("")), ["b/a", "b/locks/x", "c"]);
    assert.deepEqual(await filesBelow(path(""), (name) => name !== "b/locks"), ["b/a", "c"]);
  },
);

inDirectory("sumOf is the size and the SHA-256 sum", async (path) => {
  await Deno.writeTextFile(path("file"), "abc");
  assert.deepEqual(await sumOf(path("file")), {
    bytes: 3,
    // FIPS 180-2, appendix B.1.
    sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  });
});

inDirectory("removeIfThere, isThere and namesIn take what is not there for nothing", async (path) => {
  await Deno.mkdir(path("d/e"), { recursive: true });
  assert.deepEqual([await isThere(path("d")), await namesIn(path("d"))], [true, ["e"]]);
  for (let i = 0; i < 2; i++) {
    await removeIfThere(path("d"));
    assert.deepEqual([await isThere(path("d")), await namesIn(path("d"))], [false, []]);
  }
});
