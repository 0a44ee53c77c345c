/** What the reader chose at the top of a dashboard, and what queries and links make of it. */

import type { Answered, AskPrometheus } from "../prometheus.ts";
import type { Dashboard, Variable } from "./model.ts";
import type { Range } from "./range.ts";

/** What stands for all values, in addresses and models. */
export const ALL = "$__all";

/** One variable with what can be chosen and what is. */
export interface Choice {
  readonly variable: Variable;
  readonly options: readonly string[];
  /** `ALL` alone for all. */
  readonly chosen: readonly string[];
  /** Why there is nothing to choose from. */
  readonly failure?: string;
}

const MAX_OPTIONS = 2_000;
const MAX_CHOSEN = 100;
const LABEL_VALUES = /^label_values\(\s*(?:(.+),\s*)?([a-zA-Z_]\w*)\s*\)$/s;

/** What can be chosen and what is, variable after variable: the values of one may depend on those before. */
export async function readChoices(
  { variables }: Pick<Dashboard, "variables">,
  asked: URLSearchParams,
  range: Range,
  ask: AskPrometheus,
): Promise<Choice[]> {
  const choices: Choice[] = [];
  for (const variable of variables) {
    const { options, failure } = await optionsOf(variable, choices, range, ask);
    choices.push({ variable, options, failure, chosen: chosenOf(variable, options, asked) });
  }
  return choices;
}

async function optionsOf(
  { type, query }: Variable,
  before: readonly Choice[],
  range: Range,
  ask: AskPrometheus,
): Promise<{ options: string[]; failure?: string }> {
  if (type === "custom" || type === "interval") {
    return { options: query.split(",").map((each) => each.trim()).filter(Boolean).slice(0, MAX_OPTIONS) };
  }
  if (type === "constant" || type === "textbox") return { options: [query] };
  const [, selector, label] = type === "query" ? LABEL_VALUES.exec(query) ?? [] : [];
  if (label === undefined) return { options: [], failure: `Cannot offer values: ${type} ${query}` };
  const match = selector === undefined ? [] : [fillQuery(selector, before)];
  const span = { start: Math.floor(range.from / 1_000), end: Math.ceil(range.to / 1_000) };
  const answered = await ask({ path: "label_values", label, match, ...span });
  return valuesIn(answered);
}

function valuesIn(answered: Answered): { options: string[]; failure?: string } {
  if (!answered.ok) return { options: [], failure: answered.error };
  const { data } = JSON.parse(answered.text) as { data?: unknown };
  const values = Array.isArray(data) ? data.filter((each) => typeof each === "string") : [];
  const order = new Intl.Collator("en", { numeric: true });
  return { options: values.sort(order.compare).slice(0, MAX_OPTIONS) };
}

function chosenOf(variable: Variable, options: readonly string[], asked: URLSearchParams): string[] {
  const { name, multi, includeAll, current, type } = variable;
  const given = asked.getAll(`var-${name}`).filter((value) => value !== "").slice(0, MAX_CHOSEN);
  // Every variable takes what the address says: a host that is gone still has a past.
  const wanted = type === "constant" ? [] : given.filter((value) => value !== ALL || includeAll);
  if (wanted.includes(ALL)) return [ALL];
  if (wanted.length > 0) return multi ? [...new Set(wanted)] : wanted.slice(0, 1);
  const usual = current.filter((value) => value === ALL ? includeAll : options.includes(value));
  if (usual.length > 0) return multi ? usual : usual.slice(0, 1);
  return includeAll ? [ALL] : options.slice(0, 1);
}

// `$name`, `[[name]]`, `${name}`, `${name:format}`, `${name.path}`; a digit after the dollar sign is a group of label_replace.
const VARIABLE =
  /\$(?<plain>[a-zA-Z_]\w*)|\[\[(?<square>\w+?)(?::\w+)?\]\]|\$\{(?<curly>\w+)(?<path>\.[^:}]+)?(?::[^}]+)?\}/g;

/** `text` with each use of a variable replaced by what `value` gives for it; a name that it does not know stays. */
export function fill(text: string, value: (name: string, path: string) => string | undefined): string {
  return text.replace(VARIABLE, (whole, ...rest) => {
    const { plain, square, curly, path = "" } = rest.at(-1) as Record<string, string | undefined>;
    return value((plain ?? square ?? curly)!, path) ?? whole;
  });
}

/** PromQL with its variables filled in; `macros` are names such as `__rate_interval`. */
export function fillQuery(
  expr: string,
  choices: readonly Choice[],
  macros: Readonly<Record<string, string>> = {},
): string {
  const values = new Map(choices.map((choice) => [choice.variable.name, inQuery(choice)]));
  return fill(expr, (name) => macros[name] ?? values.get(name));
}

/**
 * What stands in a query for what is chosen, inside the quotes of a matcher.
 *
 * Source: `interpolateQueryExpr` of Grafana's Prometheus data source: several values are a regular expression, one is one too where
 * there could be several.
 */
function inQuery({ variable: { multi, includeAll, allValue }, options, chosen }: Choice): string {
  if (chosen.includes(ALL)) return allValue ?? group(options);
  if (multi || includeAll) return group(chosen);
  return quoted(chosen[0] ?? "");
}

function group(values: readonly string[]): string {
  const escaped = values.map((value) => quoted(value.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")));
  return escaped.length === 1 ? escaped[0]! : `(${escaped.join("|")})`;
}

function quoted(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** The address's own parameters of what is chosen: `var-instance=…`. */
export function choiceParameters(choices: readonly Choice[]): [string, string][] {
  return choices.flatMap(({ variable: { name }, chosen }) =>
    chosen.map((value): [string, string] => [`var-${name}`, value])
  );
}
