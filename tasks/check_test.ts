import assert from "node:assert/strict";
import { join } from "node:path";
import type { Log } from "sarif";
import { check } from "./check.ts";
import { EXIT } from "./cli.ts";
import { type Ran, runCaptured } from "./testing.ts";

const SOUND = `import { defineStack } from "vigie";
export default defineStack({ locale: "en", engine: "local" });
`;
const WRONG = `import { defineStack } from "vigie";
export default defineStack({
  locale: "en",
  engine: "local",
  alerts: [
    {
      alert: "LoadHigh",
      expr: 'node_load1{job="node"} > 90',
      for: "5m",
      severity: "warning",
      summary: "{{ $label.instance }} has much to do",
      description: "50%, see: a,b",
    },
    {
      alert: "LoadHigher",
      expr: 'node_load1{job="node"} > 95',
      for: "5m",
      severity: "warning",
      summary: "{{ $labels.hots }} has more to do",
      description: "It is slow",
    },
  ],
  checks: {
    ignore: [
      { check: "annotations/labels", subject: "LoadHigher", reason: "a new label comes", until: "2999-01-01" },
      { check: "annotations/template", reason: "was so", until: "2020-01-01" },
    ],
  },
});
`;
// What needs no program, so that the test is fast.
const ONLY = "annotations/template,annotations/labels,suppression";

async function ran(source: string, ...args: readonly string[]): Promise<Ran & { readonly config: string }> {
  const directory = await Deno.makeTempDir({ prefix: "vigie-check-" });
  const config = join(directory, "config.ts");
  try {
    await Deno.writeTextFile(config, source);
    const paths = [
      "--config",
      config,
      "--build",
      join(directory, "build"),
      "--state",
      join(directory, "state"),
    ];
    return { ...await runCaptured(check, [...args, ...paths]), config };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("check shows a line for each area, and with --verbose one for each check", async () => {
  const quiet = await ran(SOUND, "--only", ONLY);
  assert.equal(quiet.code, EXIT.done);
  assert.match(
    quiet.out,
    /^ok {3}annotations +2 checks\nok {3}suppression +2 checks\n4 checks, nothing wrong \(.+\)$/,
  );
  const verbose = await ran(SOUND, "--only", ONLY, "--verbose");
  assert.match(
    verbose.out,
    /^ok {3}annotations\/template +The texts of every alert can be rendered \(.+\)$/m,
  );
});

Deno.test("check points into config.ts, counts what is suppressed and names what ran out", async () => {
  const { code, out, config } = await ran(WRONG, "--only", ONLY);
  assert.equal(code, EXIT.wrong);
  const lines = out.split("\n");
  const at = lines.findIndex((line) => line.startsWith("error[annotations/template]"));
  assert.deepEqual(lines.slice(at, at + 6), [
    'error[annotations/template]: annotations.summary of "LoadHigh": There is no variable "$label"',
    `  --> ${config}:11:20`,
    "   |",
    '11 |       summary: "{{ $label.instance }} has much to do",',
    "   |                    ^^^^^^",
    '  cure: Did you mean "$labels"?',
  ]);
  assert.match(
    out,
    /error\[suppression\/expired\]: The suppression of "annotations\/template" ran out on 2020-01-01; its reason was "was so"\n.*config\.ts:26:/,
  );
  assert.match(out, /^4 checks, 2 errors, 1 suppressed \(.+\)$/m);
  assert.doesNotMatch(out, /hots/);
});

Deno.test("check --json has a summary, each check with its problems, and what is suppressed with its reason", async () => {
  const { out } = await ran(WRONG, "--only", ONLY, "--json");
  const { ok, summary, checks } = JSON.parse(out);
  assert.equal(ok, false);
  assert.deepEqual(summary, { checks: 4, errors: 2, warnings: 0, suppressed: 1, skipped: 0 });
  const labels = checks.find(({ id }: { id: string }) => id === "annotations/labels");
  assert.deepEqual(labels.problems, []);
  assert.deepEqual(
    [labels.suppressed[0].subject, labels.suppressed[0].reason, labels.suppressed[0].until],
    ["LoadHigher", "a new label comes", "2999-01-01"],
  );
  assert.equal(labels.suppressed[0].generated.file, "prometheus/rules/custom.yml");
});

Deno.test("check --format sarif and github say the same", async () => {
  const sarif = await ran(WRONG, "--only", ONLY, "--format", "sarif");
  const log: Log = JSON.parse(sarif.out);
  assert.equal(sarif.code, EXIT.wrong);
  assert.deepEqual(
    log.runs[0]!.results!.map(({ ruleId, suppressions = [] }) => [ruleId, suppressions.length]),
    [["annotations/template", 0], ["annotations/labels", 1], ["suppression/expired", 0]],
  );
  const github = await ran(WRONG, "--only", ONLY, "--format", "github");
  const [first, ...rest] = github.out.split("\n");
  assert.equal(rest.length, 1);
  assert.equal(
    first,
    `::error file=${github.config},line=11,endLine=11,col=20,endColumn=25,title=annotations/template::` +
      'annotations.summary of "LoadHigh": There is no variable "$label"%0ADid you mean "$labels"?',
  );
});

Deno.test("check tells a configuration that cannot be used in the format that is asked for", async () => {
  const source = SOUND.replace('"en"', '"de"');
  const github = await ran(source, "--format", "github");
  assert.equal(github.code, EXIT.usage);
  assert.match(
    github.out,
    /^::error file=.*config\.ts,line=2,endLine=2,col=38,endColumn=41,title=config::Cannot use "de" as locale/,
  );
  const sarif: Log = JSON.parse((await ran(source, "--format", "sarif")).out);
  assert.deepEqual(sarif.runs[0]!.results!.map(({ ruleId }) => ruleId), ["config"]);
});

Deno.test("check refuses an unknown check, format, and a suppression of an unknown check, and names what was meant", async () => {
  const errors: readonly [source: string, args: string[], message: RegExp][] = [
    [
      SOUND,
      ["--only", "annotations/templat"],
      /there is none of that name; did you mean "annotations\/template"\?/,
    ],
    [SOUND, ["--format", "xml"], /Cannot use the format "xml": expected "text", "sarif" or "github"/],
    [SOUND, ["--format", "sarif", "--json"], /Cannot use "--json" and "--format sarif" together/],
    [
      WRONG.replace("annotations/labels", "annotations/lables"),
      [],
      /expected the id of a check.*did you mean "annotations\/labels"\?/s,
    ],
    [WRONG.replace("2999-01-01", "2999-13-01"), [], /expected a date such as "2027-01-01"/],
    [WRONG.replace('"a new label comes"', '" "'), [], /expected the reason/],
  ];
  for (const [source, args, message] of errors) {
    const { code, err } = await ran(source, ...args);
    assert.equal(code, EXIT.usage, err);
    assert.match(err, message);
  }
});

Deno.test("check --list names every check that is chosen", async () => {
  const { out, code } = await ran(SOUND, "--list", "--only", "suppression");
  assert.equal(code, EXIT.done);
  assert.deepEqual(out.split("\n"), [
    "suppression/expired  error    No suppression has run out",
    "suppression/unused   warning  Every suppression has something to suppress",
  ]);
});
