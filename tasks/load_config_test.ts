import assert from "node:assert/strict";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { ConfigProblem } from "./config_problem.ts";
import { loadConfig } from "./load_config.ts";
import { rootMay, unless } from "../tests/unless.ts";

async function inTempDir(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** The message that a file is refused with; `DIR` stands for its directory. */
async function refusal(directory: string, name: string): Promise<string> {
  try {
    await loadConfig(join(directory, name), { stateDir: directory });
  } catch (error) {
    if (error instanceof ConfigProblem) {
      return stripVTControlCharacters(error.message).replaceAll(directory, "DIR");
    }
    throw error;
  }
  throw new Error(`"${name}" was taken`);
}

Deno.test("loadConfig gives the stack and where its relative paths start", () =>
  inTempDir(async (directory) => {
    const path = join(directory, "config.ts");
    await Deno.writeTextFile(
      path,
      'import { defineStack } from "vigie";\nexport default defineStack({ name: "shop" });\n',
    );
    const loaded = await loadConfig(path, { stateDir: directory });
    assert.equal(loaded.stack.name, "shop");
    assert.equal(loaded.stack.ports.prometheus, 9090);
    assert.deepEqual([loaded.path, loaded.configDir], [path, directory]);
  }));

Deno.test("loadConfig says that there is no such file", () =>
  inTempDir(async (directory) => {
    assert.equal(
      await refusal(directory, "config.ts"),
      'Cannot use "DIR/config.ts"\n\nerror[config]: There is no such file\n  --> DIR/config.ts\n' +
        "  cure: name the configuration with --config FILE, or start from the config.ts that Vigie ships",
    );
  }));

Deno.test("loadConfig refuses a directory", () =>
  inTempDir(async (directory) => {
    await Deno.mkdir(join(directory, "config.ts"));
    assert.match(await refusal(directory, "config.ts"), /Cannot read the configuration: it is a directory\n/);
  }));

Deno.test("loadConfig refuses what is no module by its name", () =>
  inTempDir(async (directory) => {
    await Deno.writeTextFile(join(directory, "config.yaml"), "name: shop\n");
    assert.match(
      await refusal(directory, "config.yaml"),
      /Cannot read "\.yaml" as a configuration: expected a TypeScript module\n/,
    );
  }));

Deno.test({
  ...unless(rootMay, "loadConfig refuses a file that the user may not read"),
  fn: () =>
    inTempDir(async (directory) => {
      await Deno.writeTextFile(join(directory, "config.ts"), "", { mode: 0o000 });
      assert.match(
        await refusal(directory, "config.ts"),
        /Cannot read the configuration: your user may not read it\n/,
      );
    }),
});

Deno.test("loadConfig places problems in files with Windows line ends, tabs and a byte order mark", () =>
  inTempDir(async (directory) => {
    const text =
      '\ufeffimport { defineStack } from "vigie";\r\n\r\nexport default defineStack({\r\n\tnmae: "x",\r\n});\r\n';
    await Deno.writeTextFile(join(directory, "config.ts"), text);
    assert.equal(
      await refusal(directory, "config.ts"),
      'Cannot use "DIR/config.ts"\n\nerror[config]: Unknown key "nmae": did you mean "name"?\n' +
        '  --> DIR/config.ts:4:2\n  |\n4 |  nmae: "x",\n  |  ^^^^',
    );
  }));

Deno.test("loadConfig holds the configuration against this machine only when it is asked to", () =>
  inTempDir(async (directory) => {
    const path = join(directory, "config.ts");
    await Deno.writeTextFile(
      path,
      'import { defineStack } from "vigie";\nexport default defineStack({ retention: { size: "900PB" } });\n',
    );
    assert.equal(
      (await loadConfig(path, { stateDir: directory, machine: false })).stack.retention.size,
      "900PB",
    );
    assert.match(await refusal(directory, "config.ts"), /--> DIR\/config\.ts:2:49\n/);
  }));

Deno.test("ConfigProblem has every problem as data, however many are shown", () => {
  const findings = Array.from(
    { length: 25 },
    (_, i) => ({ severity: "error" as const, id: "config", message: `Problem ${i}`, file: "" }),
  );
  const problem = new ConfigProblem("config.ts", findings, "");
  assert.deepEqual(problem.details, { problems: findings });
  assert.equal(problem.exitCode, 2);
  assert.match(problem.message, /Problem 19\n\n… and 5 more; --json has them all$/);
});
