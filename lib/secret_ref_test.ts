import { deepEqual, doesNotMatch, equal } from "node:assert/strict";
import * as z from "zod";
import { parseWithIssues } from "./issues.ts";
import {
  isSecretRef,
  secret,
  secretCommand,
  secretEnv,
  secretFile,
  type SecretRef,
  secretRef,
  secretRefText,
} from "./secret_ref.ts";

const settings = z.strictObject({ url: secretRef.optional(), password: secretRef });

function issuesOf(input: unknown): string[] {
  const parsed = parseWithIssues(settings, input, { whole: "the configuration" });
  return "issues" in parsed ? parsed.issues.map(({ message }) => message) : [];
}

Deno.test("secretRef takes what the four functions give, as plain data that survives JSON", () => {
  const refs: SecretRef[] = [
    secret("slack-url"),
    secretFile("secrets/slack"),
    secretEnv("SMTP_PASSWORD"),
    secretCommand("pass", "show", "vigie/slack"),
  ];
  for (const ref of refs) {
    deepEqual(issuesOf({ password: ref }), []);
    deepEqual(settings.parse({ password: JSON.parse(JSON.stringify(ref)) }), { password: ref });
    equal(isSecretRef(ref), true);
  }
  equal(isSecretRef({ title: "x" }), false);
});

Deno.test("secretRef refuses a secret itself without repeating it", () => {
  for (const value of ["hunter2-hunter2", 4711, ["hunter2-hunter2"], { text: "hunter2-hunter2" }, null]) {
    const [issue = "none"] = issuesOf({ password: value });
    equal(
      issue,
      'Cannot use password: a secret never stands in config.ts: expected secret("NAME"), secretFile("PATH"), secretEnv("VARIABLE") or secretCommand("PROGRAM", …)',
    );
    doesNotMatch(issue, /hunter2|4711/);
  }
});

Deno.test("secretRef says what is wanted where nothing is given", () => {
  deepEqual(issuesOf({}), [
    'Missing password: expected secret("NAME"), secretFile("PATH"), secretEnv("VARIABLE") or secretCommand("PROGRAM", …)',
  ]);
});

Deno.test("secretRef says what is wrong with a name, a path, a variable and a command", () => {
  const wrong: [SecretRef, RegExp][] = [
    [secret("Slack URL"), /expected the name of a secret: lower-case letters/],
    [secret("../escape"), /expected the name of a secret/],
    [secret("a.tmp"), /does not end in ".tmp"/],
    [secretFile(""), /expected the path of a file/],
    [secretEnv("SMTP-PASSWORD"), /expected the name of a variable/],
    [secretCommand(), /expected a program and its arguments/],
  ];
  for (const [ref, expected] of wrong) {
    const [issue = "none"] = issuesOf({ password: ref });
    equal(expected.test(issue), true, issue);
  }
});

Deno.test("secretRefText shows of a command its program alone", () => {
  equal(secretRefText(secret("slack-url")), 'secret("slack-url")');
  equal(secretRefText(secretCommand("op", "read", "--session=private")), 'secretCommand("op", …)');
});
