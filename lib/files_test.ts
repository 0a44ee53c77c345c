import assert from "node:assert/strict";
import { join } from "node:path";
import {
  compareFiles,
  type Files,
  ForeignDirectory,
  MANIFEST,
  mergeFiles,
  readIfThere,
  under,
  writeAtomically,
  writeFiles,
} from "./files.ts";

const files = (entries: Record<string, string>): Files => new Map(Object.entries(entries));

function test(
  name: string,
  body: (directory: string) => Promise<void>,
): void {
  Deno.test({
    name,
    async fn() {
      const root = await Deno.makeTempDir();
      try {
        await body(join(root, "build"));
      } finally {
        await Deno.remove(root, { recursive: true });
      }
    },
  });
}

/** Every file below `directory` but the list: path → text. */
async function tree(directory: string, prefix = ""): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for await (const entry of Deno.readDir(join(directory, prefix))) {
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory) Object.assign(all, await tree(directory, path), { [`${path}/`]: "" });
    else if (path !== MANIFEST) all[path] = await Deno.readTextFile(join(directory, path));
  }
  return all;
}

test("writeFiles makes the directory hold the files, and says what it did", async (build) => {
  const changes = await writeFiles(build, files({ "b.yml": "B\n", "a/x.yml": "X\n" }));
  assert.deepEqual(changes.map(({ path, kind }) => [path, kind]), [["a/x.yml", "added"], ["b.yml", "added"]]);
  assert.deepEqual(await tree(build), { "a/": "", "a/x.yml": "X\n", "b.yml": "B\n" });
});

test("writeFiles does not touch a file that is the same", async (build) => {
  await writeFiles(build, files({ a: "A", b: "B" }));
  const before = await Deno.stat(join(build, "a"));
  const changes = await writeFiles(build, files({ a: "A", b: "B2" }));
  assert.deepEqual(changes, [{ path: "b", kind: "changed", before: "B", after: "B2" }]);
  assert.equal((await Deno.stat(join(build, "a"))).ino, before.ino);
});

test("writeFiles removes what it no longer generates, with directories that are empty then, and nothing else", async (build) => {
  await writeFiles(build, files({ "old/deep/x": "X", "kept/y": "Y", z: "Z" }));
  await Deno.writeTextFile(join(build, "kept", "mine"), "by hand");
  const changes = await writeFiles(build, files({ z: "Z" }));
  assert.deepEqual(changes.map(({ path, kind }) => [path, kind]), [["kept/y", "removed"], [
    "old/deep/x",
    "removed",
  ]]);
  assert.deepEqual(await tree(build), { z: "Z", "kept/": "", "kept/mine": "by hand" });
});

test("writeFiles lets a file become a directory and a directory a file", async (build) => {
  await writeFiles(build, files({ a: "A", "b/x": "X" }));
  await writeFiles(build, files({ "a/x": "AX", b: "B" }));
  assert.deepEqual(await tree(build), { "a/": "", "a/x": "AX", b: "B" });
});

test("writeFiles refuses a directory with files that it did not write", async (build) => {
  await Deno.mkdir(build);
  await Deno.writeTextFile(join(build, "thesis.txt"), "years of work");
  await assert.rejects(writeFiles(build, files({ a: "A" })), (error: Error) => {
    assert.ok(error instanceof ForeignDirectory);
    assert.equal(
      error.message,
      `Cannot generate into "${build}": it holds "thesis.txt", which Vigie did not write; name an empty or new directory with --build`,
    );
    return true;
  });
  assert.deepEqual(await tree(build), { "thesis.txt": "years of work" });
});

test("writeFiles refuses a file in place of its directory", async (build) => {
  await Deno.writeTextFile(build, "");
  await assert.rejects(writeFiles(build, files({ a: "A" })), {
    name: "ForeignDirectory",
    message: /it is a file/,
  });
});

test("writeFiles refuses a directory in place of a file, as an engine makes for a missing mount", async (build) => {
  await writeFiles(build, files({ b: "B" }));
  await Deno.mkdir(join(build, "a"));
  await assert.rejects(writeFiles(build, files({ a: "A", b: "B" })), {
    name: "ForeignDirectory",
    message: `Cannot generate "${
      join(build, "a")
    }": there is a directory of that name; remove it and run again`,
  });
});

test("writeFiles keeps a directory of its own that holds somebody's file", async (build) => {
  await writeFiles(build, files({ "b/x": "X" }));
  await Deno.writeTextFile(join(build, "b", "mine"), "by hand");
  await assert.rejects(writeFiles(build, files({ b: "B" })), {
    name: "ForeignDirectory",
    message: /there is a directory of that name/,
  });
  assert.deepEqual(await tree(build), { "b/": "", "b/mine": "by hand" });
});

test("writeFiles refuses a file in place of one of its directories", async (build) => {
  await writeFiles(build, files({ b: "B" }));
  await Deno.writeTextFile(join(build, "rules"), "mine");
  await assert.rejects(writeFiles(build, files({ "rules/a": "A", b: "B" })), {
    name: "ForeignDirectory",
    message: /a file is where one of its directories has to be/,
  });
  assert.equal(await Deno.readTextFile(join(build, "rules")), "mine");
});

test("writeFiles never removes outside of its directory, whatever its list says", async (build) => {
  await writeFiles(build, files({ a: "A" }));
  const outside = join(build, "..", "outside");
  await Deno.writeTextFile(outside, "keep me");
  const tampered = [outside, "../outside", "x/../../outside", "..", ".", "", "a//b", 7, null, MANIFEST, "a"];
  await Deno.writeTextFile(join(build, MANIFEST), JSON.stringify({ files: tampered }));
  const changes = await writeFiles(build, files({}));
  assert.deepEqual(changes.map(({ path }) => path), ["a"]);
  assert.equal(await Deno.readTextFile(outside), "keep me");
});

for (const text of ["", "not json", "null", '{"files":7}', "[]"]) {
  test(`writeFiles says what to do about the unreadable list ${JSON.stringify(text)}`, async (build) => {
    await writeFiles(build, files({ a: "A" }));
    await Deno.writeTextFile(join(build, MANIFEST), text);
    await assert.rejects(writeFiles(build, files({})), {
      name: "ForeignDirectory",
      message: /remove the directory .* and run again/,
    });
    assert.deepEqual(await tree(build), { a: "A" });
  });
}

test("writeFiles completes what was interrupted, and removes temporary files that were left", async (build) => {
  await writeFiles(build, files({ "a/x": "X", old: "O" }));
  // As a kill leaves it: the list names old and new, one file is written, one is half-written under its temporary name.
  await Deno.writeTextFile(join(build, MANIFEST), JSON.stringify({ files: ["a/x", "a/y", "old", "new"] }));
  await Deno.writeTextFile(join(build, "a", "y.0123abcd.tmp"), "ha");
  await Deno.writeTextFile(join(build, `${MANIFEST}.89abcdef.tmp`), "{");
  await Deno.writeTextFile(join(build, "new"), "N");
  await writeFiles(build, files({ "a/x": "X", "a/y": "Y", new: "N" }));
  assert.deepEqual(await tree(build), { "a/": "", "a/x": "X", "a/y": "Y", new: "N" });
});

test("writeFiles goes on where its very first write was killed", async (build) => {
  await Deno.mkdir(build);
  await Deno.writeTextFile(join(build, `${MANIFEST}.89abcdef.tmp`), "{");
  await writeFiles(build, files({ a: "A" }));
  assert.deepEqual(await tree(build), { a: "A" });
});

test("writeFiles stops when its signal aborts, and the next call completes it", async (build) => {
  const wanted = files({ a: "A", b: "B" });
  await assert.rejects(writeFiles(build, wanted, { signal: AbortSignal.abort() }), { name: "AbortError" });
  assert.deepEqual(await tree(build), {});
  await writeFiles(build, wanted);
  assert.deepEqual(await tree(build), { a: "A", b: "B" });
});

test("writeFiles and directories are readable to containers whatever the umask", async (build) => {
  const umask = Deno.umask(0o077);
  try {
    await writeFiles(build, files({ "rules/a.yml": "A" }));
  } finally {
    Deno.umask(umask);
  }
  const modes = await Promise.all(
    [".", MANIFEST, "rules", "rules/a.yml"].map(async (path) =>
      ((await Deno.stat(join(build, path))).mode! & 0o777).toString(8)
    ),
  );
  assert.deepEqual(modes, ["755", "644", "755", "644"]);
});

test("compareFiles writes nothing", async (build) => {
  const changes = await compareFiles(build, files({ a: "A" }));
  assert.deepEqual(changes, [{ path: "a", kind: "added", before: "", after: "A" }]);
  assert.equal(await readIfThere(join(build, MANIFEST)), undefined);
});

test("writeAtomically leaves the old text and no temporary file when it cannot write", async (build) => {
  await Deno.mkdir(join(build, "target", "occupied"), { recursive: true });
  // A directory that is not empty cannot be replaced by a file: the rename fails after the text was written.
  await assert.rejects(writeAtomically(join(build, "target"), "new"));
  assert.deepEqual(await tree(build), { "target/": "", "target/occupied/": "" });
});

test("writeAtomically never shows a reader a part", async (build) => {
  const path = join(build, "a");
  const texts = ["a".repeat(300_000), "b".repeat(300_000)];
  await writeAtomically(path, texts[0]!);
  let writing = true;
  const reader = (async () => {
    let reads = 0;
    while (writing || reads === 0) {
      assert.ok(texts.includes(await Deno.readTextFile(path)), "a part was read");
      reads++;
    }
  })();
  for (let i = 0; i < 20; i++) await writeAtomically(path, texts[i % 2]!);
  writing = false;
  await reader;
});

test("writeAtomically gives the mode that is asked for", async (build) => {
  await writeAtomically(join(build, "secret"), "s", 0o600);
  assert.equal((await Deno.stat(join(build, "secret"))).mode! & 0o777, 0o600);
});

Deno.test("mergeFiles sorts by path and refuses two files of one path", () => {
  assert.deepEqual([...mergeFiles(files({ b: "B" }), files({ a: "A" }))], [["a", "A"], ["b", "B"]]);
  assert.throws(
    () => mergeFiles(files({ a: "A" }), files({ a: "A" })),
    /Two renderers give the same file: "a"/,
  );
});

Deno.test("under puts the directory before each path", () => {
  assert.deepEqual([...under("local", files({ "a/b": "B" }))], [["local/a/b", "B"]]);
});
