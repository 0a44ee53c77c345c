import assert from "node:assert/strict";
import { Lacking } from "../engine/engine.ts";
import { type Binary, binary, type Source, Unavailable } from "./mod.ts";

const refusing = (name: string, reason: string): Source => ({
  name,
  find: () => Promise.reject(new Unavailable(reason)),
});

Deno.test("binary takes the first source that has it", async () => {
  const found = { name: "amtool", path: "/x/amtool", version: "1.0.0", source: "release" } as Binary;
  const sources = [
    refusing("PATH", "no"),
    { name: "release", find: () => Promise.resolve(found) },
    refusing("Debian", "no"),
  ];
  assert.equal(await binary("amtool", { sources, cacheDir: "/x" }), found);
});

Deno.test("binary says what was tried and why each failed", async () => {
  const sources = [
    refusing("PATH", 'no "amtool" on PATH'),
    refusing("release archive", "cannot reach https://github.com: no route"),
  ];
  const error = await binary("amtool", { sources, cacheDir: "/x", version: "1.2.3" }).catch((error) => error);
  assert.ok(error instanceof Lacking);
  assert.equal(
    error.message,
    'Cannot get amtool 1.2.3:\n  PATH: no "amtool" on PATH\n  release archive: cannot reach https://github.com: no route',
  );
  assert.match(error.cure, /^put alertmanager|^put amtool 1\.2\.3 on PATH/);
});

Deno.test("binary passes on what is no lack of the machine, and stops when it is told to", async () => {
  const broken: Source = { name: "broken", find: () => Promise.reject(new TypeError("a defect")) };
  await assert.rejects(binary("amtool", { sources: [broken], cacheDir: "/x" }), TypeError);
  const stop = AbortSignal.abort(new DOMException("Interrupted", "AbortError"));
  await assert.rejects(
    binary("amtool", { sources: [refusing("PATH", "no")], cacheDir: "/x", signal: stop }),
    {
      name: "AbortError",
    },
  );
});
