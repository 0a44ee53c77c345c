import assert from "node:assert/strict";
import { TemplateError } from "./lex.ts";
import type { Operand, TemplateNode } from "./ast.ts";
import { parseTemplate } from "./parse.ts";

/** A short form of a tree: what can be told apart in a test. */
function show(nodes: readonly TemplateNode[]): string {
  return nodes.map((node) => {
    if (node.kind === "text") return JSON.stringify(node.value);
    if (node.kind === "break" || node.kind === "continue") return node.kind;
    const pipeline = "pipeline" in node && node.pipeline ? showPipeline(node.pipeline) : "";
    const body = "body" in node ? `[${show(node.body)}]` : "";
    const otherwise = "otherwise" in node && node.otherwise.length > 0 ? `else[${show(node.otherwise)}]` : "";
    const name = "name" in node ? ` ${node.name}` : "";
    return `${node.kind}${name}(${pipeline})${body}${otherwise}`;
  }).join(" ");
}

function showPipeline(
  { sets, declares, commands }: {
    sets: readonly string[];
    declares: boolean;
    commands: readonly { operands: readonly Operand[] }[];
  },
): string {
  const head = sets.length > 0 ? `$${sets.join(",$")}${declares ? ":=" : "="}` : "";
  return head + commands.map(({ operands }) => operands.map(showOperand).join(" ")).join("|");
}

function showOperand(operand: Operand): string {
  const fields = "fields" in operand ? operand.fields.map(({ name }) => `.${name}`).join("") : "";
  switch (operand.kind) {
    case "field":
      return fields || ".";
    case "variable":
      return `$${operand.name}${fields}`;
    case "function":
      return operand.name;
    case "pipeline":
      return `(${showPipeline(operand.pipeline)})${fields}`;
    case "string":
      return JSON.stringify(operand.value);
    default:
      return String(operand.value);
  }
}

const GOOD: readonly [template: string, tree: string][] = [
  ["", ""],
  ["a { b } c", '"a { b } c"'],
  ["x {{ $labels.instance }} y", '"x " action($labels.instance) " y"'],
  ["{{$value|humanize}}", "action($value|humanize)"],
  [
    '{{ printf "%.1f" (index . "a").b | reReplaceAll "\\\\." "," }}',
    'action(printf "%.1f" (index . "a").b|reReplaceAll "\\\\." ",")',
  ],
  ['{{ "}}" }}`', 'action("}}") "`"'],
  ["a {{- /* no }} here */ -}} b", '"a" "" "b"'],
  ["a {{- 1 -}} b", '"a" action(1) "b"'],
  ["{{ -1.5 }}{{ 0x1F }}{{ 'a' }}", "action(-1.5) action(31) action(97)"],
  ["{{ $x := 1 }}{{ $x = 2 }}{{ true }}", "action($x:=1) action($x=2) action(true)"],
  ["{{ if eq . 1 }}a{{ else if .b }}c{{ else }}d{{ end }}", 'if(eq . 1)["a"]else[if(.b)["c"]else["d"]]'],
  ["{{ range $i, $e := query `up` }}{{ break }}{{ end }}", 'range($i,$e:=query "up")[break]'],
  ['{{ define "t" }}x{{ end }}{{ template "t" . }}', 'define t()["x"] template t(.)'],
];

for (const [template, tree] of GOOD) {
  Deno.test(`parseTemplate reads ${template || "an empty template"}`, () => {
    assert.equal(show(parseTemplate(template)), tree);
  });
}

const BAD: readonly [template: string, message: string, part: string][] = [
  ["a {{ $value", "This action is not closed: there is no }}", "{{"],
  ["a {{ $value } b {{ 1 }}", "This action is not closed: there is no }}", "{{"],
  ["{{ }}", "This action is empty", "{{ }}"],
  ['{{ "abc }}', "This text has no closing quote", '"'],
  ["{{ if .x }}a", "This has no {{ end }}", "{{ if .x }}"],
  ["a{{ end }}", 'Nothing is open that "end" could belong to', "end"],
  ["{{ (1 }}", "This parenthesis is not closed", "("],
  ["{{ 1 | }}", "A value is missing here", "{{ 1 | }}"],
  ["{{ $a ; 1 }}", 'Unexpected ";" in the action', ";"],
  ["{{ f := 1 }}", "Only a variable can be set", "f"],
  ["{{ /* a }}", "This comment is not closed", "{{"],
  ["{{ if 1 }}{{ else }}{{ else }}{{ end }}", "There are two else", "{{ else }}"],
];

for (const [template, message, part] of BAD) {
  Deno.test(`parseTemplate refuses ${template} and says where`, () => {
    assert.throws(() => parseTemplate(template), (error: unknown) => {
      assert.ok(error instanceof TemplateError);
      assert.equal(error.message, message);
      assert.equal(template.slice(error.from, error.to), part);
      return true;
    });
  });
}
