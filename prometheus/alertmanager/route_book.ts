/** Whom an alert reaches, and when: every way of one alert, or of exact labels, with what mutes it. */

import type { Files } from "../../lib/files.ts";
import { printMatcher } from "../../lib/matcher.ts";
import { ruleModelOfFiles } from "../checks/rule_model.ts";
import { type AlertShape, alertShapes, knownValue } from "./alert_shape.ts";
import { CONFIG, type ConfigFile, isRecord, parseConfigFile, type YamlRecord } from "./config_file.ts";
import { inhibitors, inhibitRule } from "./inhibit.ts";
import { allRoutes, type RouteNode, routeNodes, routesFor } from "./tree.ts";
import { compileFits, waysOf } from "./ways.ts";

/** One way of an alert. */
export interface AlertWay {
  readonly receiver: string;
  /** Matchers that must hold for it to go this way, as they are written; `[]` when it always does. */
  readonly when: readonly string[];
  /** Whether it goes this way only when it goes none of the ways before. */
  readonly otherwise: boolean;
  /** Labels; `["..."]` for every label. */
  readonly groupBy: readonly string[];
  readonly groupWait: string;
  readonly groupInterval: string;
  readonly repeatInterval: string;
  /** When it is not told, `mon–fri 20:00–24:00 Europe/Paris`. */
  readonly muted: readonly string[];
}

/** An alert and its ways. */
export interface AlertRoutes {
  /** Undefined for labels without a rule. */
  readonly alert?: string;
  /** What is known of its labels. */
  readonly labels: Readonly<Record<string, string>>;
  readonly ways: readonly AlertWay[];
  /** Alerts that mute it, and the labels that both must share. */
  readonly inhibitedBy: readonly {
    readonly alert: string;
    readonly severity?: string;
    readonly same: readonly string[];
  }[];
}

/** What is asked: nothing for every alert. */
export interface RoutesQuery {
  /** Name of an alert. */
  readonly alert?: string;
  /** Labels; without `alert` they are all that there are. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What there is to ask of the rendered files. */
export interface RouteBook {
  /** Names of the alerts, in the order of their rules. */
  readonly alerts: readonly string[];
  routes(query: RoutesQuery): AlertRoutes[];
}

/**
 * The ways of the alerts in rendered files.
 *
 * @param files Holds alertmanager/alertmanager.yml and prometheus/rules/*.yml.
 * @throws {SyntaxError} when alertmanager.yml cannot be read.
 */
export async function routeBook(files: Files): Promise<RouteBook> {
  const config = parseConfigFile(files.get(CONFIG) ?? "");
  if (!config) throw new SyntaxError(`Cannot read "${CONFIG}": it is not YAML`);
  const root = await routeNodes(config.route);
  const rules = config.inhibitRules.map(inhibitRule);
  const shapes = alertShapes(ruleModelOfFiles(files));
  const matchers = [
    ...allRoutes(root).flatMap((node) => node.matchers),
    ...rules.flatMap(({ source, target }) => [...source, ...target]),
  ];
  const fits = await compileFits(matchers);
  const mutedBy = inhibitors(rules, shapes, fits);
  const routesOf = (shape: AlertShape, ways: AlertWay[], alert?: string): AlertRoutes => ({
    alert,
    labels: shape.labels,
    ways,
    inhibitedBy: mutedBy(shape).map(({ source, equal }) => ({
      alert: source.name,
      severity: source.labels.severity,
      // What it cannot have is lacking on both sides.
      same: equal.filter((label) => label !== "alertname" && knownValue(label, shape) !== ""),
    })),
  });
  const way = (route: RouteNode, when: readonly string[], otherwise: boolean): AlertWay => ({
    receiver: route.receiver,
    when,
    otherwise,
    groupBy: route.groupBy,
    groupWait: route.groupWait,
    groupInterval: route.groupInterval,
    repeatInterval: route.repeatInterval,
    muted: route.muted.flatMap((name) => intervalTexts(name, config)),
  });
  return {
    alerts: [...new Set(shapes.map(({ name }) => name))],
    routes({ alert, labels }) {
      if (alert === undefined && Object.keys(labels).length > 0) {
        const exact = {
          name: labels.alertname ?? "",
          labels,
          sure: new Set<string>(),
          maybe: new Set<string>(),
          open: false,
        };
        return [
          routesOf(exact, routesFor(root, labels).map((route) => way(route, [], false)), labels.alertname),
        ];
      }
      const named = shapes.filter(({ name }) => alert === undefined || name === alert);
      const asked = named.filter((shape) =>
        Object.entries(labels).every(([label, value]) => (shape.labels[label] ?? value) === value)
      );
      return asked.map((shape) => {
        const known = { ...shape, labels: { ...shape.labels, ...labels } };
        const ways = waysOf(root, known, fits).map(({ route, when, otherwise }) =>
          way(route, when.map(printMatcher), otherwise)
        );
        return routesOf(known, ways, shape.name);
      });
    },
  };
}

/** The hours of a time interval, one text each. */
function intervalTexts(name: string, { timeIntervals }: ConfigFile): string[] {
  const parts = timeIntervals.find((interval) => interval.name === name)?.time_intervals;
  return Array.isArray(parts) ? parts.filter(isRecord).map(intervalText) : [name];
}

function intervalText({ weekdays, times, location }: YamlRecord): string {
  const days = Array.isArray(weekdays)
    ? weekdays.map((day) => String(day).slice(0, 3)).join(",")
    : "every day";
  const hours = (Array.isArray(times) ? times.filter(isRecord) : []).map(({ start_time, end_time }) =>
    `${start_time}–${end_time}`
  );
  return [days, ...hours, ...(location === undefined ? [] : [String(location)])].join(" ");
}
