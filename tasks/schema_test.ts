import assert from "node:assert/strict";
import { parse } from "@babel/parser";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { configJsonSchema } from "./schema.ts";
import { configSchema } from "./stack.ts";

const PROJECT = fileURLToPath(new URL("../", import.meta.url));
const DOMAINS = ["compose", "grafana", "prometheus", "webhook", "tasks"];

// deno-lint-ignore no-explicit-any -- JSON Schema and syntax trees are walked by shape.
type Tree = any;

Deno.test("configJsonSchema describes every key", () => {
  assert.deepEqual(undescribed(configJsonSchema(), "config"), []);
});

Deno.test("configJsonSchema keeps defaults, patterns and the refusal of unknown keys", () => {
  const schema: Tree = configJsonSchema();
  assert.equal(schema.additionalProperties, false);
  assert.equal(schema.required, undefined, "every key has a default");
  assert.equal(schema.properties.ports.properties["node-exporter"].default, 9100);
  assert.match("15s", new RegExp(schema.properties.scrape.properties.interval.pattern));
  assert.doesNotMatch("15 seconds", new RegExp(schema.properties.scrape.properties.interval.pattern));
  assert.deepEqual(Object.keys(schema.properties), Object.keys(configSchema.shape));
});

Deno.test("the schemas' comments, which editors show, say what their descriptions say", async () => {
  const files = await schemaFiles();
  assert.ok(files.length >= 5, files.join());
  const compared = await Promise.all(files.map(async (file) => {
    const { program } = parse(await Deno.readTextFile(file), {
      sourceType: "module",
      plugins: ["typescript"],
    });
    return documented(program).map(({ key, comment, description }) => {
      assert.equal(comment, description, `the key "${key}" of ${basename(file)}`);
      return key;
    });
  }));
  assert.ok(compared.flat().length > 40, `only ${compared.flat().length} keys were found`);
});

function undescribed(node: Tree, path: string): string[] {
  if (typeof node !== "object" || node === null) return [];
  const inner = ["items", "additionalProperties"].flatMap((key) => undescribed(node[key], `${path}[]`));
  const options = ["anyOf", "oneOf", "allOf"].flatMap((key) => node[key] ?? []);
  return [
    ...inner,
    ...options.flatMap((option: Tree) => undescribed(option, path)),
    ...Object.entries<Tree>(node.properties ?? {}).flatMap(([key, value]) => [
      ...(value.description ? [] : [`${path}.${key}`]),
      ...undescribed(value, `${path}.${key}`),
    ]),
  ];
}

async function schemaFiles(): Promise<string[]> {
  const all: string[] = [];
  const walk = async (directory: string) => {
    for await (const entry of Deno.readDir(directory)) {
      const path = join(directory, entry.name);
      // What the webhook's API answers is nobody's to write.
      if (entry.isDirectory && entry.name === "api") continue;
      if (entry.isDirectory) await walk(path);
      else if (!/\.ts$/.test(entry.name) || /_test\.ts$/.test(entry.name)) continue;
      else if (/\.describe\(|satisfies ServiceDefinition/.test(await Deno.readTextFile(path))) all.push(path);
    }
  };
  for (const domain of DOMAINS) await walk(join(PROJECT, domain));
  return all;
}

/** Every property whose value is described or that carries a JSDoc inside of a schema. */
function documented(
  node: Tree,
): { key: string; comment: string | undefined; description: string | undefined }[] {
  if (Array.isArray(node)) return node.flatMap(documented);
  if (typeof node !== "object" || node === null) return [];
  const inner = Object.entries(node).flatMap(([key, value]) =>
    key === "loc" || key.endsWith("Comments") ? [] : documented(value)
  );
  if (node.type !== "ObjectProperty") return inner;
  const description = descriptionOf(node.value);
  if (description === undefined) return inner;
  return [{ key: node.key.name ?? node.key.value, comment: commentOf(node), description }, ...inner];
}

/**
 * The text of `.describe("…")` in a chain of calls, whose own arguments are not searched; in a service's definition that of
 * `{ default, about }`.
 */
function descriptionOf(node: Tree): string | undefined {
  if (node?.type === "ObjectExpression") {
    const keys = new Map<string, Tree>(node.properties.map((each: Tree) => [each.key?.name, each.value]));
    return keys.has("default") ? keys.get("about")?.value : undefined;
  }
  if (node?.type !== "CallExpression" || node.callee.type !== "MemberExpression") return undefined;
  if (node.callee.property.name === "describe") return node.arguments[0].value;
  return descriptionOf(node.callee.object);
}

function commentOf(node: Tree): string | undefined {
  const last = node.leadingComments?.at(-1);
  if (last?.type !== "CommentBlock" || !last.value.startsWith("*")) return undefined;
  return last.value.split("\n").map((line: string) => line.replace(/^\s*\*+\s?/, "").trim()).filter(Boolean)
    .join(" ");
}
