/** The tables of docs/configuration.md, from the schema itself. */

import * as z from "zod";
import { address, duration, labels, name, port, size } from "../../lib/schema.ts";
import { secretRef } from "../../lib/secret_ref.ts";
import { CHECK_IDS } from "../../tasks/check/ids.ts";
import { configJsonSchema } from "../../tasks/schema.ts";

// deno-lint-ignore no-explicit-any -- JSON Schema is walked by its shape.
type Node = any;

// What each building block of the schema is called, recognised by the pattern it becomes.
const TEXTS = new Map([
  [patternOf(duration), "duration"],
  [patternOf(size), "size"],
  [patternOf(name), "name"],
  [patternOf(address), "address"],
]);
const FORMATS: Readonly<Record<string, string>> = {
  email: "e-mail address",
  date: "date",
  uri: "URL",
  cidrv4: "IPv4 subnet",
  ipv4: "IPv4 address",
  ipv6: "IPv6 address",
};
// Below these keys lies a form of its own, which is named after the key in the singular.
const LISTS: Readonly<Record<string, string>> = {
  hosts: "host",
  jobs: "job",
  probes: "probe",
  alerts: "alert",
  recordings: "recording",
  "notify.routes": "route",
  "checks.ignore": "entry",
};

// Below these keys lie objects by names that the operator chooses or knows; here the placeholder for one.
const BY_NAME: Readonly<Record<string, string>> = { rules: "ALERT" };

/** One table for each group of keys, with type, default and meaning. */
export function configurationTables(): string {
  const { properties } = configJsonSchema() as Node;
  const entries = Object.entries<Node>(properties);
  const groups = entries.filter(([, node]) => node.type === "object");
  const choices = entries.filter(([, node]) => node.oneOf);
  const lists = entries.filter(([key]) => LISTS[key]);
  const plain = entries.filter((entry) => ![groups, choices, lists].some((some) => some.includes(entry)));
  return [
    "## Top level",
    table(plain, []),
    ...entries.flatMap(([key, node]) => {
      if (groups.some(([group]) => group === key)) return group(key, node);
      if (choices.some(([choice]) => choice === key)) return choice(key, node);
      return lists.some(([list]) => list === key) ? list(key, node) : [];
    }),
  ].join("\n\n");
}

function group(key: string, node: Node): string[] {
  const name = BY_NAME[key];
  if (name !== undefined) {
    const { properties } = node.additionalProperties;
    return [
      `## \`${key}\``,
      `${node.description} Keys of \`${key}.${name}\`:`,
      // What is left out of these stays as the stack has it.
      table(Object.entries<Node>(properties)).replaceAll("| none |", "| unchanged |"),
    ];
  }
  const inner = Object.entries<Node>(node.properties);
  const rows = inner.filter(([name]) => !LISTS[`${key}.${name}`] && name !== "receivers");
  return [
    `## \`${key}\``,
    node.description,
    table(rows, node.required),
    ...inner.flatMap(([name, child]) => {
      const path = `${key}.${name}`;
      if (LISTS[path]) return list(path, child);
      return name === "receivers" ? receivers(path, child) : [];
    }),
  ];
}

function list(path: string, node: Node): string[] {
  const kinds: Node[] = node.items.oneOf ?? [];
  const head = [`## \`${path}\``, `${node.description} A list, ${defaultText(node)} by default.`];
  if (kinds.length === 0) return [...head, table(Object.entries(node.items.properties), node.items.required)];
  return [...head, ...kinds.flatMap((kind) => kindTable(kind, LISTS[path]!))];
}

function choice(key: string, node: Node): string[] {
  return [
    `## \`${key}\``,
    `${node.description} By default ${defaultText(node)}.`,
    ...node.oneOf.flatMap((kind: Node) => kindTable(kind, `\`${key}\``)),
  ];
}

function receivers(path: string, node: Node): string[] {
  return [
    `## \`${path}\``,
    `${node.description} By default ${defaultText(node)}. A destination is one of:`,
    ...node.additionalProperties.items.oneOf.flatMap((kind: Node) => kindTable(kind, "destination")),
  ];
}

function kindTable({ properties, required }: Node, of: string): string[] {
  // What tells one from the others, such as `kind`.
  const [key, kind] = Object.entries<Node>(properties).find(([, { const: only }]) => only !== undefined)!;
  const { [key]: _, ...rest } = properties;
  return [
    `### \`${key}: "${kind.const}"\``,
    kind.description,
    Object.keys(rest).length === 0 ? `This ${of} has no other key.` : table(Object.entries(rest), required),
  ];
}

function table(rows: readonly [string, Node][], required: readonly string[] = []): string {
  return ["| Key | Type | Default | Meaning |", "| --- | --- | --- | --- |", ...lines(rows, required, "")]
    .join(
      "\n",
    );
}

/** One line a key; the keys of an object with their whole path. */
function lines(rows: readonly [string, Node][], required: readonly string[] = [], parent: string): string[] {
  const keys = new Set(rows.map(([key]) => key));
  return rows.flatMap(([key, node]) =>
    node.properties && repeated(node, keys) === undefined
      ? lines(Object.entries<Node>(node.properties), node.required, `${parent}${key}.`)
      : [
        `| \`${parent}${key}\` | ${typeOf(node, keys)} | ${
          required.includes(key) ? "must be given" : defaultText(node)
        } | ${node.description} |`,
      ]
  );
}

/** What an object is called that has keys of the table that it stands in; undefined for another one. */
function repeated({ properties }: Node, keys: ReadonlySet<string>): string | undefined {
  const own = Object.keys(properties);
  const others = own.filter((key) => !keys.has(key));
  if (own.length - others.length < 2) return undefined;
  return others.length === 0
    ? "keys of this table"
    : `${others.map((key) => `\`${key}\``).join(", ")} and keys of this table`;
}

/**
 * What a value of `node` is called.
 *
 * @param keys Keys of the table that it stands in.
 * @throws {TypeError} for a form that has no name yet.
 */
function typeOf(node: Node, keys: ReadonlySet<string> = new Set()): string {
  if (node.const !== undefined) return code(node.const);
  // The ids of checks are many, and have a page of their own.
  if (node.enum?.includes(CHECK_IDS[0])) return "[id of a check](checks.md)";
  if (node.enum) return node.enum.map(code).join(" or ");
  if (JSON.stringify(node.anyOf) === JSON.stringify(jsonOf(secretRef).anyOf)) return "[secret](secrets.md)";
  if (node.anyOf) return node.anyOf.map((each: Node) => typeOf(each)).join(" or ");
  switch (node.type) {
    case "boolean":
      return "`true` or `false`";
    case "integer":
      return node.minimum === 1 && node.maximum === jsonOf(port).maximum
        ? "port"
        : `whole number, ${node.minimum} to ${node.maximum}`;
    case "number":
      if (node.exclusiveMinimum === undefined) return "number";
      return `number above ${node.exclusiveMinimum}${
        node.maximum === undefined ? "" : `, at most ${node.maximum}`
      }`;
    case "string":
      return TEXTS.get(node.pattern) ?? FORMATS[node.format] ?? "text";
    case "array":
      return `list of: ${typeOf(node.items, keys)}`;
    case "object":
      if (JSON.stringify(node.propertyNames) === JSON.stringify(jsonOf(labels).propertyNames)) {
        return "labels";
      }
      if (node.properties) {
        return repeated(node, keys) ?? `\`{ ${Object.keys(node.properties).join(", ")} }\``;
      }
      if (node.additionalProperties) return `object of: ${typeOf(node.additionalProperties)}`;
  }
  throw new TypeError(`The page has no name for the type of ${JSON.stringify(node)}`);
}

function defaultText({ default: value }: Node): string {
  if (value === undefined) return "none";
  if (Array.isArray(value) && value.length === 0) return "empty";
  if (typeof value === "object" && Object.keys(value).length === 0) return "none";
  return code(value);
}

function code(value: unknown): string {
  return `\`${
    JSON.stringify(value).replaceAll(/"(\w+)":/g, "$1: ").replaceAll(",", ", ").replaceAll("|", "\\|")
  }\``;
}

function jsonOf(schema: z.ZodType): Node {
  return z.toJSONSchema(schema, { io: "input" });
}

function patternOf(schema: z.ZodType): string {
  return jsonOf(schema).pattern;
}
