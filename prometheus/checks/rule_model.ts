/** What Prometheus's files say, read once for all checks of rules. */

import { basename, join } from "node:path";
import type { CheckContext } from "../../lib/check.ts";
import { readIfThere } from "../../lib/files.ts";
import { matchingFiles } from "../../lib/glob.ts";
import { type Expr, parsePromql, type PromqlError } from "../../lib/promql/mod.ts";
import { type YamlPath, type YamlPlace, type YamlPlaces, yamlPlaces } from "../../lib/yaml_places.ts";
import { labelSchemaOf, type RecordedLabels } from "./label_schema.ts";
import { jobsOf, type ModelJob, type RoutingLabels, routingLabelsOf } from "./surroundings.ts";
import type { LabelSchema } from "../../lib/promql/mod.ts";
import { CONFIG } from "./promtool.ts";
import { listOf, type Loose, milliseconds, recordOf, textsOf, yamlOf } from "./loose.ts";

/** A rule as it stands in a file. */
export interface ModelRule {
  /** Path relative to the build directory. */
  readonly file: string;
  readonly group: string;
  /** Time between two evaluations of its group; the global one when left out. */
  readonly intervalMs?: number;
  readonly kind: "alert" | "record";
  readonly name: string;
  /** The label `severity`. */
  readonly severity?: string;
  readonly expr: string;
  /** Undefined when Prometheus would refuse the expression: then `errors` says why. */
  readonly tree?: Expr;
  readonly errors: readonly PromqlError[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly forMs?: number;
  readonly keepFiringForMs?: number;
  /**
   * Where a part of the rule stands: `expr`, `for`, `annotations.summary`.
   *
   * @param from The first character of its text that is meant; the whole part when left out.
   * @param to Where what is meant ends, not included.
   */
  at(path: string, from?: number, to?: number): YamlPlace | undefined;
}

/** A group of rules. */
export interface ModelGroup {
  readonly file: string;
  readonly name: string;
  /** Time between two evaluations; the global one when left out. */
  readonly intervalMs?: number;
  readonly rules: readonly ModelRule[];
}

/** Everything that checks of rules look at. */
export interface RuleModel {
  readonly groups: readonly ModelGroup[];
  /** The rules of all groups. */
  readonly rules: readonly ModelRule[];
  /** The rules that record series, by the name of what they store. */
  readonly recordings: ReadonlyMap<string, readonly ModelRule[]>;
  readonly scrapeIntervalMs: number;
  readonly evaluationIntervalMs: number;
  /** How long Prometheus keeps what it stored; undefined when the configuration does not say. */
  readonly retentionMs?: number;
  readonly jobs: readonly ModelJob[];
  /** The labels of the series of a selector, by the catalogue, the targets and the recording rules. */
  readonly schema: LabelSchema;
  /** Labels that Alertmanager's configuration speaks of. */
  readonly routing: RoutingLabels;
  /** alertmanager.yml as plain data; undefined when it cannot be read. */
  readonly alertmanager?: Loose;
}

const DEFAULT_INTERVAL_MS = 60_000;

const models = new WeakMap<CheckContext, Promise<RuleModel>>();

/** The model of what lies in the build directory, read once per context. What cannot be read is left out: other checks name it. */
export function ruleModelOf(context: CheckContext): Promise<RuleModel> {
  let model = models.get(context);
  if (model === undefined) {
    model = readModel(context);
    models.set(context, model);
  }
  return model;
}

async function readModel({ buildDir, config }: CheckContext): Promise<RuleModel> {
  const [prometheus, alertmanager, ruleFiles] = await Promise.all([
    readYaml(join(buildDir, CONFIG)),
    readYaml(join(buildDir, "alertmanager/alertmanager.yml")),
    matchingFiles(join(buildDir, "prometheus"), "rules/*.yml"),
  ]);
  const texts = await Promise.all(
    ruleFiles.sort().map(async (path) => {
      const text = await readIfThere(path);
      return [`prometheus/rules/${basename(path)}`, text ?? ""] as const;
    }),
  );
  return modelOf(prometheus, alertmanager, texts, config);
}

/** The model of rendered files: path relative to the build directory → text. @param config The configuration as plain data. */
export function ruleModelOfFiles(files: ReadonlyMap<string, string>, config?: unknown): RuleModel {
  const yaml = (path: string) => yamlOf(files.get(path) ?? "");
  const texts = [...files].filter(([path]) => /^prometheus\/rules\/[^/]+\.yml$/.test(path));
  return modelOf(yaml(CONFIG) ?? {}, yaml("alertmanager/alertmanager.yml"), texts, config);
}

function modelOf(
  prometheus: Loose,
  alertmanager: Loose | undefined,
  texts: readonly (readonly [file: string, text: string])[],
  config: unknown,
): RuleModel {
  const groups = texts.flatMap(([file, text]) => groupsOf(file, text));
  const rules = groups.flatMap((group) => group.rules);
  const global = recordOf(prometheus.global);
  const jobs = jobsOf(prometheus);
  const recorded: RecordedLabels[] = rules.flatMap(({ kind, name, tree, labels }) =>
    kind === "record" ? [{ name, tree, labels: Object.keys(labels) }] : []
  );
  return {
    groups,
    rules,
    recordings: Map.groupBy(rules.filter(({ kind }) => kind === "record"), ({ name }) => name),
    scrapeIntervalMs: milliseconds(global.scrape_interval) ?? DEFAULT_INTERVAL_MS,
    evaluationIntervalMs: milliseconds(global.evaluation_interval) ?? DEFAULT_INTERVAL_MS,
    retentionMs: milliseconds(recordOf(recordOf(config).retention).time),
    jobs,
    schema: labelSchemaOf(jobs, recorded),
    routing: routingLabelsOf(alertmanager ?? {}),
    alertmanager,
  };
}

function groupsOf(file: string, text: string): ModelGroup[] {
  const parsed = yamlOf(text);
  let places: YamlPlaces | undefined;
  const placeOf = (path: YamlPath, from?: number, to?: number) => {
    places ??= yamlPlaces(text);
    return from === undefined ? places.placeOf(path) : places.placeIn(path, from, to ?? from + 1);
  };
  return listOf(parsed?.groups).map((group, i): ModelGroup => {
    const name = String(group.name ?? "");
    const intervalMs = milliseconds(group.interval);
    const rules = listOf(group.rules).flatMap((rule, j) =>
      ruleOf(
        rule,
        { file, group: name, intervalMs },
        (path, from, to) => placeOf(["groups", i, "rules", j, ...path], from, to),
      )
    );
    return { file, name, intervalMs, rules };
  });
}

function ruleOf(
  rule: Loose,
  home: Pick<ModelRule, "file" | "group" | "intervalMs">,
  placeOf: (path: YamlPath, from?: number, to?: number) => YamlPlace | undefined,
): ModelRule[] {
  const kind = typeof rule.alert === "string" ? "alert" : "record";
  const name = rule[kind];
  if (typeof name !== "string") return [];
  const expr = typeof rule.expr === "number" ? String(rule.expr) : rule.expr;
  if (typeof expr !== "string") return [];
  const { expr: tree, errors } = parsePromql(expr);
  const labels = textsOf(rule.labels);
  return [{
    ...home,
    kind,
    name,
    severity: labels.severity,
    expr,
    tree,
    errors,
    labels,
    annotations: textsOf(rule.annotations),
    forMs: milliseconds(rule.for),
    keepFiringForMs: milliseconds(rule.keep_firing_for),
    // A label's name may hold a dot, the rule's own keys hold none.
    at: (path, from, to) =>
      placeOf(/^(\w+)(?:\.(.*))?$/s.exec(path)?.slice(1).filter((key) => key) ?? [], from, to),
  }];
}

async function readYaml(path: string): Promise<Loose> {
  return yamlOf(await readIfThere(path) ?? "") ?? {};
}
