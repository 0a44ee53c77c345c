/** The route tree: which receiver an alert goes to. */

import { type Duration, durationMs, formatDuration } from "../../lib/units.ts";
import { parseMatcher, printMatcher } from "../../lib/matcher.ts";
import { QUIET_HOURS } from "./quiet_hours.ts";
import type { Routing } from "./schema.ts";
import { DEFAULT_TIMING, SEVERITIES, type Severity, type Timing } from "./severity.ts";

/** The receiver of drills: they prove the way of real alerts, so they reach every destination. */
export const DRILL_RECEIVER = "drill";

/** The receiver of the alert that always fires. */
export const WATCHDOG_RECEIVER = "watchdog";

/** The receiver that tells nobody: config.ts may name it without defining it. */
export const NOBODY = "nobody";

/** Names that config.ts cannot give to a receiver. */
export const RESERVED_RECEIVERS: readonly string[] = [DRILL_RECEIVER, WATCHDOG_RECEIVER, NOBODY];

/** A route in Alertmanager's own form. Keys that may vary are always written, so that what runs can be compared with them. */
export interface Route {
  readonly receiver: string;
  readonly matchers?: readonly string[];
  readonly continue?: boolean;
  readonly group_by?: readonly string[];
  readonly group_wait?: string;
  readonly group_interval?: string;
  readonly repeat_interval?: string;
  readonly mute_time_intervals?: readonly string[];
  readonly routes?: readonly Route[];
}

// So many of the intervals fit into the time that Watchdog may stay away: Alertmanager tells again after one or two of them.
const INTERVALS_WITHIN = 5;

type UserRoute = Routing["routes"][number];

/**
 * The whole tree: the drill first, then Watchdog, what must pass by the webhook, and what is told nobody; then the user's routes, the
 * teams, the severities. What none of them takes goes to the default receiver.
 *
 * @param watchdogWithin How long Watchdog may stay away; undefined when nobody waits for it.
 */
export function routeTree(routing: Routing, watchdogWithin?: Duration): Route {
  const { receiver, severities, teams, bypass } = routing;
  const often = watchdogWithin &&
    formatDuration(Math.floor(durationMs(watchdogWithin) / INTERVALS_WITHIN / 1_000) * 1_000);
  const route = (of: Partial<UserRoute> & Pick<UserRoute, "matchers" | "receiver">) => routeOf(of, routing);
  return {
    receiver,
    ...timingOf({}, "critical", routing),
    routes: [
      {
        receiver: DRILL_RECEIVER,
        matchers: ['alertname="VigieDrill"'],
        continue: false,
        group_by: ["alertname", "drill"],
        // A drill measures how fast an alert can be: it waits for no other.
        group_wait: "0s",
        group_interval: "5s",
        repeat_interval: "24h",
      },
      {
        receiver: WATCHDOG_RECEIVER,
        matchers: ['alertname="Watchdog"'],
        continue: false,
        ...(often && { group_wait: "0s", group_interval: often, repeat_interval: often }),
      },
      ...(bypass === undefined ? [] : [
        route({ matchers: ['severity="critical"'], receiver: bypass, continue: true }),
        // Also when config.ts has made it less than critical.
        route({
          matchers: ['alertname="WebhookDown"', 'severity!="critical"'],
          receiver: bypass,
          continue: true,
          quietHours: false,
        }),
      ]),
      ...(severities.none === undefined
        ? [{ receiver: NOBODY, matchers: ['severity="none"'], continue: false }]
        : []),
      ...routing.routes.map(route),
      ...Object.entries(teams).flatMap(([team, told]) => teamRoutes(team, told, severities).map(route)),
      ...SEVERITIES.flatMap((severity) => {
        const told = severities[severity] ?? (severity === "none" ? NOBODY : receiver);
        const matchers = [`severity="${severity}"`];
        // What is critical is told as the tree's root says.
        const isRoots = told === receiver && severity === "critical";
        const isNobodys = told === NOBODY && severity === "none";
        return isRoots || isNobodys ? [] : [route({ matchers, receiver: told })];
      }),
      // An alert that a route has taken does not come back to the root by itself.
      ...(bypass !== undefined || routing.routes.some((each) => each.continue)
        ? [route({ matchers: [], receiver, quietHours: false })]
        : []),
    ],
  };
}

/** The routes of a team: where `severities` tells somebody else, both are told; where it tells the same, once. */
function teamRoutes(team: string, receiver: string, severities: Routing["severities"]) {
  const ofTeam = printMatcher({ label: "team", operator: "=", value: team });
  const also = SEVERITIES.filter((severity) => (severities[severity] ?? receiver) !== receiver).join("|");
  if (also === "") return [{ matchers: [ofTeam], receiver }];
  return [
    { matchers: [ofTeam, `severity=~"${also}"`], receiver, continue: true },
    { matchers: [ofTeam, `severity!~"${also}"`], receiver },
  ];
}

/** A route with the timing of the most urgent severity that it takes, and below it a route for each that is told otherwise. */
function routeOf(
  { receiver, matchers, continue: goesOn = false, ...own }: Partial<UserRoute> & {
    receiver: string;
    matchers: string[];
  },
  routing: Routing,
): Route {
  const parsed = matchers.map(parseMatcher);
  const taken = parsed.length === 0
    ? []
    : SEVERITIES.filter((severity) =>
      parsed.every(({ label, operator, value }) => label !== "severity" || fits(severity, operator, value))
    );
  const ways = taken.map((severity) => ({ severity, way: wayOf(own, severity, routing) }));
  const { way } = ways[0] ?? { way: wayOf(own, "critical", routing) };
  const others = Map.groupBy(
    ways.filter((each) => JSON.stringify(each.way) !== JSON.stringify(way)),
    (each) => JSON.stringify(each.way),
  );
  const routes = [...others.values()].map((same): Route => ({
    receiver,
    matchers: [severityMatcher(same.map(({ severity }) => severity))],
    continue: false,
    ...same[0]!.way,
  }));
  return {
    receiver,
    matchers: parsed.length === 0 ? undefined : parsed.map(printMatcher),
    continue: goesOn,
    ...way,
    routes: routes.length === 0 ? undefined : routes,
  };
}

function wayOf(own: Partial<UserRoute>, severity: Severity, routing: Routing) {
  const { quietHours } = routing;
  const isQuiet = own.quietHours !== false && quietHours?.severities.some((each) => each === severity);
  return {
    ...timingOf(own, severity, routing),
    mute_time_intervals: isQuiet ? [QUIET_HOURS] : undefined,
  };
}

function timingOf(own: Partial<Timing>, severity: Severity, routing: Routing) {
  const of = <Key extends keyof Timing>(key: Key): Timing[Key] =>
    own[key] ?? routing.timing[severity]?.[key] ?? routing[key] ?? DEFAULT_TIMING[severity][key];
  return {
    group_by: of("groupBy"),
    group_wait: of("groupWait"),
    group_interval: of("groupInterval"),
    repeat_interval: of("repeatInterval"),
  };
}

function severityMatcher(severities: readonly Severity[]): string {
  return severities.length === 1 ? `severity="${severities[0]}"` : `severity=~"${severities.join("|")}"`;
}

function fits(severity: Severity, operator: string, value: string): boolean {
  if (operator === "=" || operator === "!=") return (severity === value) === (operator === "=");
  try {
    return new RegExp(`^(?:${value})$`).test(severity) === (operator === "=~");
  } catch {
    return true; // A form that only RE2 has: any severity may be meant.
  }
}

/** Every repeat interval of the tree below the stack's own routes. */
export function repeatIntervals(routing: Routing): Duration[] {
  const { routes = [], ...root } = routeTree(routing);
  const own = [DRILL_RECEIVER, WATCHDOG_RECEIVER];
  const all = (route: Route): Duration[] => [
    ...(route.repeat_interval === undefined ? [] : [route.repeat_interval]),
    ...(route.routes ?? []).flatMap(all),
  ];
  return [...all(root), ...routes.filter(({ receiver }) => !own.includes(receiver)).flatMap(all)];
}
