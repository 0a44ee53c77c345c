import assert from "node:assert/strict";
import type { Problem } from "../../lib/check.ts";
import { githubText } from "./github.ts";

const PROBLEM: Problem = {
  check: "promql/syntax",
  severity: "error",
  file: "config.ts",
  line: 3,
  column: 5,
  length: 4,
  message: "50 % of it: wrong, or not",
  cure: "Mend it",
};

Deno.test("githubText gives a workflow command with its place, and escapes as GitHub reads it", () => {
  assert.equal(
    githubText([{ problem: PROBLEM, path: "/w/a,b:c%/config.ts" }], "/w"),
    "::error file=a%2Cb%3Ac%25/config.ts,line=3,endLine=3,col=5,endColumn=8,title=promql/syntax::50 %25 of it: wrong, or not%0AMend it",
  );
});

Deno.test("githubText leaves out what is not known, and what is suppressed", () => {
  const problem: Problem = { check: "a/b", severity: "warning", file: "", message: "Bad", cure: "Mend it" };
  assert.equal(githubText([{ problem }], "/w"), "::warning title=a/b::Bad%0AMend it");
  assert.equal(githubText([{ problem, suppressed: { reason: "x", until: "2027-01-01" } }], "/w"), "");
});
