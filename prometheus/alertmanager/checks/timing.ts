/** `alertmanager/timing`: intervals do what they say. */

import { durationMs } from "../../../lib/units.ts";
import { routeText } from "../tree.ts";
import { type Fault, modelCheck, pathOf } from "./model.ts";

// Alertmanager forgets after so long what it has told, unless it is started with another `--data.retention`.
const RETENTION = "5d";

/**
 * A repeat interval shorter than the group interval, which then is the one that counts, and one longer than Alertmanager remembers what it has
 * told: it would tell again sooner.
 */
export const timing = modelCheck(
  {
    id: "alertmanager/timing",
    title: "Intervals of routes do what they say",
    severity: "warning",
  },
  ({ routes }) =>
    routes.flatMap((route): Fault[] => {
      const { groupInterval, repeatInterval } = route;
      const about = { path: pathOf(route), subject: route.receiver };
      const [group, repeat] = [msOf(groupInterval), msOf(repeatInterval)];
      if (repeat < group) {
        return [{
          ...about,
          message:
            `Alerts of ${
              routeText(route)
            } are told again every ${groupInterval}, not every ${repeatInterval}: ` +
            "a group is looked at once in its group interval",
          cure: "Make `repeatInterval` longer or `groupInterval` shorter under `notify` in config.ts",
        }];
      }
      if (repeat > durationMs(RETENTION)) {
        return [{
          ...about,
          message: `Alerts of ${routeText(route)} are told again sooner than every ${repeatInterval}: ` +
            `Alertmanager remembers for ${RETENTION} what it has told`,
          cure: `Give \`repeatInterval\` ${RETENTION} at most under \`notify\` in config.ts`,
        }];
      }
      return [];
    }),
);

function msOf(duration: string): number {
  try {
    return durationMs(duration);
  } catch {
    return NaN; // amtool refuses it; nothing is shorter or longer.
  }
}
