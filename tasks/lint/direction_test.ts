import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import plugin from "./direction.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

/** Messages about a file of this path and text. */
function lint(file: string, text: string): string[] {
  return Deno.lint.runPlugin(plugin, `${PROJECT}${file}`, text).map(({ id, message }) => `${id}: ${message}`);
}

const ALLOWED: readonly [file: string, source: string][] = [
  ["lib/files.ts", "./units.ts"],
  ["lib/files.ts", "node:path"],
  ["grafana/mod.ts", "../lib/files.ts"],
  ["grafana/dashboards/host.ts", "../panels.ts"],
  ["prometheus/alertmanager/routes.ts", "./schema.ts"],
  ["prometheus/alertmanager/routes.ts", "../../lib/units.ts"],
  ["prometheus/alertmanager/alert_shape.ts", "../checks/rule_model.ts"],
  ["tasks/stack.ts", "../prometheus/alertmanager/mod.ts"],
  ["tasks/stack.ts", "../webhook/channels/mod.ts"],
  ["tasks/stack.ts", "../compose/schema.ts"],
  ["tasks/engine/engine.ts", "../../compose/versions.ts"],
  ["tasks/engine/engine.ts", "../../compose/services/mod.ts"],
  ["tasks/engine/docker.ts", "./engine.ts"],
  ["tasks/engine/local/up.ts", "../../stack.ts"],
  ["tasks/bench.ts", "../tests/bench/bench.ts"],
  ["config.ts", "vigie"],
  ["compose/mod_test.ts", "../tasks/stack.ts"],
  ["prometheus/testing/programs.ts", "../../tasks/binaries/mod.ts"],
  ["tests/e2e/up_test.ts", "../../prometheus/rules/host.ts"],
  ["tests/configs/good/full.ts", "vigie"],
  ["../elsewhere/config.ts", "./hosts.ts"],
];

const REFUSED: readonly [file: string, source: string, message: string][] = [
  ["lib/files.ts", "../tasks/stack.ts", 'lib imports "tasks/stack.ts"'],
  ["lib/files.ts", "../compose/versions.ts", 'lib imports "compose/versions.ts"'],
  ["grafana/mod.ts", "../prometheus/mod.ts", 'grafana imports "prometheus/mod.ts"'],
  ["grafana/dashboards/host.ts", "../../tasks/stack.ts", 'grafana imports "tasks/stack.ts"'],
  ["prometheus/mod.ts", "./alertmanager/schema.ts", 'prometheus imports "prometheus/alertmanager/schema.ts"'],
  [
    "prometheus/alertmanager/mod.ts",
    "../schema.ts",
    'prometheus/alertmanager imports "prometheus/schema.ts"',
  ],
  ["webhook/main.ts", "../config.ts", 'webhook imports "config.ts"'],
  [
    "tasks/up.ts",
    "../prometheus/rules/host.ts",
    '"prometheus/rules/host.ts" is imported past the face of prometheus',
  ],
  ["tasks/up.ts", "../compose/service.ts", '"compose/service.ts" is imported past the face of compose'],
  ["tasks/up.ts", "../tests/bench/bench.ts", '"tasks/up.ts" imports a test'],
  ["tasks/up.ts", "vigie", '"vigie" is for configurations'],
  ["config.ts", "./tasks/stack.ts", 'config.ts imports "./tasks/stack.ts"'],
];

Deno.test("direction allows what goes from lib to tests", () => {
  for (const [file, source] of ALLOWED) {
    assert.deepEqual(lint(file, `import "${source}";`), [], `${file} ← ${source}`);
  }
});

Deno.test("direction refuses what goes the other way or past a face", () => {
  for (const [file, source, message] of REFUSED) {
    assert.deepEqual(
      lint(file, `import "${source}";`),
      [`vigie/direction: ${message}`],
      `${file} ← ${source}`,
    );
  }
});

Deno.test("direction sees every form of import", () => {
  const forms = [
    'import { a } from "../grafana/mod.ts";',
    'import type { A } from "../grafana/mod.ts";',
    'import * as a from "../grafana/mod.ts";',
    'export { a } from "../grafana/mod.ts";',
    'export * from "../grafana/mod.ts";',
    'await import("../grafana/mod.ts");',
  ];
  for (const form of forms) {
    assert.deepEqual(
      lint("compose/mod.ts", form),
      ['vigie/direction: compose imports "grafana/mod.ts"'],
      form,
    );
  }
  assert.deepEqual(lint("compose/mod.ts", "export const a = 1; export { a as b }; await import(a);"), []);
});
