/** The alerts of the rendered files, and those that run. */

import type { Files } from "../../lib/files.ts";
import { parsePromql, printPromql } from "../../lib/promql/mod.ts";
import { durationMs } from "../../lib/units.ts";
import { fromYaml } from "../../lib/yaml.ts";
import { type YamlPlace, yamlPlaces } from "../../lib/yaml_places.ts";
import { askPrometheus } from "../smoke/http.ts";
import type { OnlineContext } from "./context.ts";

/** An alert as it is judged. */
export interface JudgedAlert {
  readonly name: string;
  readonly severity: string;
  /** As Prometheus prints it. */
  readonly expr: string;
  /** Seconds. */
  readonly for: number;
  /** Seconds. */
  readonly keepFiringFor: number;
}

/** An alert in a file. */
export interface WrittenAlert extends JudgedAlert {
  readonly file: string;
  place(): YamlPlace | undefined;
}

/** Alerts, and the expression of each recording rule. */
export interface Rules<Alert extends JudgedAlert> {
  readonly alerts: readonly Alert[];
  readonly recordings: ReadonlyMap<string, string>;
}

interface RuleYaml {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: unknown;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The rules of `files`. A file that cannot be read is left out: offline checks name it. */
export function writtenRules(files: Files): Rules<WrittenAlert> {
  const alerts: WrittenAlert[] = [];
  const recordings = new Map<string, string>();
  for (const [file, text] of files) {
    if (!/^prometheus\/rules\/[^/]+\.ya?ml$/.test(file)) continue;
    for (const [i, { rules }] of groupsIn(text).entries()) {
      for (const [j, rule] of (rules ?? []).entries()) {
        if (rule.record !== undefined) recordings.set(rule.record, printed(String(rule.expr)));
        if (rule.alert === undefined) continue;
        alerts.push({
          name: rule.alert,
          severity: rule.labels?.severity ?? "",
          expr: printed(String(rule.expr)),
          for: secondsOf(rule.for),
          keepFiringFor: secondsOf(rule.keep_firing_for),
          file,
          place: () => yamlPlaces(text).placeOf(["groups", i, "rules", j, "expr"]),
        });
      }
    }
  }
  return { alerts, recordings };
}

interface RunningRule {
  readonly type: "alerting" | "recording";
  readonly name: string;
  readonly query: string;
  readonly duration?: number;
  readonly keepFiringFor?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The rules that Prometheus runs. @throws {Unanswered} when it does not say. */
export async function runningRules(context: OnlineContext): Promise<Rules<JudgedAlert>> {
  const { groups } = await askPrometheus<{ groups: { rules: RunningRule[] }[] }>(context, "/api/v1/rules");
  const rules = groups.flatMap((group) => group.rules);
  return {
    alerts: rules.filter(({ type }) => type === "alerting").map((rule) => ({
      name: rule.name,
      severity: rule.labels?.severity ?? "",
      expr: printed(rule.query),
      for: rule.duration ?? 0,
      keepFiringFor: rule.keepFiringFor ?? 0,
    })),
    recordings: new Map(
      rules.filter(({ type }) => type === "recording").map(({ name, query }) => [name, printed(query)]),
    ),
  };
}

/** What tells two alerts apart. */
export function keyOf({ name, severity }: JudgedAlert): string {
  return severity === "" ? name : `${name} (${severity})`;
}

function groupsIn(text: string): readonly { readonly rules?: readonly RuleYaml[] }[] {
  try {
    return (fromYaml(text) as { groups?: { rules?: RuleYaml[] }[] } | null)?.groups ?? [];
  } catch {
    return [];
  }
}

function secondsOf(duration: string | undefined): number {
  if (duration === undefined) return 0;
  try {
    return durationMs(duration) / 1_000;
  } catch {
    return 0; // Prometheus refuses it, and prometheus/rules says so.
  }
}

function printed(expr: string): string {
  const { expr: tree } = parsePromql(expr);
  return tree === undefined ? expr : printPromql(tree);
}
