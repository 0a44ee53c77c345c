import assert from "node:assert/strict";
import { join } from "node:path";
import { exampleFiles } from "../testing/example.ts";
import { contextOf, withFiles } from "../testing/programs.ts";
import { alertmanagerChecks } from "./checks.ts";

const CONFIG = "alertmanager/alertmanager.yml";
const TEMPLATE = "alertmanager/templates/vigie.tmpl";

/** What is done to the directory → what each check then finds: `id severity file:line message`. */
const CASES: Record<string, { spoil: (directory: string) => Promise<void>; expected: string[] }> = {
  "nothing in what is rendered": { spoil: () => Promise.resolve(), expected: [] },
  "a configuration that is missing": {
    spoil: (directory) => Deno.remove(join(directory, CONFIG)),
    expected: [
      `alertmanager/config error ${CONFIG} There is no such file`,
      `alertmanager/receivers error ${CONFIG} There is no such file`,
    ],
  },
  "an unknown key, with its line": {
    spoil: (directory) => edit(directory, CONFIG, "  group_wait: 10s", "  group_weight: 10s"),
    expected: [`alertmanager/config error ${CONFIG}:11 Field group_weight not found in type config.plain`],
  },
  "text that is not YAML, with its line": {
    spoil: (directory) => edit(directory, CONFIG, "route:\n", "route\n"),
    expected: [`alertmanager/config error ${CONFIG}:7 Could not find expected ':'`],
  },
  "a template that cannot be parsed": {
    spoil: (directory) => Deno.writeTextFile(join(directory, TEMPLATE), '{{ define "x" }}'),
    expected: [`alertmanager/config error ${CONFIG} Template: vigie.tmpl:1: unexpected EOF`],
  },
  "templates that are missing, which amtool takes": {
    spoil: (directory) => Deno.remove(join(directory, TEMPLATE)),
    expected: [
      `alertmanager/config error ${CONFIG}:5 No file matches "templates/*.tmpl": messages would be empty`,
    ],
  },
  "a receiver that is not defined": {
    spoil: (directory) => edit(directory, CONFIG, "receiver: oncall", "receiver: oncal"),
    expected: [
      `alertmanager/config error ${CONFIG} Undefined receiver "oncal" used in route`,
      `alertmanager/receivers error ${CONFIG}:32 A route leads to the receiver "oncal", which is not defined`,
    ],
  },
  "a receiver without destination, which amtool takes": {
    spoil: async (directory) => {
      const path = join(directory, CONFIG);
      const text = await Deno.readTextFile(path);
      const start = text.indexOf("  - name: console\n");
      await Deno.writeTextFile(
        path,
        `${text.slice(0, start)}  - name: console\n${text.slice(text.indexOf("  - name: oncall"))}`,
      );
    },
    expected: [
      `alertmanager/receivers error ${CONFIG}:65 The receiver "console" has no destination: its alerts would reach nobody`,
    ],
  },
  "a receiver that no route leads to, which amtool takes": {
    spoil: async (directory) => {
      const path = join(directory, CONFIG);
      const text = await Deno.readTextFile(path);
      await Deno.writeTextFile(
        path,
        `${text}  - name: spare\n    webhook_configs:\n      - url: http://127.0.0.1/\n`,
      );
    },
    expected: [`alertmanager/receivers warning ${CONFIG}:137 No route leads to the receiver "spare"`],
  },
};

for (const [name, { spoil, expected }] of Object.entries(CASES)) {
  Deno.test(`alertmanagerChecks find ${name}`, async () => {
    const files = exampleFiles();
    await withFiles(files, async (directory) => {
      await spoil(directory);
      const found: string[] = [];
      for (const check of alertmanagerChecks) {
        for (
          const { severity, file, line, message, cure, check: id } of await check.run(
            contextOf(directory, files),
          )
        ) {
          assert.equal(id, check.id);
          assert.match(cure, /^[A-Z].*[^.]$/);
          found.push(`${id} ${severity} ${line === undefined ? file : `${file}:${line}`} ${message}`);
        }
      }
      assert.deepEqual(found, expected);
    });
  });
}

async function edit(directory: string, path: string, from: string, to: string): Promise<void> {
  const text = await Deno.readTextFile(join(directory, path));
  assert.ok(text.includes(from), `"${from}" is not in ${path}`);
  await Deno.writeTextFile(join(directory, path), text.replace(from, to));
}
