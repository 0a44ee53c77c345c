import assert from "node:assert/strict";
import { join } from "node:path";
import { until } from "../../../tests/until.ts";
import { Watcher } from "./watcher.ts";

/** A directory with a file, and a program that copies it beside, unless it holds "bad". */
async function scene(watched = "file") {
  const directory = await Deno.makeTempDir({ prefix: "vigie-watcher-" });
  const [log, copy] = [join(directory, "x.log"), join(directory, "copy")];
  const told: string[] = [];
  const script = 'grep -q bad file && { echo "it is bad"; exit 1; }; echo "$MARK" >>runs; cat file >copy';
  await Deno.writeTextFile(join(directory, "file"), "first");
  const watch = {
    files: [join(directory, watched)],
    command: ["sh", "-c", script],
    env: { PATH: "/usr/bin:/bin", MARK: "run" },
    cwd: directory,
  };
  return {
    path: (name: string) => join(directory, name),
    told,
    async put(text: string) {
      await Deno.writeTextFile(join(directory, "new"), text);
      await Deno.rename(join(directory, "new"), join(directory, "file"));
    },
    start: () => new Watcher(watch, log, (text) => told.push(text), { lookMs: 20, againMs: 100 }),
    read: (name: string) => Deno.readTextFile(join(directory, name)).catch(() => ""),
    copied: async (text: string) => await Deno.readTextFile(copy).catch(() => "") === text,
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

Deno.test("Watcher runs its program at first and when a file changes, through links too, and never for nothing", async () => {
  await using it = await scene("link");
  await Deno.symlink("file", it.path("link"));
  const watcher = it.start();
  await until("the first is copied", () => it.copied("first"));
  // As certbot does it: the new one beside the old one, and the link to the new one.
  await it.put("second");
  await until("the second is copied", () => it.copied("second"));
  await Deno.writeTextFile(it.path("file"), " and more", { append: true });
  await until("what was added is copied", () => it.copied("second and more"));
  await watcher.stop();
  assert.equal(await it.read("runs"), "run\n".repeat(3));
  assert.deepEqual([it.told, watcher.trouble], [[], undefined]);
});

Deno.test("Watcher says that files are refused, says it again, and when they are taken", async () => {
  await using it = await scene();
  const watcher = it.start();
  await until("the first is copied", () => it.copied("first"));
  await it.put("bad");
  await until("it is told twice", () => it.told.length >= 2);
  assert.equal(new Set(it.told).size, 1);
  assert.equal(
    it.told[0],
    "warning: its files are not taken over (exit code 1): its log says why; it goes on with those that it has",
  );
  assert.match(watcher.trouble!, /^its files are not taken over/);
  assert.match(await it.read("x.log"), /it is bad/);
  assert.ok(await it.copied("first"));
  await it.put("good");
  await until("it is told that all is well", () => it.told.at(-1) === "takes its files again");
  assert.equal(watcher.trouble, undefined);
  assert.ok(await it.copied("good"));
  await watcher.stop();
});
