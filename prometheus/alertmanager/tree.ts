/** The tree of routes in alertmanager.yml, and which of them take an alert, as Alertmanager itself decides it. */

import { compileMatchers, type Matcher, parseMatcher, printMatcher } from "../../lib/matcher.ts";
import { isRecord, splitMatchers, type YamlRecord } from "./config_file.ts";

/** One route with what it has of its own and what it has from the routes above it. */
export interface RouteNode {
  /** Places in the lists of routes from the root on; `[]` is the root. */
  readonly path: readonly number[];
  readonly receiver: string;
  readonly matchers: readonly Matcher[];
  readonly continue: boolean;
  /** `["..."]` for every label: each alert by itself. */
  readonly groupBy: readonly string[];
  readonly groupWait: string;
  readonly groupInterval: string;
  readonly repeatInterval: string;
  /** Time intervals in which nobody is told. */
  readonly muted: readonly string[];
  /** The only time intervals in which somebody is told; `[]` for always. */
  readonly active: readonly string[];
  readonly routes: readonly RouteNode[];
  /** Whether all of its own matchers hold. */
  fits(labels: Readonly<Record<string, string>>): boolean;
}

// Source: `DefaultRouteOpts` in `dispatch/route.go` of Alertmanager 0.33.
const DEFAULTS = { groupBy: [], groupWait: "30s", groupInterval: "5m", repeatInterval: "4h" };

type Inherited = Pick<
  RouteNode,
  "receiver" | "groupBy" | "groupWait" | "groupInterval" | "repeatInterval"
>;

/**
 * The tree that starts with `route`, the value of that key in alertmanager.yml.
 *
 * Source: `NewRoute` in `dispatch/route.go` of Alertmanager 0.33: time intervals alone are not inherited.
 *
 * @throws {SyntaxError} when a matcher cannot be read.
 */
export async function routeNodes(
  route: YamlRecord,
  inherited: Inherited = { receiver: "", ...DEFAULTS },
  path: readonly number[] = [],
): Promise<RouteNode> {
  const matchers = matchersOf(route);
  const own: Inherited = {
    receiver: text(route.receiver) ?? inherited.receiver,
    groupBy: list(route.group_by) ?? inherited.groupBy,
    groupWait: text(route.group_wait) ?? inherited.groupWait,
    groupInterval: text(route.group_interval) ?? inherited.groupInterval,
    repeatInterval: text(route.repeat_interval) ?? inherited.repeatInterval,
  };
  const children = Array.isArray(route.routes) ? route.routes.map((each) => isRecord(each) ? each : {}) : [];
  return {
    ...own,
    path,
    matchers,
    continue: route.continue === true,
    muted: list(route.mute_time_intervals) ?? [],
    active: list(route.active_time_intervals) ?? [],
    fits: await compileMatchers(matchers),
    routes: await Promise.all(children.map((child, i) => routeNodes(child, own, [...path, i]))),
  };
}

/** The matchers of a route, those of its older keys `match` and `match_re` too. */
export function matchersOf(route: YamlRecord): Matcher[] {
  const older = (key: string, operator: Matcher["operator"]) =>
    isRecord(route[key])
      ? Object.entries(route[key]).map(([label, value]) => ({ label, operator, value: String(value) }))
      : [];
  return [
    ...older("match", "="),
    ...older("match_re", "=~"),
    ...(list(route.matchers) ?? []).flatMap(splitMatchers).map(parseMatcher),
  ];
}

/**
 * The routes that take an alert: it is told once for each.
 *
 * Source: `Route.Match` in `dispatch/route.go` of Alertmanager 0.33.
 */
export function routesFor(node: RouteNode, labels: Readonly<Record<string, string>>): RouteNode[] {
  if (!node.fits(labels)) return [];
  const taken: RouteNode[] = [];
  for (const child of node.routes) {
    const below = routesFor(child, labels);
    taken.push(...below);
    if (below.length > 0 && !child.continue) break;
  }
  return taken.length > 0 ? taken : [node];
}

/** Every route, the root first. */
export function allRoutes(node: RouteNode): RouteNode[] {
  return [node, ...node.routes.flatMap(allRoutes)];
}

/** `the route {severity="critical", team="db"}`; `the root` and `the route without matchers` take everything that comes to them. */
export function routeText({ path, matchers }: Pick<RouteNode, "path" | "matchers">): string {
  if (matchers.length > 0) return `the route {${matchers.map(printMatcher).join(", ")}}`;
  return path.length === 0 ? "the root" : "the route without matchers";
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function list(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : undefined;
}
