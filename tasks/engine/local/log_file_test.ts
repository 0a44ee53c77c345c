import assert from "node:assert/strict";
import { join } from "node:path";
import { rotate } from "./log_file.ts";

async function withLog(test: (path: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "vigie-log-" });
  try {
    await test(join(directory, "x.log"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("rotate leaves a short log alone, and one that is not there", () =>
  withLog(async (path) => {
    assert.equal(await rotate(path, 10, 2), false);
    await Deno.writeTextFile(path, "0123456789");
    assert.equal(await rotate(path, 10, 2), false);
    assert.equal(await Deno.readTextFile(path), "0123456789");
  }));

Deno.test("rotate lets a writer that keeps the file open go on at its new beginning", () =>
  withLog(async (path) => {
    using writer = await Deno.open(path, { append: true, create: true });
    await writer.write(new TextEncoder().encode("first\n"));
    assert.equal(await rotate(path, 3, 2), true);
    await writer.write(new TextEncoder().encode("second\n"));
    assert.equal(await Deno.readTextFile(path), "second\n");
    assert.equal(await Deno.readTextFile(`${path}.1`), "first\n");
  }));

Deno.test("rotate keeps so many older parts, the youngest first", () =>
  withLog(async (path) => {
    for (const text of ["one", "two", "three", "four"]) {
      await Deno.writeTextFile(path, text);
      await rotate(path, 1, 2);
    }
    const parts = await Array.fromAsync(Deno.readDir(join(path, "..")));
    assert.deepEqual(parts.map(({ name }) => name).sort(), ["x.log", "x.log.1", "x.log.2"]);
    assert.equal(await Deno.readTextFile(`${path}.1`), "four");
    assert.equal(await Deno.readTextFile(`${path}.2`), "three");
  }));
