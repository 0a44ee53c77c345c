/** `alertmanager/told-twice` and `alertmanager/told-nobody`: an alert is told, and told once. */

import { printMatcher } from "../../../lib/matcher.ts";
import type { AlertShape } from "../alert_shape.ts";
import type { RouteNode } from "../tree.ts";
import { type Way, waysOf } from "../ways.ts";
import { type Fault, modelCheck, pathOf } from "./model.ts";
import { hasDestination } from "./receivers.ts";

const CHANGE = "Correct the routes under `notify` in config.ts: `deno task routes` shows every way";

/** An alert that goes to the same receiver by two routes: it is told twice. */
export const toldTwice = modelCheck(
  {
    id: "alertmanager/told-twice",
    title: "Nobody is told the same alert twice",
    severity: "warning",
  },
  (model) => {
    const twice = model.alerts.flatMap((alert) => {
      const ways = waysOf(model.root, alert, model.fits);
      const second = ways.find((way, i) => ways.slice(0, i).some((before) => comesWith(way, before)));
      return second ? [{ alert, route: second.route }] : [];
    });
    return onePerRoute(
      twice,
      ({ receiver }, name, more) => `"${name}"${more} is told "${receiver}" twice: two routes lead there`,
    );
  },
);

/** A critical alert that always goes to receivers without any destination. */
export const toldNobody = modelCheck(
  {
    id: "alertmanager/told-nobody",
    title: "Somebody is told every critical alert",
    severity: "warning",
  },
  (model) => {
    const told = new Set(model.config.receivers.filter(hasDestination).map(({ name }) => name));
    const silent = model.alerts.filter(({ labels }) => labels.severity === "critical").flatMap((alert) => {
      const ways = waysOf(model.root, alert, model.fits);
      return ways.some(({ route }) => told.has(route.receiver)) ? [] : [{ alert, route: ways[0]!.route }];
    });
    return onePerRoute(
      silent,
      ({ receiver }, name, more) =>
        `The critical alert "${name}"${more} is told nobody: it goes to "${receiver}"`,
    );
  },
);

/** Whether an alert that goes one way goes this way to the same receiver too. */
function comesWith(way: Way, before: Way): boolean {
  if (way.route.receiver !== before.route.receiver) return false;
  const given = before.when.map(printMatcher);
  // What only takes the rest comes together with what is certain, but not with what depends on the alert.
  return way.when.every((matcher) => given.includes(printMatcher(matcher))) &&
    (!way.otherwise || before.when.length === 0);
}

function onePerRoute(
  found: readonly { readonly alert: AlertShape; readonly route: RouteNode }[],
  message: (route: RouteNode, name: string, more: string) => string,
): Fault[] {
  return [...Map.groupBy(found, ({ route }) => route)].map(([route, same]) => {
    const names = [...new Set(same.map(({ alert }) => alert.name))];
    const more = names.length === 1 ? "" : ` (and ${names.length - 1} more)`;
    return { path: pathOf(route), subject: names[0], message: message(route, names[0]!, more), cure: CHANGE };
  });
}
