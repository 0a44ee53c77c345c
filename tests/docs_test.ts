/**
 * The pages of docs/ say what is so: generated parts are what the code gives, everything that has an id has its section, every link
 * leads somewhere, every configuration shown loads. `UPDATE_DOCS=1` writes the generated parts anew.
 */

import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { ALL_CHECKS } from "../tasks/check/registry.ts";
import { run } from "../lib/process.ts";
import { FAMILIES } from "../prometheus/rules/mod.ts";
import { isAlert } from "../prometheus/rules/rule.ts";
import { CONTEXT } from "../prometheus/testing/rule_cases.ts";
import { DIAGNOSES } from "../tasks/doctor/mod.ts";
import { loadConfig } from "../tasks/load_config.ts";
import { SMOKE_CHECKS } from "../tasks/smoke/mod.ts";
import { configSchema } from "../tasks/stack.ts";
import { namesOf, type Shape } from "../webhook/templates/scope.ts";
import { createMetrics, REJECTIONS } from "../webhook/metrics.ts";
import { applyBlock, copyOfCheckout, fileOf } from "./docs/apply.ts";
import { diagnosisSections } from "./docs/checks_page.ts";
import { configurationTables } from "./docs/configuration_page.ts";
import { permissionTable, ruleTables } from "./docs/security_page.ts";
import {
  anchors,
  checkoutPaths,
  codeBlocks,
  formatted,
  headings,
  links,
  PROJECT,
  readPage,
  withGenerated,
} from "./docs/markdown.ts";

const GENERATED: readonly [page: string, part: string, content: () => string | Promise<string>][] = [
  ["docs/configuration.md", "keys", configurationTables],
  ["docs/checks.md", "diagnoses", diagnosisSections],
  ["docs/security.md", "permissions", permissionTable],
  ["docs/security.md", "rules", ruleTables],
];
const PAGES = await checkoutPaths("*.md");

for (const [page, part, content] of GENERATED) {
  Deno.test(`${page} has the ${part} that the code gives`, async () => {
    const wanted = await formatted(withGenerated(await readPage(page), part, await content()));
    if (Deno.env.get("UPDATE_DOCS") === "1") await Deno.writeTextFile(join(PROJECT, page), wanted);
    assert.equal(await readPage(page), wanted, "run it again with UPDATE_DOCS=1, and look at what git says");
  });
}

Deno.test("docs/configuration.md has a section for each group of keys", async () => {
  const page = await readPage("docs/configuration.md");
  const sections = headings(page).map(({ text }) => text.replaceAll("`", ""));
  const grouped = Object.entries(configSchema.shape).flatMap(([key, schema]) =>
    ["string", "enum", "union", "number", "literal"].includes(innermost(schema).def.type) ? [] : [key]
  );
  assert.ok(grouped.length >= 10, grouped.join());
  assert.deepEqual(grouped.filter((key) => !sections.includes(key)), []);
});

Deno.test("docs/configuration.md names everything that a template can name", async () => {
  const page = await readPage("docs/configuration.md");
  const section = page.slice(page.indexOf("## Texts of one's own"), page.indexOf("## As JSON Schema"));
  const words = new Set(section.match(/(?<=[`.])\w+(?=[`.[])/g));
  const names = fieldsOf({ fields: namesOf("alert") });
  assert.ok(names.length > 30, names.join());
  assert.deepEqual(names.filter((name) => !words.has(name)), []);
});

/** Every name in a shape, at any depth. */
function fieldsOf(shape: Shape): string[] {
  if (typeof shape === "string") return [];
  if ("list" in shape) return fieldsOf(shape.list);
  return Object.entries(shape.fields).flatMap(([name, inner]) => [name, ...fieldsOf(inner)]);
}

Deno.test("docs/checks.md has a section for each check, and a check for each section", async () => {
  const ids = [
    ...[...ALL_CHECKS, ...SMOKE_CHECKS, ...DIAGNOSES].map(({ id }) => id),
  ];
  const sections = headings(await readPage("docs/checks.md")).filter(({ level, text }) =>
    level === 3 && text.includes("/")
  );
  assert.deepEqual(sections.map(({ text }) => text).sort(), ids.sort());
});

Deno.test("docs/checks.md shows what every offline and smoke check says", async () => {
  const page = await readPage("docs/checks.md");
  const all = headings(page);
  const examples = codeBlocks(page).filter(({ language }) => language === "text");
  const without = [...ALL_CHECKS, ...SMOKE_CHECKS].filter(({ id }) => {
    const at = all.findIndex(({ text }) => text === id);
    return !examples.some(({ line }) => line > all[at]!.line && line < all[at + 1]!.line);
  });
  assert.deepEqual(without.map(({ id }) => id), []);
});

Deno.test("docs/alerts.md has a section for each alert, and an alert for each section", async () => {
  const alerts = FAMILIES.flatMap((family) => family.rules(CONTEXT)).filter(isAlert);
  const names = [...new Set(alerts.map(({ alert }) => alert))];
  const sections = headings(await readPage("docs/alerts.md")).filter(({ level }) => level === 3);
  assert.deepEqual(sections.map(({ text }) => text).sort(), names.sort());
});

Deno.test("docs/webhook.md names every metric and every reason", async () => {
  const { expose } = createMetrics({
    version: "1",
    startedSeconds: 0,
    residentBytes: () => 0,
    activeDrills: () => [],
  });
  const metrics = [...(await expose()).matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1]!);
  assert.ok(metrics.length >= 10, metrics.join());
  const page = await readPage("docs/webhook.md");
  const words = new Set(page.match(/[a-z_0-9]+/g));
  assert.deepEqual([...metrics, ...REJECTIONS].filter((word) => !words.has(word)), []);
});

Deno.test("every configuration that a page shows loads", async () => {
  const directory = await Deno.makeTempDir({ prefix: "vigie-docs-" });
  try {
    // The files that the examples name.
    await Deno.mkdir(join(directory, "secrets"));
    for (const file of ["slack-url", "smtp-password"]) {
      await Deno.writeTextFile(join(directory, "secrets", file), "https://hooks.example.org/services/x");
    }
    let count = 0;
    for (const page of PAGES) {
      for (const block of codeBlocks(await readPage(page))) {
        if (block.mark !== "config") continue;
        const file = join(directory, `example${count++}.ts`);
        await Deno.writeTextFile(file, block.text);
        await assert.doesNotReject(
          loadConfig(file, { stateDir: directory, machine: true, mayLackSecrets: true }),
          `${page}:${block.line}`,
        );
      }
    }
    assert.ok(count >= 3, `only ${count} were found`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("every relative link of every page leads to a file and a heading", async () => {
  const broken: string[] = [];
  let count = 0;
  for (const page of PAGES) {
    for (const { target, line } of links(await readPage(page))) {
      if (/^[a-z]+:/.test(target)) continue;
      count++;
      const [path, anchor] = target.split("#") as [string, string | undefined];
      const file = path === "" ? page : relative(PROJECT, join(PROJECT, dirname(page), path));
      const info = await Deno.stat(join(PROJECT, file)).catch(() => undefined);
      if (!info) broken.push(`${page}:${line}: there is no "${file}"`);
      else if (anchor !== undefined && !anchors(await readPage(file)).includes(anchor)) {
        broken.push(`${page}:${line}: "${file}" has no heading "#${anchor}"`);
      }
    }
  }
  assert.deepEqual(broken, []);
  assert.ok(count >= 20, `only ${count} links were found`);
});

// deno-lint-ignore no-explicit-any -- zod's wrappers are walked by their shape.
function innermost(schema: any): any {
  return schema.def.innerType ? innermost(schema.def.innerType) : schema;
}

Deno.test("what CONTRIBUTING.md shows works when it is done", async (t) => {
  const page = await readPage("CONTRIBUTING.md");
  const copy = await copyOfCheckout();
  const deno = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(Deno.execPath(), args, {
      cwd: copy,
      env: { NO_COLOR: "1" },
      timeoutMs: 180_000,
    });
    assert.equal(code, 0, `deno ${args.join(" ")}\n${stdout}\n${stderr}`);
  };
  const changed: string[] = [];
  try {
    await t.step("its changes fit the files", async () => {
      for (const block of codeBlocks(page)) {
        await applyBlock(copy, block);
        const change = fileOf(block);
        if (change) changed.push(change.path);
      }
      assert.ok(changed.length >= 9, changed.join());
    });

    const sources = changed.filter((path) => path.endsWith(".ts"));
    await t.step("they are formatted", () => deno("fmt", "--check", ...changed));
    await t.step("they pass the lint", () => deno("lint", ...sources));
    await t.step(
      "the tasks have right types",
      () => deno("check", "--quiet", ...sources, "tasks/up.ts", "tasks/smoke.ts", "tasks/doctor.ts"),
    );
    await t.step("the tests that they bring pass", async () => {
      const tests = sources.filter((path) => path.endsWith("_test.ts"));
      assert.ok(tests.length >= 2, tests.join());
      await deno("test", "--quiet", "--allow-all", ...tests);
    });

    await t.step("what they add is generated", async () => {
      const config = `import { defineStack } from "vigie";
export default defineStack({
  locale: "en",
  services: { pushgateway: true },
  notify: {
    receivers: { console: [{ kind: "gotify", server: "https://gotify.example.org", tokenFile: "token" }] },
  },
});
`;
      await Deno.writeTextFile(join(copy, "config.ts"), config);
      await deno("task", "--quiet", "generate");
      const [dashboard, rules, webhook, compose, prometheus, stack] = await Promise.all([
        "grafana/dashboards/host.json",
        "prometheus/rules/host.yml",
        "webhook/webhook.json",
        "compose.yaml",
        "prometheus/prometheus.yml",
        "grafana/dashboards/stack.json",
      ].map((path) => Deno.readTextFile(join(copy, "build", path))));
      assert.match(dashboard!, /"title": "Context switches"/);
      assert.match(rules!, /alert: HostProcessesBlocked/);
      assert.match(webhook!, /"kind": "gotify"/);
      assert.match(compose!, /image: prom\/pushgateway:/);
      assert.match(compose!, /http:\/\/127\.0\.0\.1:9091\/-\/ready/);
      assert.match(prometheus!, /job_name: pushgateway/);
      assert.match(prometheus!, /pushgateway:9091/);
      assert.match(stack!, /job=~[^{}]*\|pushgateway/);
    });
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
});
