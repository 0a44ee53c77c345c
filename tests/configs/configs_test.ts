/** The configurations beside this file: good ones load and render, each bad one gives exactly the message in its .txt file. */

import assert from "node:assert/strict";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual, stripVTControlCharacters } from "node:util";
import * as z from "zod";
import { run } from "../../lib/process.ts";
import { secretRef } from "../../lib/secret_ref.ts";
import { ConfigProblem } from "../../tasks/config_problem.ts";
import { loadConfig } from "../../tasks/load_config.ts";
import { configJsonSchema } from "../../tasks/schema.ts";
import { renderStack } from "../../tasks/render.ts";

const HERE = new URL("./", import.meta.url);
const PROJECT = fileURLToPath(new URL("../../", import.meta.url));
// What libraries ask for while they load: whether there are colours, and whether the grammar of PromQL is to be traced.
const VARIABLES = "NO_COLOR,FORCE_COLOR,TERM,CI,LOG";
// VIGIE_UPDATE=1 writes the messages anew; read their diff before you commit it.
const UPDATE = Deno.env.get("VIGIE_UPDATE") === "1";
// These depend on what a process may do, or leave it in a state that other tests would notice: each gets one of its own.
const ALONE = new Set(["never_loads.ts", "reads_environment.ts", "remote.ts", "unknown_package.ts"]);

for (const file of configsIn("bad")) {
  Deno.test(`loadConfig refuses bad/${basename(file)} with its message`, async () => {
    const message = withoutDirectories(await messageOf(file));
    const pinned = file.replace(/\.ts$/, ".txt");
    if (UPDATE) await Deno.writeTextFile(pinned, message);
    assert.equal(message, await Deno.readTextFile(pinned));
  });
}

Deno.test("configs/bad has no message without its configuration", () => {
  const names = [...Deno.readDirSync(new URL("bad/", HERE))].map(({ name }) => name);
  const orphans = names.filter((name) =>
    name.endsWith(".txt") && !names.includes(name.replace(/\.txt$/, ".ts"))
  );
  assert.deepEqual(orphans, []);
});

for (const file of configsIn("good")) {
  Deno.test(`loadConfig takes good/${basename(file)}, and it renders the same twice`, async () => {
    const stateDir = "/nonexistent/state";
    const { stack, configDir } = await loadConfig(file, { stateDir });
    const target = { buildDir: "/nonexistent/build", stateDir, configDir };
    const files = renderStack(stack, target);
    assert.ok(files.has("compose.yaml") && files.has("local/prometheus/prometheus.yml"));
    assert.deepEqual([...renderStack(stack, target)], [...files]);
  });
}

Deno.test("configs/good uses every key and every kind that config.ts knows, what can be said at once in full.ts", async () => {
  const wordsOf = (text: string) => text.match(/[\w-]+(?="?:)|(?<=(?:kind|mode): ")\w+/g) ?? [];
  const [full, others] = [["full.ts"], ["tls_acme.ts", "tls_files.ts", "tls_off.ts"]].map((names) =>
    Promise.all(names.map((name) => Deno.readTextFile(new URL(`good/${name}`, HERE))))
  );
  const words = new Set(wordsOf((await full!).join("\n")));
  const missing = vocabularyOf(configJsonSchema()).filter((word) => !words.has(word));
  const elsewhere = new Set(wordsOf((await others!).join("\n")));
  assert.deepEqual(missing.filter((word) => !elsewhere.has(word)), []);
});

const { anyOf: SECRET } = z.toJSONSchema(secretRef, { io: "input" });

/** Every key, and every value of a key that has only one, anywhere in a JSON Schema. */
function vocabularyOf(node: unknown): string[] {
  if (typeof node !== "object" || node === null) return [];
  // Written as a call, such as secret("slack-url").
  if ("anyOf" in node && isDeepStrictEqual(node.anyOf, SECRET)) return [];
  const { properties, const: only } = node as { properties?: object; const?: unknown };
  return [
    ...Object.keys(properties ?? {}),
    ...(typeof only === "string" ? [only] : []),
    ...Object.values(node).flatMap(vocabularyOf),
  ];
}

function configsIn(directory: string): string[] {
  const url = new URL(`${directory}/`, HERE);
  return [...Deno.readDirSync(url)].filter(({ name }) => name.endsWith(".ts"))
    .map(({ name }) => fileURLToPath(new URL(name, url))).sort();
}

async function messageOf(file: string): Promise<string> {
  if (ALONE.has(basename(file))) return await messageOfProcess(file);
  try {
    await loadConfig(file, { stateDir: PROJECT });
  } catch (error) {
    if (error instanceof ConfigProblem) return `${error.message}\n`;
    throw error;
  }
  throw new Error(`"${file}" was taken`);
}

async function messageOfProcess(file: string): Promise<string> {
  const script = fileURLToPath(new URL("load_alone.ts", HERE));
  const args = [
    "run",
    "--quiet",
    "--no-prompt",
    "--allow-read",
    `--allow-env=${VARIABLES}`,
    script,
    file,
  ];
  const { stdout, stderr } = await run(Deno.execPath(), args);
  assert.notEqual(stdout, "", stderr);
  return stdout;
}

/** Paths as if the configurations lay in the current directory, and the disk's figures left out. */
function withoutDirectories(message: string): string {
  const bad = fileURLToPath(new URL("bad/", HERE));
  return stripVTControlCharacters(message)
    .replaceAll(bad, "").replaceAll("tests/configs/bad/", "")
    .replaceAll(PROJECT.replace(/\/$/, ""), "PROJECT")
    .replace(/room for [\d.]+ [A-Z]+/, "room for SIZE");
}
