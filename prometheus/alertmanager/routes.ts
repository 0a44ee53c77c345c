/** The route tree: which receiver an alert goes to. */

import { type Duration, durationMs, formatDuration } from "../../lib/units.ts";
import { parseMatcher, printMatcher } from "../../lib/matcher.ts";
import type { Routing } from "./schema.ts";

/** The receiver of drills: they prove the way of real alerts, so they reach every destination. */
export const DRILL_RECEIVER = "drill";

/** The receiver of the alert that always fires. */
export const WATCHDOG_RECEIVER = "watchdog";

/** Names that config.ts cannot give to a receiver. */
export const RESERVED_RECEIVERS: readonly string[] = [DRILL_RECEIVER, WATCHDOG_RECEIVER];

/** A route in Alertmanager's own form. Keys that may vary are always written, so that what runs can be compared with them. */
export interface Route {
  readonly receiver: string;
  readonly matchers?: readonly string[];
  readonly continue?: boolean;
  readonly group_by?: readonly string[];
  readonly group_wait?: string;
  readonly group_interval?: string;
  readonly repeat_interval?: string;
  readonly routes?: readonly Route[];
}

// So many of the intervals fit into the time that Watchdog may stay away: Alertmanager tells again after one or two of them.
const INTERVALS_WITHIN = 5;

/**
 * The whole tree: the drill first, then Watchdog, then the user's routes; what none of them takes goes to the default receiver.
 *
 * @param watchdogWithin How long Watchdog may stay away; undefined when nobody waits for it.
 */
export function routeTree(routing: Routing, watchdogWithin?: Duration): Route {
  const often = watchdogWithin &&
    formatDuration(Math.floor(durationMs(watchdogWithin) / INTERVALS_WITHIN / 1_000) * 1_000);
  return {
    receiver: routing.receiver,
    group_by: routing.groupBy,
    group_wait: routing.groupWait,
    group_interval: routing.groupInterval,
    repeat_interval: routing.repeatInterval,
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
      ...routing.routes.map((route) => ({
        receiver: route.receiver,
        matchers: route.matchers.map((matcher) => printMatcher(parseMatcher(matcher))),
        continue: route.continue,
        repeat_interval: route.repeatInterval ?? routing.repeatInterval,
      })),
    ],
  };
}
