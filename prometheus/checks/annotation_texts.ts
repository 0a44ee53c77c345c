/** `annotations/text`: what people would read, rendered by promtool. */

import { join } from "node:path";
import { type Check, type CheckContext, type Problem, Skipped } from "../../lib/check.ts";
import { type LabelSet, labelsOf } from "../../lib/promql/mod.ts";
import { run } from "../../lib/process.ts";
import { toYaml } from "../../lib/yaml.ts";
import { templateFindings } from "./annotation_faults.ts";
import { type ModelRule, ruleModelOf } from "./rule_model.ts";

/** What stands for the value of each alert. */
const VALUE = "97.53";
const METRIC = "vigie_sample";

/**
 * Every annotation is rendered by the real promtool, with each label that the alert can have: none may end in an error or in nothing. The alert's expression is
 * replaced by a sample with its labels, so that one run of promtool renders them all.
 */
export const textsCheck: Check = {
  id: "annotations/text",
  title: "The texts of every alert come out as sentences",
  severity: "error",
  online: false,
  async run(context) {
    const { rules, schema } = await ruleModelOf(context);
    const alerts = rules.filter((rule) =>
      rule.kind === "alert" && rule.tree !== undefined &&
      // What cannot be parsed is annotations/template's: promtool would refuse the whole file for it.
      Object.values({ ...rule.annotations, ...rule.labels }).every((text) =>
        templateFindings(text).faults.length === 0
      )
    );
    if (alerts.length === 0) return [];
    // Many alerts may have the same texts and labels: they are rendered once.
    const cases = new Map<string, Case>();
    const caseOf = alerts.map((rule) => {
      const one = { annotations: rule.annotations, labels: labelsFor(rule, labelsOf(rule.tree!, schema)) };
      const key = JSON.stringify(one);
      const known = cases.get(key) ?? one;
      cases.set(key, known);
      return known;
    });
    const rendered = await render(context, [...cases.values()]);
    return alerts.flatMap((rule, i) =>
      Object.entries(rule.annotations).flatMap(([name]): Problem[] => {
        const text = rendered.get(caseOf[i]!)?.[name];
        const message = text === undefined
          ? undefined
          : text.includes("<error expanding template")
          ? `cannot be rendered: ${reasonOf(text)}`
          : text.includes("%!")
          ? `is rendered with an error in it: ${JSON.stringify(text)}`
          : text.trim() === ""
          ? "is rendered to nothing"
          : undefined;
        if (message === undefined) return [];
        return [{
          check: this.id,
          severity: "error",
          file: rule.file,
          ...rule.at(`annotations.${name}`),
          subject: rule.name,
          message: `annotations.${name} of "${rule.name}" ${message}`,
          cure: "Correct the template; `promtool test rules` shows what it gives",
        }];
      })
    );
  },
};

/** A sample's labels: each that the alert can have, or that its texts name where it may have any. */
function labelsFor(rule: ModelRule, { sure, maybe, open }: LabelSet): Record<string, string> {
  const named = Object.values(rule.annotations).flatMap((text) =>
    templateFindings(text).labels.map(({ name }) => name)
  );
  const names = new Set([...sure, ...maybe, ...(open ? named : [])]);
  names.delete("__name__");
  return Object.fromEntries([...names].map((name) => [name, `some-${name}`]));
}

/** Texts, and the labels of the sample that they are rendered with. */
interface Case {
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** The annotations of each case, rendered; one that promtool did not show is missing. */
async function render(
  { tool, signal }: CheckContext,
  cases: readonly Case[],
): Promise<Map<Case, Record<string, string>>> {
  const promtool = await tool("promtool");
  const directory = await Deno.makeTempDir({ prefix: "vigie-texts-" });
  try {
    const rules = cases.map(({ annotations }, i) => ({
      alert: `Alert${i}`,
      expr: `${METRIC}{vigie_alert="${i}"}`,
      annotations,
    }));
    await Deno.writeTextFile(join(directory, "rules.yml"), toYaml({ groups: [{ name: "texts", rules }] }));
    const test = {
      rule_files: ["rules.yml"],
      evaluation_interval: "1m",
      tests: [{
        interval: "1m",
        input_series: cases.map(({ labels }, i) => ({
          series: seriesOf({ ...labels, vigie_alert: String(i) }),
          values: VALUE,
        })),
        // Nothing is expected, so that promtool shows everything.
        alert_rule_test: cases.map((_, i) => ({ eval_time: "0m", alertname: `Alert${i}`, exp_alerts: [] })),
      }],
    };
    await Deno.writeTextFile(join(directory, "test.yml"), toYaml(test));
    const { stdout, stderr } = await run(promtool, ["test", "rules", "test.yml"], { cwd: directory, signal });
    const shown = new Map(annotationsIn(`${stdout}\n${stderr}`));
    if (shown.size === 0) {
      throw new Skipped(`promtool did not render the texts: ${stderr.trim().split("\n")[0] || "no output"}`);
    }
    return new Map(cases.flatMap((one, i) => {
      const annotations = shown.get(`Alert${i}`);
      return annotations ? [[one, annotations] as const] : [];
    }));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function seriesOf(labels: Readonly<Record<string, string>>): string {
  return `${METRIC}{${
    Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(",")
  }}`;
}

/** The annotations that promtool shows as got, by alert. */
function* annotationsIn(output: string): Generator<[alert: string, annotations: Record<string, string>]> {
  let alert: string | undefined;
  for (const line of output.split("\n")) {
    alert = /^\s*alertname: (\w+), time:/.exec(line)?.[1] ?? alert;
    const text = /^\s*Annotations:\{(.*)\}\]?,?\s*$/.exec(line)?.[1];
    if (alert === undefined || text === undefined) continue;
    const pairs = [...text.matchAll(/([a-zA-Z_]\w*)=("(?:[^"\\]|\\.)*")/g)].map((
      [, name, quoted],
    ) => [name, unquoted(quoted!)]);
    yield [alert, Object.fromEntries(pairs)];
  }
}

/** Go's quoted text. */
function unquoted(quoted: string): string {
  return quoted.slice(1, -1).replace(
    /\\(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|(.))/gi,
    (_, x, u, long, character) =>
      x ?? u ?? long
        ? String.fromCodePoint(parseInt(x ?? u ?? long, 16))
        : ({ n: "\n", t: "\t", r: "\r" } as Record<string, string>)[character] ?? character,
  );
}

function reasonOf(text: string): string {
  const reason = /error calling \w+: (.*?)>?$/s.exec(text)?.[1] ?? /at <.*?>: (.*?)>?$/s.exec(text)?.[1] ??
    text;
  return reason.trim();
}
