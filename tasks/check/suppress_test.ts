import assert from "node:assert/strict";
import type { Problem } from "../../lib/check.ts";
import type { Verdict } from "../verify.ts";
import type { Ignored } from "./schema.ts";
import { suppress } from "./suppress.ts";

const TODAY = "2026-12-31";

function problem(subject?: string): Problem {
  return {
    check: "prometheus/rules",
    severity: "error",
    file: "a.yml",
    subject,
    message: "Bad",
    cure: "Mend",
  };
}

function verdict(...problems: readonly Problem[]): Verdict {
  return { id: "prometheus/rules", title: "Rules", severity: "error", problems, ms: 1 };
}

function entry(more: Partial<Ignored> = {}): Ignored {
  return { check: "prometheus/rules", reason: "Known", until: TODAY, ...more };
}

/** Message of each problem by the check that says it, and of what is suppressed. */
function said(verdicts: readonly Verdict[]) {
  return Object.fromEntries(verdicts.flatMap(({ id, problems, suppressed = [] }) => [
    ...(problems.length > 0 ? [[id, problems.map(({ message }) => message)]] : []),
    ...(suppressed.length > 0 ? [[`${id} suppressed`, suppressed.map(({ reason }) => reason)]] : []),
  ]));
}

Deno.test("suppress takes away what an entry names, and keeps it with its reason", () => {
  const verdicts = [verdict(problem("A"), problem("B"))];
  assert.deepEqual(said(suppress(verdicts, [entry({ subject: "A" })], TODAY)), {
    "prometheus/rules": ["Bad"],
    "prometheus/rules suppressed": ["Known"],
  });
  assert.deepEqual(said(suppress(verdicts, [entry()], TODAY)), {
    "prometheus/rules suppressed": ["Known", "Known"],
  });
});

Deno.test("suppression/expired: an entry that ran out suppresses nothing and is an error", () => {
  const verdicts = suppress([verdict(problem("A"))], [entry({ subject: "A", until: "2026-12-30" })], TODAY);
  assert.deepEqual(said(verdicts), {
    "prometheus/rules": ["Bad"],
    "suppression/expired": [
      'The suppression of "prometheus/rules" for "A" ran out on 2026-12-30; its reason was "Known"',
    ],
  });
  assert.equal(verdicts.at(-2)!.problems[0]!.severity, "error");
  assert.deepEqual(verdicts.at(-2)!.problems[0]!.config, ["checks", "ignore", 0, "until"]);
});

Deno.test("suppression/unused: an entry that names nothing is a warning, which names what was probably meant", () => {
  const ignore = [entry({ subject: "HostCpuHihg" }), entry({ check: "grafana/queries" })];
  const verdicts = suppress([verdict(problem("HostCpuHigh"))], ignore, TODAY);
  assert.deepEqual(said(verdicts), {
    "prometheus/rules": ["Bad"],
    "suppression/unused": ['The suppression of "prometheus/rules" for "HostCpuHihg" suppresses nothing'],
  });
  assert.equal(verdicts.at(-1)!.problems[0]!.cure, 'Did you mean the subject "HostCpuHigh"?');
});

Deno.test("suppression/unused: nothing is said of a check that did not look", () => {
  const verdicts = suppress([{ ...verdict(), skipped: "no promtool" }], [entry()], TODAY);
  assert.deepEqual(said(verdicts), {});
});

Deno.test("suppress does not let an entry silence the checks of suppression themselves", () => {
  const ignore = [
    entry({ until: "2020-01-01" }),
    entry({ check: "suppression/expired" }),
  ];
  assert.deepEqual(Object.keys(said(suppress([verdict()], ignore, TODAY))), [
    "suppression/expired",
    "suppression/unused",
  ]);
});
