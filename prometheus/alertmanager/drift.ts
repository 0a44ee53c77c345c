/** Whether the configuration that runs is the one that was rendered. */

import { differences, type PrintedForm } from "../../lib/differences.ts";
import type { Files } from "../../lib/files.ts";
import { printMatcher } from "../../lib/matcher.ts";
import { fromYaml } from "../../lib/yaml.ts";
import { isRecord, type YamlRecord } from "./config_file.ts";
import { matchersOf } from "./tree.ts";

/** What a running Alertmanager says of itself. */
export interface RunningAlertmanager {
  /** `config.original` of `/api/v2/status`. */
  readonly original: string;
}

const FORM: PrintedForm = {
  names: { receivers: "name", routes: "name" },
  durations: /_(interval|wait|timeout)$/,
  paths: /^templates$|_file$/,
  unordered: /matchers$/,
  closed:
    /_configs$|matchers$|^(routes|group_by|group_wait|group_interval|repeat_interval|templates|equal|inhibit_rules|time_intervals|mute_time_intervals|active_time_intervals)$/,
};

/**
 * Every difference between the rendered configuration and the one that a running Alertmanager has, one sentence each; `[]` when
 * it runs what was rendered. What Alertmanager hides as a secret, the webhook's URL among them, counts as equal.
 *
 * @throws {SyntaxError} when its configuration is not YAML.
 */
export function alertmanagerDrift(files: Files, running: RunningAlertmanager): string[] {
  const wanted = namedRoutes(fromYaml(files.get("alertmanager/alertmanager.yml") ?? ""));
  const found = namedRoutes(fromYaml(running.original));
  return [...differences(wanted, found, FORM), ...orderDifferences(wanted, found)];
}

/** The configuration with a name for each route, made of its matchers: one route more or less moves no other one. */
function namedRoutes(config: unknown): YamlRecord {
  if (!isRecord(config)) return {};
  return isRecord(config.route) ? { ...config, route: withNames(config.route) } : config;
}

function withNames(route: YamlRecord): YamlRecord {
  if (!Array.isArray(route.routes)) return route;
  const seen = new Map<string, number>();
  const routes = route.routes.filter(isRecord).map((child) => {
    const name = `{${matchersOf(child).map(printMatcher).sort().join(", ")}}`;
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return { name: before === 0 ? name : `${name} (${before + 1})`, ...withNames(child) };
  });
  return { ...route, routes };
}

function orderDifferences(wanted: YamlRecord, found: YamlRecord): string[] {
  const names = ({ route }: YamlRecord) =>
    isRecord(route) && Array.isArray(route.routes) ? route.routes.map(({ name }) => String(name)) : [];
  const [left, right] = [names(wanted), names(found)];
  const common = left.filter((name) => right.includes(name));
  const there = right.filter((name) => left.includes(name));
  const first = common.findIndex((name, i) => name !== there[i]);
  return first === -1 ? [] : [`route.routes has ${there[first]} before ${common[first]}, wanted it after`];
}
