import assert from "node:assert/strict";
import * as z from "zod";
import { alternatives, ConfigError, parseConfig, pathText, valueText } from "./config_issue.ts";

function messages(schema: z.ZodType, input: unknown): string[] {
  try {
    parseConfig(schema, input);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.issues.map(({ message }) => message);
    throw error;
  }
}

Deno.test("pathText writes a path as code does", () => {
  assert.equal(pathText(["hosts", 0, "address"]), "hosts[0].address");
  assert.equal(pathText(["ports", "node-exporter"]), 'ports["node-exporter"]');
  assert.equal(pathText(["node-exporter", "$x"]), '["node-exporter"].$x');
  assert.equal(pathText([]), "");
});

Deno.test("valueText shows any value shortly", () => {
  const cases: [unknown, string][] = [
    ["a\nb", '"a\\nb"'],
    ["x".repeat(100), `"${"x".repeat(59)}…"`],
    [NaN, "the number NaN"],
    [null, "null"],
    [false, "false"],
    [[], "an empty list"],
    [[1], "a list"],
    [{}, "an object"],
    [() => 1, "a function"],
    [1n, "bigint"],
  ];
  for (const [value, text] of cases) assert.equal(valueText(value), text);
});

Deno.test("alternatives joins words as a sentence does", () => {
  assert.equal(alternatives(["a"]), '"a"');
  assert.equal(alternatives(["a", "b", 3]), '"a", "b" or 3');
});

Deno.test("parseConfig has words of its own for every kind of issue, also of schemas that bring none", () => {
  const cases: [z.ZodType, unknown, string[]][] = [
    [z.strictObject({ a: z.string() }), {}, ["Missing a: expected text in quotes"]],
    [z.strictObject({ a: z.string().describe("Its name.") }), {}, [
      "Missing a: expected text in quotes: its name",
    ]],
    [z.strictObject({ a: z.number() }), { a: "1" }, ['Cannot use "1" as a: expected a number']],
    [z.strictObject({ a: z.int() }), { a: 1.5 }, ["Cannot use the number 1.5 as a: expected a whole number"]],
    [z.strictObject({ a: z.boolean() }), { a: 1 }, ["Cannot use the number 1 as a: expected true or false"]],
    [z.strictObject({ a: z.array(z.string()) }), { a: {} }, [
      "Cannot use an object as a: expected a list: [ … ]",
    ]],
    [z.strictObject({ a: z.record(z.string(), z.string()) }), { a: 1 }, [
      "Cannot use the number 1 as a: expected an object: { name: … }",
    ]],
    [z.strictObject({ a: z.enum(["dark", "light"]) }), { a: "lite" }, [
      'Cannot use "lite" as a: expected "dark" or "light"',
    ]],
    [z.strictObject({ a: z.enum(["dark", "light"]) }), { a: "darq" }, [
      'Cannot use "darq" as a: expected "dark" or "light"; did you mean "dark"?',
    ]],
    [z.strictObject({ a: z.number().min(1) }), { a: 0 }, [
      "Cannot use the number 0 as a: expected a number not below 1",
    ]],
    [z.strictObject({ a: z.number().lt(1) }), { a: 1 }, [
      "Cannot use the number 1 as a: expected a number below 1",
    ]],
    [z.strictObject({ a: z.string().max(2) }), { a: "abc" }, [
      'Cannot use "abc" as a: expected at most 2 characters',
    ]],
    [z.strictObject({ a: z.array(z.string()).min(2) }), { a: [] }, [
      "Cannot use an empty list as a: expected at least 2",
    ]],
    [z.strictObject({ a: z.string().regex(/^x/) }), { a: "y" }, [
      'Cannot use "y" as a: expected text that matches /^x/',
    ]],
    [z.strictObject({ a: z.ipv4() }), { a: "y" }, [
      'Cannot use "y" as a: expected a valid ipv4',
    ]],
    [z.strictObject({ a: z.union([z.string(), z.number()]) }), { a: true }, [
      "Cannot use true as a: expected text in quotes, or a number",
    ]],
    [z.strictObject({}), { a: 1 }, ['Unknown key "a": expected no key']],
    [z.strictObject({ b: z.string().optional() }), { xyz: 1 }, ['Unknown key "xyz": expected only "b"']],
    [z.strictObject({ a: z.string().regex(/x/, "expected x").regex(/x+/, "expected x") }), { a: "" }, [
      'Cannot use "" as a: expected x',
    ]],
  ];
  for (const [schema, input, expected] of cases) assert.deepEqual(messages(schema, input), expected);
});
