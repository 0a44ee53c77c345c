import assert from "node:assert/strict";
import { join } from "node:path";
import { blackboxCheck } from "./blackbox.ts";
import { exampleFiles, MEASURE, measure } from "../testing/example.ts";
import { contextOf, withFiles } from "../testing/programs.ts";

const FILE = "blackbox/blackbox.yml";

async function found(spoil: (path: string) => Promise<void>, body?: string): Promise<string[]> {
  const { probes } = measure({ probes: [{ name: "site", kind: "http", target: "http://127.0.0.1/", body }] });
  const files = exampleFiles({ ...MEASURE, probes: body === undefined ? MEASURE.probes : probes });
  const problems: string[] = [];
  await withFiles(files, async (directory) => {
    await spoil(join(directory, FILE));
    for (const { check, file, line, message, cure } of await blackboxCheck.run(contextOf(directory, files))) {
      assert.equal(check, "blackbox/config");
      assert.match(cure, /^[A-Z].*[^.]$/);
      problems.push(`${line === undefined ? file : `${file}:${line}`} ${message}`);
    }
  });
  return problems;
}

const asItIs = () => Promise.resolve();

Deno.test("blackboxCheck finds nothing in what is rendered", async () => {
  assert.deepEqual(await found(asItIs), []);
});

Deno.test("blackboxCheck finds a regular expression that Go does not take, with its line", async () => {
  assert.deepEqual(await found(asItIs, "a(?=b)"), [
    `${FILE}:27 Go does not take the regular expression "a(?=b)"`,
  ]);
});

Deno.test("blackboxCheck finds an unknown key, with its line", async () => {
  const spoil = async (path: string) =>
    await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace("prober: dns", "probe: dns"));
  assert.deepEqual(await found(spoil), [`${FILE}:4 Field probe not found in type config.plain`]);
});

Deno.test("blackboxCheck finds that the file is missing", async () => {
  assert.deepEqual(await found((path) => Deno.remove(path)), [`${FILE} There is no such file`]);
});
