import assert from "node:assert/strict";
import { complaints } from "./checker_output.ts";

const CASES: Record<string, { output: string; expected: unknown }> = {
  "a rule with its place": {
    output: `Checking rules/a.yml
  FAILED:
rules/a.yml: 5:15: group "g", rule 1, "A": could not parse expression: 1:6: parse error: unexpected end of input
rules/a.yml: group "g", rule 2, "B": annotation "summary": template: __alert_B:1: unclosed action
rules/a.yml: 0:0: 4:15: group "g", rule 1, "": one of 'record' or 'alert' must be set
`,
    expected: [
      {
        file: "a.yml",
        line: 5,
        column: 15,
        message:
          'Group "g", rule 1, "A": could not parse expression: 1:6: parse error: unexpected end of input',
      },
      {
        file: "a.yml",
        line: undefined,
        column: undefined,
        message: 'Group "g", rule 2, "B": annotation "summary": template: __alert_B:1: unclosed action',
      },
      {
        file: "a.yml",
        line: 4,
        column: 15,
        message: `Group "g", rule 1, "": one of 'record' or 'alert' must be set`,
      },
    ],
  },
  "an unknown field": {
    output: `  FAILED:
rules/a.yml: yaml: unmarshal errors:
  line 16: field fro not found in type rulefmt.Rule
`,
    expected: [{
      file: "a.yml",
      line: 16,
      column: undefined,
      message: "Field fro not found in type rulefmt.Rule",
    }],
  },
  "text that is not YAML": {
    output:
      "Checking 'alertmanager.yml'  FAILED: yaml: line 2: did not find expected key\n\namtool: error: failed to validate 1 file(s)\n",
    expected: [{ file: "", line: 2, column: undefined, message: "Did not find expected key" }],
  },
  "a configuration": {
    output: `Checking prometheus.yml
  FAILED: parsing YAML file prometheus.yml: global scrape timeout greater than scrape interval
  FAILED: too long scrape interval found, data point will be marked as stale - job: a, interval: 6m
`,
    expected: [
      {
        file: "prometheus.yml",
        line: undefined,
        column: undefined,
        message: "Global scrape timeout greater than scrape interval",
      },
      {
        file: "prometheus.yml",
        line: undefined,
        column: undefined,
        message: "Too long scrape interval found, data point will be marked as stale - job: a, interval: 6m",
      },
    ],
  },
  "duplicate rules": {
    output: `  FAILED:
lint error 1 duplicate rule(s) found.
Metric: B
Label(s):
	severity: warning
Might cause inconsistency while recording expressions
`,
    expected: [{ file: "", line: undefined, column: undefined, message: "Duplicate rules: B" }],
  },
  "nothing wrong": {
    output: `Checking 'alertmanager.yml'  SUCCESS
Found:
 - global config
 - 1 templates
  SUCCESS

Checking rules/a.yml
  SUCCESS: 3 rules found
 SUCCESS: prometheus.yml is valid prometheus config file syntax
`,
    expected: [],
  },
};

for (const [name, { output, expected }] of Object.entries(CASES)) {
  Deno.test(`complaints reads ${name}`, () => assert.deepEqual(complaints(output), expected));
}
