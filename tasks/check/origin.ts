/** From a place in a generated file back to the part of config.ts that it comes from. */

import { type Locale } from "../../lib/text.ts";
import { fromYaml } from "../../lib/yaml.ts";
import type { YamlPath, YamlPlaces } from "../../lib/yaml_places.ts";

/** A part of config.ts. */
export interface Origin {
  readonly path: readonly (string | number)[];
  /** How many keys of the path must be written in config.ts for the place to be shown there. */
  readonly least: number;
  /** The text that stands in the generated file. */
  readonly text?: string;
  /** How many of its characters stand before the place. */
  readonly offset?: number;
}

/** What config.ts says that generated files repeat. All of it may be missing. */
export interface Written {
  readonly locale?: Locale;
  readonly alerts?: readonly { readonly alert: string; readonly severity?: string }[];
  readonly recordings?: readonly { readonly record: string }[];
  readonly rules?: Readonly<Record<string, unknown>>;
  readonly jobs?: readonly { readonly name: string }[];
  readonly notify?: {
    readonly receivers?: Readonly<Record<string, unknown>>;
    readonly routes?: readonly { readonly receiver?: string }[];
  };
}

/** Keys of a rule in a rule file, and of the same rule in config.ts. */
const RULE_KEYS: Readonly<Record<string, string>> = {
  alert: "alert",
  record: "record",
  expr: "expr",
  for: "for",
  keep_firing_for: "keepFiringFor",
};
const ANNOTATION_KEYS: Readonly<Record<string, string>> = {
  runbook_url: "runbook",
  dashboard_url: "dashboard",
};

/**
 * The part of config.ts that a place of a generated file comes from; undefined when Vigie itself wrote it.
 *
 * @param file Path of the generated file, relative to the build directory.
 * @param text Its text.
 */
export function originOf(
  written: Written,
  file: string,
  text: string,
  places: YamlPlaces,
  line: number,
  column?: number,
): Origin | undefined {
  const at = places.pathAt(line, column);
  if (!at) return undefined;
  const document = parsed(text);
  const value = valueAt(document, at.path);
  const rest = { text: typeof value === "string" ? value : undefined, offset: at.offset };
  if (file.startsWith("prometheus/rules/")) return ruleOrigin(written, document, at.path, rest);
  if (file === "prometheus/prometheus.yml") return jobOrigin(written, document, at.path);
  if (file === "alertmanager/alertmanager.yml") return notifyOrigin(written, document, at.path);
  return undefined;
}

function ruleOrigin(
  { alerts = [], recordings = [], rules = {}, locale = "en" }: Written,
  document: unknown,
  path: YamlPath,
  rest: Pick<Origin, "text" | "offset">,
): Origin | undefined {
  const rule = valueAt(document, path.slice(0, 4)) as {
    alert?: string;
    record?: string;
    labels?: { severity?: string };
  } | undefined;
  const name = rule?.alert ?? rule?.record;
  if (path[2] !== "rules" || name === undefined) return undefined;
  const same = (one: { alert: string; severity?: string }) =>
    one.alert === name && (one.severity === undefined || one.severity === rule?.labels?.severity);
  const [list, index] = rule?.alert === undefined
    ? ["recordings", recordings.findIndex(({ record }) => record === name)]
    : ["alerts", alerts.findIndex(same)];
  if (index !== -1) {
    const inner = innerPath(path.slice(4), valueAt({ alerts, recordings }, [list, index]), locale);
    return { path: [list, index, ...inner], least: 2, ...(inner.length > 0 && rest) };
  }
  if (!Object.hasOwn(rules, name)) return undefined;
  const said = saidAt(rules[name], rule?.labels?.severity);
  const found = said.flatMap(({ at, setting }) => {
    const inner = innerPath(path.slice(4), setting, locale);
    return inner.length > 0 && valueAt(setting, inner) === rest.text ? [[...at, ...inner]] : [];
  })[0];
  return found === undefined || rest.text === undefined
    ? { path: ["rules", name], least: 2 }
    : { path: ["rules", name, ...found], least: 2, ...rest };
}

/** All that is said of one alert of the stack's own: of some hosts, of its severity, of both that share a name. */
function saidAt(said: unknown, severity = ""): { at: (string | number)[]; setting: unknown }[] {
  return [[severity], []].flatMap((at) => {
    const setting = valueAt(said, at);
    const hosts = valueAt(setting, ["hosts"]);
    return [
      ...(Array.isArray(hosts) ? hosts.map((each, i) => ({ at: [...at, "hosts", i], setting: each })) : []),
      { at, setting },
    ];
  });
}

/** Where in an alert of config.ts a part of its rule stands. */
function innerPath(path: YamlPath, own: unknown, locale: Locale): (string | number)[] {
  const [key, name] = path;
  if (key === "annotations" && name !== undefined) {
    const mapped = ANNOTATION_KEYS[name] ?? name;
    const value = valueAt(own, [mapped]);
    return typeof value === "object" && value !== null && locale in value ? [mapped, locale] : [mapped];
  }
  if (key === "labels" && name !== undefined) return name === "severity" ? ["severity"] : ["labels", name];
  const mapped = RULE_KEYS[String(key)];
  return mapped === undefined ? [] : [mapped];
}

function jobOrigin({ jobs = [] }: Written, document: unknown, path: YamlPath): Origin | undefined {
  if (path[0] !== "scrape_configs") return undefined;
  const name = valueAt(document, [...path.slice(0, 2), "job_name"]);
  const index = jobs.findIndex((job) => job.name === name);
  return index === -1 ? undefined : { path: ["jobs", index], least: 2 };
}

function notifyOrigin({ notify = {} }: Written, document: unknown, path: YamlPath): Origin | undefined {
  const { receivers = {}, routes = [] } = notify;
  if (path[0] === "receivers") {
    const name = valueAt(document, [...path.slice(0, 2), "name"]);
    return typeof name === "string" && name in receivers
      ? { path: ["notify", "receivers", name], least: 3 }
      : undefined;
  }
  if (path[0] !== "route" || path[1] !== "routes" || typeof path[2] !== "number") return undefined;
  // The routes of config.ts keep their order, among those that Vigie adds.
  const generated = (valueAt(document, ["route", "routes"]) ?? []) as { receiver?: string }[];
  let next = 0;
  for (const [i, { receiver }] of generated.entries()) {
    const isOwn = next < routes.length && routes[next]!.receiver === receiver;
    if (i === path[2]) return isOwn ? { path: ["notify", "routes", next], least: 3 } : undefined;
    if (isOwn) next++;
  }
  return undefined;
}

function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (inner, key) => typeof inner === "object" && inner !== null ? (inner as never)[key] : undefined,
    value,
  );
}

function parsed(text: string): unknown {
  try {
    return fromYaml(text);
  } catch {
    return undefined; // Another check says that it is not YAML.
  }
}

/** The value at `path` of the configuration. */
export { valueAt };
