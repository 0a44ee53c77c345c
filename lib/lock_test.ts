import assert from "node:assert/strict";
import { join } from "node:path";
import { lockFile } from "./lock.ts";

async function inDirectory(test: (path: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(join(directory, "lock"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("lockFile lets one in at a time", () =>
  inDirectory(async (path) => {
    const order: string[] = [];
    const first = await lockFile(path);
    const second = lockFile(path).then((lock) => {
      order.push("second");
      lock[Symbol.dispose]();
    });
    order.push("first");
    first[Symbol.dispose]();
    await second;
    assert.deepEqual(order, ["first", "second"]);
  }));

Deno.test("lockFile waits for the file's successor when its holder removed the file", () =>
  inDirectory(async (path) => {
    const first = await lockFile(path);
    const waiting = lockFile(path);
    await Deno.remove(path);
    const successor = await lockFile(path);
    first[Symbol.dispose]();
    let held = false;
    const done = waiting.then((lock) => {
      held = true;
      lock[Symbol.dispose]();
    });
    // What got the removed file has to come back for the new one: a look at it takes a few turns of the event loop.
    for (let i = 0; i < 20; i++) await Deno.stat(path);
    assert.equal(held, false);
    successor[Symbol.dispose]();
    await done;
    assert.equal(held, true);
  }));
