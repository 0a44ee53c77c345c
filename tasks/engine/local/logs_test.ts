import assert from "node:assert/strict";
import { join } from "node:path";
import { rotate } from "./log_file.ts";
import { followLines, lastLines } from "./logs.ts";

async function withLog(test: (path: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "vigie-logs-" });
  try {
    await test(join(directory, "x.log"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const append = (path: string, text: string) => Deno.writeTextFile(path, text, { append: true });
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `line ${from + i}`);

Deno.test("lastLines gives the end of a log, across its parts, however long its lines are", () =>
  withLog(async (path) => {
    assert.deepEqual(await lastLines(path, 5), []);
    const long = "x".repeat(200_000);
    await Deno.writeTextFile(`${path}.2`, "a\nb\n");
    await Deno.writeTextFile(`${path}.1`, `c\n${long}\n`);
    await Deno.writeTextFile(path, "d\nnot ended");
    assert.deepEqual(await lastLines(path, 1), ["not ended"]);
    assert.deepEqual(await lastLines(path, 3), [long, "d", "not ended"]);
    assert.deepEqual(await lastLines(path, 5), ["b", "c", long, "d", "not ended"]);
    assert.deepEqual(await lastLines(path, 100), ["a", "b", "c", long, "d", "not ended"]);
    assert.deepEqual(await lastLines(path, 0), []);
  }));

Deno.test("followLines gives each line once while the log is written and cut", () =>
  withLog(async (path) => {
    await Deno.writeTextFile(path, numbered(0, 10).join("\n") + "\nline");
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const line of followLines(path, 2, stop.signal)) {
      seen.push(line);
      // Each comes when the one before was seen: nothing depends on how fast the log is looked at.
      if (line === "line 9") await append(path, " 10\nline 11\n");
      if (line === "line 11") {
        await append(path, "line 12\n");
        await rotate(path, 1);
        await append(path, "line 13\n");
      }
      if (line === "line 13") stop.abort();
    }
    assert.deepEqual(seen, numbered(8, 14));
  }));

Deno.test("followLines waits for a log that is not there yet", () =>
  withLog(async (path) => {
    const stop = new AbortController();
    const lines = followLines(path, 5, stop.signal);
    const first = lines.next();
    await append(path, "at last\n");
    assert.equal((await first).value, "at last");
    stop.abort();
    assert.equal((await lines.next()).done, true);
  }));
