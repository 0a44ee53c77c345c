/** The README is true and the same in both languages. Its commands are run by e2e/readme_test.ts. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../lib/process.ts";
import { FAMILIES } from "../prometheus/rules/mod.ts";
import { isAlert } from "../prometheus/rules/rule.ts";
import { CONTEXT } from "../prometheus/testing/rule_cases.ts";
import { loadConfig } from "../tasks/load_config.ts";
import { configSchema } from "../tasks/stack.ts";
import { applyBlock } from "./docs/apply.ts";
import {
  checkoutPaths,
  codeBlocks,
  headings,
  links,
  PROJECT,
  readPage,
  tableBelow,
} from "./docs/markdown.ts";
import { missingLines } from "./docs/transcript.ts";

const [english, french] = await Promise.all([readPage("README.md"), readPage("README.fr.md")]);
const LANGUAGES: readonly [page: string, text: string, tasks: string, services: string][] = [
  ["README.md", english, "Tasks", "What it runs"],
  ["README.fr.md", french, "Tâches", "Ce qui tourne"],
];
const { tasks } = JSON.parse(await readPage("deno.json")) as { tasks: Record<string, unknown> };

Deno.test("README.fr.md has the commands, changes and transcripts of README.md", () => {
  const blocks = (page: string) =>
    codeBlocks(page).map(({ language, mark, text }) => ({ language, mark, text }));
  assert.deepEqual(blocks(french), blocks(english));
});

Deno.test("README.fr.md has the structure of README.md", () => {
  const levels = (page: string) => headings(page).map(({ level }) => level);
  assert.deepEqual(levels(french), levels(english));
  const files = (page: string) =>
    links(page).map(({ target }) => target.replace(/#.*/, "").replace(".fr.", "."))
      .filter((target) => target !== "README.md");
  assert.deepEqual(files(french), files(english));
});

for (const [page, text, tasksHeading, servicesHeading] of LANGUAGES) {
  Deno.test(`${page} names every task, and no other`, () => {
    const named = tableBelow(text, tasksHeading).map(([task]) => task!.replaceAll("`", ""));
    assert.deepEqual(named.sort(), Object.keys(tasks).sort());
  });

  Deno.test(`${page} has the ports of the schema`, () => {
    const ports = Object.values(configSchema.parse({}).ports);
    assert.deepEqual(
      tableBelow(text, servicesHeading).map(([, port]) => Number(port)).sort(),
      ports.sort(),
    );
  });

  Deno.test(`${page} counts the alerts`, () => {
    const names = FAMILIES.flatMap((family) => family.rules(CONTEXT)).filter(isAlert).map(({ alert }) =>
      alert
    );
    assert.match(text, new RegExp(`\\b${new Set(names).size} alert`));
  });

  Deno.test(`${page} starts the Deno that continuous integration runs`, async () => {
    const wanted = /^deno_version=(\S+)$/m.exec(await readPage(".ci/run"))![1];
    const named = [...text.matchAll(/npx -y deno@(\S+) task/g)].map((match) => match[1]);
    assert.ok(named.length >= 3);
    assert.deepEqual([...new Set(named)], [wanted]);
  });
}

const pages = await Promise.all((await checkoutPaths("*.md")).map(readPage));
// What pages say to type: the task's name, and the flags after it.
const typed = pages.flatMap((text) =>
  [...text.matchAll(/\bdeno(?:@\S+)? task(?: --quiet)? ([a-z]+(?:-[a-z]+)*)([^`\n]*)/g)].map((match) => ({
    task: match[1]!,
    flags: match[2]!.match(/--[a-z][a-z-]*/g) ?? [],
  }))
);

Deno.test("every task that a page says to type exists", () => {
  assert.ok(typed.length >= 50, `only ${typed.length} were found`);
  assert.deepEqual(typed.filter(({ task }) => !(task in tasks)), []);
});

for (const task of Object.keys(tasks)) {
  Deno.test(`deno task ${task} --help shows an example, and the flags that pages say to type`, async () => {
    const { code, stdout, stderr } = await run(Deno.execPath(), ["task", "--quiet", task, "--help"], {
      cwd: PROJECT,
      env: { NO_COLOR: "1" },
    });
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      new RegExp(`^${task}: .+\\n[^]*^Examples?:\\n {2}\\S*(?:deno task )?${task}\\b`, "m"),
    );
    const flags = typed.flatMap((command) => command.task === task ? command.flags : []);
    assert.deepEqual(flags.filter((flag) => !stdout.includes(flag)), []);
  });
}

Deno.test("the keys that the README shows load", async () => {
  const directory = await Deno.makeTempDir({ prefix: "vigie-readme-" });
  try {
    const store = join(directory, "secrets", "store");
    await Deno.mkdir(store, { recursive: true });
    for (const name of ["slack-url", "ldap-password", "s3-id", "s3-key"]) {
      await Deno.writeTextFile(join(store, name), "https://hooks.example.org/services/x");
    }
    const blocks = codeBlocks(english).filter(({ mark }) => mark === "keys");
    assert.ok(blocks.length >= 3, `only ${blocks.length} were found`);
    for (const [i, { text, line }] of blocks.entries()) {
      const file = join(directory, `keys${i}.ts`);
      const module =
        `import { defineStack, secret, secretCommand } from "vigie";\nexport default defineStack({ ${text} });\n`;
      await Deno.writeTextFile(file, module);
      await assert.doesNotReject(loadConfig(file, { stateDir: directory }), `README.md:${line}`);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("missingLines finds what was not printed, and overlooks times, ports and versions", () => {
  const printed =
    "prometheus  http://127.0.0.1:20001  started  1.3 s\nother\n✓ webhook\n✓ done in 2 min 04 s";
  assert.deepEqual(
    missingLines("prometheus http://127.0.0.1:9090 started 800 ms\n…\n✓ webhook (1 ms)", printed),
    [],
  );
  assert.deepEqual(missingLines("prometheus http://127.0.0.1:9090 reloaded 800 ms", printed), [
    "prometheus http://127.0.0.1:9090 reloaded 800 ms",
  ]);
  assert.deepEqual(missingLines("✓ webhook\nother", printed), ["other"], "the order counts");
  assert.deepEqual(missingLines("gone", printed, () => true), []);
});

Deno.test("applyBlock changes the lines of a diff, and refuses one that does not fit", async () => {
  const directory = await Deno.makeTempDir();
  const block = (text: string) => ({ language: "diff", mark: "edit: a.txt", line: 7, text });
  try {
    await Deno.writeTextFile(join(directory, "a.txt"), "one\ntwo\nthree\n");
    await applyBlock(directory, block(" one\n-two\n+2\n\n three\n+four\n"));
    assert.equal(await Deno.readTextFile(join(directory, "a.txt")), "one\n2\nthree\nfour\n");
    await assert.rejects(applyBlock(directory, block("-two\n+2\n")), /line 7 are there 0 times/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
