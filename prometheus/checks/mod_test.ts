import assert from "node:assert/strict";
import { join } from "node:path";
import { type Check, type CheckContext, type Problem, Skipped } from "../../lib/check.ts";
import { prometheusChecks } from "./mod.ts";
import { exampleFiles } from "../testing/example.ts";
import { contextOf, withFiles } from "../testing/programs.ts";

const CONFIG = "prometheus/prometheus.yml";
const HOST = "prometheus/rules/host.yml";

/** What is done to the directory → what each check then finds: `id severity file:line:column message`. */
const CASES: Record<string, { spoil: (directory: string) => Promise<void>; expected: string[] }> = {
  "nothing in what is rendered": { spoil: () => Promise.resolve(), expected: [] },
  "a configuration that is missing": {
    spoil: (directory) => Deno.remove(join(directory, CONFIG)),
    expected: [
      `prometheus/config error ${CONFIG} There is no such file`,
      `prometheus/rule-files error ${CONFIG} There is no such file`,
    ],
  },
  "a timeout longer than the interval": {
    spoil: (directory) => edit(directory, CONFIG, "scrape_timeout: 10s", "scrape_timeout: 20s"),
    expected: [`prometheus/config error ${CONFIG} Global scrape timeout greater than scrape interval`],
  },
  "an unknown key, with its line": {
    spoil: (directory) => edit(directory, CONFIG, "  scrape_interval: 15s", "  scrap_interval: 15s"),
    expected: [`prometheus/config error ${CONFIG}:3 Field scrap_interval not found in type config.plain`],
  },
  "text that is not YAML, with its line": {
    spoil: (directory) => edit(directory, CONFIG, "alerting:", "alerting"),
    expected: [`prometheus/config error ${CONFIG}:7 Could not find expected ':'`],
  },
  "an interval at which values go stale, where promtool ends with 0": {
    spoil: (directory) => edit(directory, CONFIG, "scrape_interval: 5s", "scrape_interval: 6m"),
    expected: [
      `prometheus/config error ${CONFIG} Too long scrape interval found, data point will be marked as stale - job: api, interval: 6m`,
    ],
  },
  "nothing in client certificates and tokens that are put there later": {
    spoil: (directory) =>
      edit(
        directory,
        CONFIG,
        "  - job_name: api\n",
        "  - job_name: api\n    tls_config:\n      cert_file: /later/cert.pem\n      key_file: /later/key.pem\n    authorization:\n      type: Bearer\n      credentials_file: /later/token\n",
      ),
    expected: [],
  },
  "targets that are not there": {
    spoil: (directory) => edit(directory, CONFIG, "/etc/prometheus-file-sd/0/*.json", "/nowhere/hosts.json"),
    expected: [
      `prometheus/config warning ${CONFIG} Job "found" takes its targets from "/nowhere/hosts.json", which is not there`,
    ],
  },
  "rule files that a pattern does not find": {
    spoil: (directory) => edit(directory, CONFIG, "- rules/*.yml", "- rule/*.yml"),
    expected: [
      `prometheus/rule-files error ${CONFIG}:12 No file matches "rule/*.yml": its alerts would be missing`,
    ],
  },
  "no rule file at all": {
    spoil: (directory) => edit(directory, CONFIG, "rule_files:\n  - rules/*.yml\n", ""),
    expected: [`prometheus/rule-files error ${CONFIG} It names no rule file: there would be no alert`],
  },
  "an expression that cannot be parsed, with its place": {
    spoil: (directory) => edit(directory, HOST, 'expr: up{job="node"} == 0', 'expr: up{job="node"} =='),
    expected: [
      `promql/syntax error ${HOST}:10:31 HostDown: The expression ends after "==": expected an expression`,
    ],
  },
  "a template that cannot be parsed, with the line of its rule": {
    spoil: (directory) =>
      edit(directory, HOST, "{{ $labels.instance }} ne répond plus", "{{ $labels.instance ne répond plus"),
    expected: [
      `prometheus/rules error ${HOST}:9 Group "host", rule 3, "HostDown": annotation "summary": template: __alert_HostDown:1: function "répond" not defined`,
      `annotations/template error ${HOST}:15:21 annotations.summary of "HostDown": This action is not closed: there is no }}`,
    ],
  },
  "a file without rules, where promtool ends with 0": {
    spoil: (directory) => Deno.writeTextFile(join(directory, HOST), ""),
    expected: [`prometheus/rules error ${HOST} It holds no rule`],
  },
  "rules that are there twice, where promtool ends with 0": {
    spoil: async (directory) => {
      const path = join(directory, "prometheus/rules/drill.yml");
      const text = await Deno.readTextFile(path);
      await Deno.writeTextFile(path, text + text.slice(text.indexOf("      - alert:")));
    },
    expected: [
      "prometheus/rules error prometheus/rules/drill.yml Duplicate rules: VigieDrill",
      "promql/duplicate error prometheus/rules/drill.yml:14:15 VigieDrill: It is there twice",
    ],
  },
};

for (const [name, { spoil, expected }] of Object.entries(CASES)) {
  Deno.test(`prometheusChecks find ${name}`, async () => {
    const files = exampleFiles();
    await withFiles(files, async (directory) => {
      await spoil(directory);
      const found: string[] = [];
      for (const check of prometheusChecks) {
        for (const problem of await problemsOf(check, contextOf(directory, files))) {
          assert.equal(problem.check, check.id);
          assert.match(problem.cure, /^[A-Z].*[^.]$/);
          found.push(shown(problem));
        }
      }
      assert.deepEqual(found, expected);
    });
  });
}

/** What a check says; nothing when it cannot look, as another says why. */
async function problemsOf(check: Check, context: CheckContext): Promise<readonly Problem[]> {
  try {
    return await check.run(context);
  } catch (error) {
    if (error instanceof Skipped) return [];
    throw error;
  }
}

function shown({ check, severity, file, line, column, message }: Problem): string {
  return `${check} ${severity} ${
    [file, line, column].filter((part) => part !== undefined).join(":")
  } ${message}`;
}

async function edit(directory: string, path: string, from: string, to: string): Promise<void> {
  const text = await Deno.readTextFile(join(directory, path));
  assert.ok(text.includes(from), `"${from}" is not in ${path}`);
  await Deno.writeTextFile(join(directory, path), text.replace(from, to));
}
