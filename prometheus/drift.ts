/** Whether the configuration that runs is the one that was rendered. */

import { differences, type PrintedForm } from "../lib/differences.ts";
import type { Files } from "../lib/files.ts";
import { parsePromql, printPromql } from "../lib/promql/mod.ts";
import { durationMs } from "../lib/units.ts";
import { fromYaml } from "../lib/yaml.ts";

/** What a running Prometheus says of itself. */
export interface RunningPrometheus {
  /** `data.yaml` of `/api/v1/status/config`. */
  readonly configYaml: string;
  /** `data` of `/api/v1/rules`. */
  readonly rules: unknown;
}

const FORM: PrintedForm = {
  names: { scrape_configs: "job_name" },
  durations: /_(interval|timeout|window)$/,
  paths: /^(rule_files|files)$/,
  unordered: /(?!)/,
  // `scrape_protocols` is a list, too, but one that Prometheus fills in.
  closed: /_configs$|^(labels|external_labels|params|rule_files|alertmanagers|remote_write|remote_read)$/,
};

/** A rule, however it was written, as `/api/v1/rules` gives it. */
interface ComparableRule {
  readonly expr: string;
  readonly for: string;
  readonly keep_firing_for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Every difference between the rendered files and a running Prometheus, one sentence each; `[]` when it runs what was rendered.
 *
 * @throws {TypeError} when `running.rules` is not what Prometheus answers. @throws {SyntaxError} when its configuration is not YAML.
 */
export function prometheusDrift(files: Files, running: RunningPrometheus): string[] {
  const wanted = fromYaml(files.get("prometheus/prometheus.yml") ?? "");
  return [
    ...differences(wanted, fromYaml(running.configYaml), FORM),
    ...ruleDrift(writtenRules(files), runningRules(running.rules)),
  ];
}

function ruleDrift(
  wanted: ReadonlyMap<string, ComparableRule>,
  running: ReadonlyMap<string, ComparableRule>,
): string[] {
  return [
    ...[...wanted].flatMap(([name, rule]) => {
      const found = running.get(name);
      return found === undefined ? [`rule ${name} is not running`] : fieldDrift(name, rule, found);
    }),
    ...[...running.keys()].filter((name) => !wanted.has(name))
      .map((name) => `rule ${name} is running, wanted no rule of that name`),
  ];
}

function fieldDrift(name: string, wanted: ComparableRule, running: ComparableRule): string[] {
  return (Object.keys(wanted) as (keyof ComparableRule)[]).flatMap((field) => {
    const [left, right] = [JSON.stringify(wanted[field]), JSON.stringify(running[field])];
    return left === right ? [] : [`rule ${name}: ${field} is ${right}, wanted ${left}`];
  });
}

function writtenRules(files: Files): Map<string, ComparableRule> {
  const rules = [...files].filter(([path]) => /^prometheus\/rules\/[^/]+\.yml$/.test(path))
    .flatMap(([path, text]) => {
      const { groups } = fromYaml(text) as { groups: { name: string; rules: Fields[] }[] };
      return groups.flatMap((group) =>
        group.rules.map((rule): [string, ComparableRule] => [
          ruleName(path, group.name, String(rule.alert ?? rule.record), rule.labels),
          comparable(rule.expr, durationMs(orZero(rule.for)), durationMs(orZero(rule.keep_firing_for)), rule),
        ])
      );
    });
  return new Map(rules);
}

function runningRules(data: unknown): Map<string, ComparableRule> {
  const groups = (data as { groups?: unknown } | null)?.groups;
  if (!Array.isArray(groups)) {
    throw new TypeError('Cannot read the rules of Prometheus: expected an object with a list "groups"');
  }
  const rules = (groups as { name: string; file: string; rules: Fields[] }[]).flatMap((group) =>
    group.rules.map((rule): [string, ComparableRule] => [
      ruleName(group.file, group.name, String(rule.name), rule.labels),
      comparable(
        rule.query,
        1_000 * Number(rule.duration ?? 0),
        1_000 * Number(rule.keepFiringFor ?? 0),
        rule,
      ),
    ])
  );
  return new Map(rules);
}

type Fields = Readonly<Record<string, unknown>>;

function orZero(duration: unknown): string {
  return duration === undefined ? "0" : String(duration);
}

function comparable(expr: unknown, forMs: number, keepFiringForMs: number, rule: Fields): ComparableRule {
  return {
    expr: asPrinted(String(expr)),
    for: `${forMs / 1_000}s`,
    keep_firing_for: `${keepFiringForMs / 1_000}s`,
    labels: sorted(rule.labels),
    annotations: sorted(rule.annotations),
  };
}

/** `host/HostDiskSpaceLow (critical)`: file, alert, and the severity that tells two alerts of one name apart. */
function ruleName(path: string, group: string, rule: string, labels: unknown): string {
  const file = path.slice(path.lastIndexOf("/") + 1).replace(/\.ya?ml$/, "");
  const severity = (labels as Fields | undefined)?.severity;
  return `${file === group ? file : `${file}/${group}`}/${rule}${
    severity === undefined ? "" : ` (${severity})`
  }`;
}

// Prometheus prints an expression in its own way, however it was written.
function asPrinted(text: string): string {
  const { expr } = parsePromql(text);
  return expr === undefined ? text.trim() : printPromql(expr);
}

function sorted(map: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries((map ?? {}) as Record<string, string>).sort(([a], [b]) => a < b ? -1 : 1),
  );
}
