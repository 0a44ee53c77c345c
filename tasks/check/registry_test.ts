import assert from "node:assert/strict";
import { UsageError } from "../cli.ts";
import { CHECK_IDS } from "./ids.ts";
import { ALL_CHECKS, areaOf, chosenIds } from "./registry.ts";
import { sectionOf } from "./sarif.ts";

const PROJECT = new URL("../../", import.meta.url);

Deno.test("CHECK_IDS are the ids of the registry", () => {
  assert.deepEqual([...CHECK_IDS].sort(), ALL_CHECKS.map(({ id }) => id).sort());
  assert.equal(new Set(CHECK_IDS).size, CHECK_IDS.length);
});

Deno.test("every check has an id with an area, a title and a severity", () => {
  for (const { id, title, severity } of ALL_CHECKS) {
    assert.match(id, /^[a-z]+\/[a-z]+(-[a-z]+)*$/);
    assert.match(title, /^\S.*[^.\s]$/, id);
    assert.ok(severity === "error" || severity === "warning", `${id} has no severity`);
  }
});

Deno.test("every check has a paragraph in docs/checks.md", async () => {
  const docs = await Deno.readTextFile(new URL("docs/checks.md", PROJECT));
  const without = ALL_CHECKS.filter(({ id }) => (sectionOf(docs, id) ?? "").length < 80);
  assert.deepEqual(without.map(({ id }) => id), []);
});

Deno.test("every check has a test: one that names its id, or the one beside the file that defines it", async () => {
  const sources = await sourcesOf(PROJECT);
  const isTest = (path: string) => path.endsWith("_test.ts");
  const tests = [...sources].filter(([path]) => isTest(path));
  assert.ok(tests.length > 20);
  const isTested = (id: string) => {
    if (tests.some(([, text]) => text.includes(id))) return true;
    const [file] = [...sources].find(([path, text]) => !isTest(path) && text.includes(`id: "${id}"`)) ?? [];
    const beside = file && sources.get(file.replace(/\.ts$/, "_test.ts"));
    return beside !== undefined && beside.includes(`"./${file!.split("/").at(-1)}"`);
  };
  assert.deepEqual(ALL_CHECKS.filter(({ id }) => !isTested(id)).map(({ id }) => id), []);
});

Deno.test("chosenIds takes ids and areas, and names what was probably meant", () => {
  assert.deepEqual([...chosenIds(" prometheus/rules ,blackbox,")], ["prometheus/rules", "blackbox/config"]);
  assert.equal(chosenIds(undefined).size, ALL_CHECKS.length);
  assert.ok([...chosenIds("grafana")].every((id) => areaOf(id) === "grafana"));
  assert.throws(
    () => chosenIds("prometheus/ruls"),
    new UsageError(
      'Cannot run the check "prometheus/ruls": there is none of that name; did you mean "prometheus/rules"?',
    ),
  );
  assert.throws(() => chosenIds("nobody-knows"), /see "deno task check --list"/);
  assert.throws(() => chosenIds(","), UsageError);
});

/** The modules of every folder that has checks, by path; this one is left out. */
async function sourcesOf(root: URL): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const visit = async (directory: URL): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(directory)) {
      const path = new URL(name + (isDirectory ? "/" : ""), directory);
      if (isDirectory) await visit(path);
      else if (name.endsWith(".ts") && name !== "registry_test.ts" && name !== "ids.ts") {
        texts.set(path.pathname, await Deno.readTextFile(path));
      }
    }
  };
  for (const folder of ["prometheus/", "grafana/", "compose/", "entry/", "tasks/"]) {
    await visit(new URL(folder, root));
  }
  return texts;
}
