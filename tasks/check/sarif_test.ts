import assert from "node:assert/strict";
import type { Problem } from "../../lib/check.ts";
import { type Entry } from "./entries.ts";
import { sarifLog, sectionOf } from "./sarif.ts";

const DOCS = `# Checks

### promql/syntax

An **expression** that _Prometheus_ takes: see [below](#x).

\`\`\`text
error[promql/syntax]: x
\`\`\`

### promql/other

Other.

## Next
`;
const OPTIONS = {
  checks: [
    { id: "promql/syntax", title: "Prometheus takes every expression", severity: "error" as const },
    { id: "promql/other", title: "Other", severity: "warning" as const },
  ],
  docs: DOCS,
  root: "/w",
};

function entry(more: Partial<Problem> = {}, rest: Partial<Entry> = {}): Entry {
  return {
    problem: {
      check: "promql/syntax",
      severity: "error",
      file: "config.ts",
      line: 3,
      column: 5,
      length: 4,
      subject: "HostCpuHigh",
      message: "Wrong",
      cure: "Mend it",
      ...more,
    },
    path: "/w/a b/config.ts",
    ...rest,
  };
}

Deno.test("sarifLog describes each check with its paragraph of docs/checks.md", () => {
  const [rule] = sarifLog([], [], { ...OPTIONS, docsUrl: "https://h/checks.md" }).runs[0]!.tool.driver.rules!;
  assert.deepEqual(rule, {
    id: "promql/syntax",
    name: "PromqlSyntax",
    shortDescription: { text: "Prometheus takes every expression" },
    help: {
      text: "An expression that Prometheus takes: see below.\n\nerror[promql/syntax]: x",
      markdown: sectionOf(DOCS, "promql/syntax"),
    },
    helpUri: "https://h/checks.md#promqlsyntax",
    defaultConfiguration: { level: "error" },
    properties: { tags: ["promql"] },
  });
});

Deno.test("sarifLog places a result by a region whose end is excluded, below the checkout", () => {
  const [result] = sarifLog([entry()], [], OPTIONS).runs[0]!.results!;
  assert.equal(result!.ruleIndex, 0);
  assert.equal(result!.level, "error");
  assert.deepEqual(result!.message, { text: "Wrong\nMend it" });
  assert.deepEqual(result!.locations, [{
    physicalLocation: {
      artifactLocation: { uri: "a%20b/config.ts", uriBaseId: "SRCROOT" },
      region: { startLine: 3, startColumn: 5, endLine: 3, endColumn: 9 },
    },
    logicalLocations: [{ name: "HostCpuHigh" }],
  }]);
});

Deno.test("sarifLog names a file elsewhere by its whole address, and a problem without a file by none", () => {
  const [elsewhere, nowhere] = sarifLog(
    [entry({}, { path: "/other/x.yml" }), entry({ file: "" }, { path: undefined })],
    [],
    OPTIONS,
  ).runs[0]!
    .results!;
  assert.deepEqual(elsewhere!.locations![0]!.physicalLocation!.artifactLocation, {
    uri: "file:///other/x.yml",
  });
  assert.deepEqual(nowhere!.locations, []);
});

Deno.test("sarifLog gives a problem the same fingerprint after it has moved, and two problems different ones", () => {
  const printOf = (...entries: Entry[]) =>
    sarifLog(entries, [], OPTIONS).runs[0]!.results!.map(({ partialFingerprints }) =>
      partialFingerprints!["vigieProblem/v1"]
    );
  assert.deepEqual(printOf(entry()), printOf(entry({ line: 99, column: 1 })));
  const prints = printOf(entry(), entry(), entry({ subject: "Other" }), entry({ check: "promql/other" }));
  assert.equal(new Set(prints).size, 4);
});

Deno.test("sarifLog tells what is suppressed and why, and which checks could not look", () => {
  const suppressed = { reason: "Known", until: "2027-01-01" };
  const verdict = { id: "promql/other", title: "Other", problems: [], ms: 1, skipped: "no promtool" };
  const [run] = sarifLog([entry({}, { suppressed })], [verdict], OPTIONS).runs;
  assert.deepEqual(run!.results![0]!.suppressions, [{
    kind: "external",
    status: "accepted",
    justification: "Known (until 2027-01-01)",
  }]);
  assert.deepEqual(run!.invocations![0]!.toolExecutionNotifications, [{
    level: "note",
    message: { text: "Skipped: no promtool" },
    associatedRule: { id: "promql/other", index: 1 },
  }]);
});
