/** The route tree: which receiver an alert goes to. */

import { parseMatcher, printMatcher } from "../../lib/matcher.ts";
import type { Routing } from "./schema.ts";

/** The receiver of drills: they prove the way of real alerts, so they reach every destination. */
export const DRILL_RECEIVER = "drill";

/** The receiver of what nobody is to be told: it has no destination, on purpose. */
export const SILENT_RECEIVER = "watchdog";

/** Names that config.ts cannot give to a receiver. */
export const RESERVED_RECEIVERS: readonly string[] = [DRILL_RECEIVER, SILENT_RECEIVER];

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

/** The whole tree: the drill first, then Watchdog, then the user's routes; what none of them takes goes to the default receiver. */
export function routeTree(routing: Routing): Route {
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
      { receiver: SILENT_RECEIVER, matchers: ['alertname="Watchdog"'], continue: false },
      ...routing.routes.map((route) => ({
        receiver: route.receiver,
        matchers: route.matchers.map((matcher) => printMatcher(parseMatcher(matcher))),
        continue: route.continue,
        repeat_interval: route.repeatInterval ?? routing.repeatInterval,
      })),
    ],
  };
}
