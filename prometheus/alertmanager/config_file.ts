/** alertmanager.yml as it lies on disk: parsed, and where in its text each part stands. */

import { join } from "node:path";
import type { CheckContext } from "../../lib/check.ts";
import { readIfThere } from "../../lib/files.ts";
import { fromYaml } from "../../lib/yaml.ts";
import { type YamlPath, type YamlPlace, yamlPlaces } from "../../lib/yaml_places.ts";

/** The file, relative to the build directory. */
export const CONFIG = "alertmanager/alertmanager.yml";

/** A mapping of YAML. */
export type YamlRecord = Readonly<Record<string, unknown>>;

/** The file, as far as it could be read. */
export interface ConfigFile {
  readonly text: string;
  readonly route: YamlRecord;
  readonly receivers: readonly YamlRecord[];
  readonly inhibitRules: readonly YamlRecord[];
  readonly timeIntervals: readonly YamlRecord[];
  readonly templates: readonly string[];
  /** Where the value below these keys stands. */
  at(...path: YamlPath): YamlPlace | undefined;
}

/** Whether `value` is a mapping. */
export function isRecord(value: unknown): value is YamlRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The file of a check; undefined when it is not there or not YAML, which `alertmanager/config` says. */
export async function readConfigFile(
  { buildDir }: Pick<CheckContext, "buildDir">,
): Promise<ConfigFile | undefined> {
  const text = await readIfThere(join(buildDir, CONFIG));
  return text === undefined ? undefined : parseConfigFile(text);
}

/** The file with this text; undefined when it is not YAML. */
export function parseConfigFile(text: string): ConfigFile | undefined {
  let value: unknown;
  try {
    value = fromYaml(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined; // amtool says it, with the line.
  }
  if (!isRecord(value)) return undefined;
  const { route, templates } = value;
  const records = (key: string) => {
    const entries = value[key];
    // Places are looked up by index: what is no mapping keeps its own.
    return Array.isArray(entries) ? entries.map((entry) => isRecord(entry) ? entry : {}) : [];
  };
  let places: ReturnType<typeof yamlPlaces> | undefined;
  return {
    text,
    route: isRecord(route) ? route : {},
    receivers: records("receivers"),
    inhibitRules: records("inhibit_rules"),
    timeIntervals: records("time_intervals"),
    templates: Array.isArray(templates) ? templates.map(String) : [],
    at: (...path) => (places ??= yamlPlaces(text)).placeOf(path),
  };
}

/**
 * The matchers in one entry of a list of matchers, which may hold several: `{severity="critical", team=~"a,b"}`.
 *
 * Source: `ParseMatchers` in `pkg/labels/parse.go` of Alertmanager 0.33.
 */
export function splitMatchers(text: string): string[] {
  const inner = text.trim().replace(/^\{([^]*)\}$/, "$1");
  return inner.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/gs)?.map((each) => each.trim()).filter((each) =>
    each !== ""
  ) ?? [];
}
