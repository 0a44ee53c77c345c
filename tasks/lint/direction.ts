/**
 * A lint plugin that keeps imports going one way:
 *
 *     lib ← domain folders ← tasks/stack.ts ← config.ts ← other tasks ← tests
 *
 * Domain folders import lib and themselves only, and are imported through their faces. Tests may import what they test.
 */

import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

// The innermost first: prometheus/alertmanager is a folder of its own.
const DOMAINS = ["backup", "prometheus/alertmanager", "prometheus", "compose", "entry", "grafana", "webhook"];

// What may be imported from outside of a domain folder. The version table is data that both engines read.
const FACES = /^(?:compose\/versions|.+\/(?:mod|schema))\.ts$/;

// Benchmarks lie with the tests, and `deno task bench` runs them.
const RUNS_BENCHMARKS = "tasks/bench.ts";

// Routes and inhibitions go by the labels of alerts: their checks read the rules through the model that checks of rules have.
const READS_RULES = ["prometheus/alertmanager", "prometheus/checks/rule_model.ts"];

/** The plugin, for `lint.plugins` in deno.json. */
const plugin: Deno.lint.Plugin = {
  name: "vigie",
  rules: {
    direction: {
      create(context) {
        const file = relative(PROJECT, context.filename).replaceAll("\\", "/");
        const check = (node: Deno.lint.Node, source: unknown) => {
          const reason = typeof source === "string" ? refusal(file, source) : undefined;
          if (reason !== undefined) context.report({ node, ...reason });
        };
        return {
          ImportDeclaration: (node) => check(node.source, node.source.value),
          ExportNamedDeclaration: (node) => node.source && check(node.source, node.source.value),
          ExportAllDeclaration: (node) => check(node.source, node.source.value),
          ImportExpression: (node) => node.source.type === "Literal" && check(node.source, node.source.value),
        };
      },
    },
  },
};

export default plugin;

/** Why a file may not be imported, and what to do instead. */
interface Refusal {
  readonly message: string;
  readonly hint: string;
}

/**
 * Why `file` may not import `source`; undefined when it may.
 *
 * @param file Path of the importing file, relative to the project.
 * @param source What it imports, as it is written.
 */
function refusal(file: string, source: string): Refusal | undefined {
  if (file.startsWith("..") || isTest(file)) return undefined;
  if (file === "config.ts") {
    return source === "vigie" || !source.startsWith(".") ? undefined : {
      message: `config.ts imports "${source}"`,
      hint: 'The shipped configuration imports "vigie" only',
    };
  }
  if (source === "vigie") {
    return {
      message: '"vigie" is for configurations',
      hint: "Import tasks/stack.ts, if the direction allows it",
    };
  }
  if (!source.startsWith(".")) return undefined;
  const target = relative(PROJECT, resolve(PROJECT, dirname(file), source)).replaceAll("\\", "/");
  const from = folderOf(file);
  const to = folderOf(target);
  if (from === to || to === "lib") return undefined;
  if (from === READS_RULES[0] && target === READS_RULES[1]) return undefined;
  if (from === "lib") {
    return {
      message: `lib imports "${target}"`,
      hint: "lib imports nothing but lib: move what both need into lib",
    };
  }
  if (to === "tests") {
    return file === RUNS_BENCHMARKS
      ? undefined
      : { message: `"${file}" imports a test`, hint: "Tests import tasks, not the other way round" };
  }
  if (DOMAINS.includes(from)) {
    return {
      message: `${from} imports "${target}"`,
      hint: `A domain folder imports lib and itself: let tasks/stack.ts hand it what it needs as plain data`,
    };
  }
  if (DOMAINS.includes(to) && !FACES.test(target)) {
    return {
      message: `"${target}" is imported past the face of ${to}`,
      hint: `Import "${to}/mod.ts", and export from there what is needed`,
    };
  }
  return undefined;
}

function isTest(file: string): boolean {
  return file.startsWith("tests/") || /_test\.ts$|(?:^|\/)testing(?:\/|\.ts$)/.test(file);
}

function folderOf(file: string): string {
  return DOMAINS.find((domain) => file.startsWith(`${domain}/`)) ?? file.split("/")[0]!;
}
