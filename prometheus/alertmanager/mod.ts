/** Alertmanager's face to the generator. */

import { BANNER, type Files } from "../../lib/files.ts";
import type { Locale } from "../../lib/text.ts";
import { toYaml } from "../../lib/yaml.ts";
import { type InhibitionLinks, inhibitions } from "./inhibitions.ts";
import { type Receiver, receiverEntries } from "./receivers.ts";
import { timeInterval } from "./quiet_hours.ts";
import { routeTree } from "./routes.ts";
import type { Routing } from "./schema.ts";
import { templates } from "./templates.ts";

export { alertmanagerChecks } from "./checks/mod.ts";
export { alertmanagerDrift, type RunningAlertmanager } from "./drift.ts";
export type { Receiver } from "./receivers.ts";
export { type AlertRoutes, type AlertWay, type RouteBook, routeBook } from "./route_book.ts";
export { NOBODY, repeatIntervals, RESERVED_RECEIVERS } from "./routes.ts";

/** What Alertmanager has to know of the other services. */
export interface AlertmanagerLinks extends InhibitionLinks {
  /** URL of the webhook's endpoint, as Alertmanager reaches it. */
  readonly webhookUrl: string;
  /** How long the webhook lets Watchdog stay away, a duration; undefined when it does not wait for it. */
  readonly watchdogWithin?: string;
}

/**
 * `alertmanager/alertmanager.yml` and, where Alertmanager writes messages itself, `alertmanager/templates/vigie.tmpl`.
 *
 * @throws {RangeError} when a receiver has a name of RESERVED_RECEIVERS.
 */
export function renderAlertmanager(
  routing: Routing,
  receivers: readonly Receiver[],
  locale: Locale,
  links: AlertmanagerLinks,
): Files {
  const native = receivers.some((receiver) => receiver.native.length > 0);
  const config = {
    // Only for alerts of senders that give no end time; Prometheus gives one.
    global: { resolve_timeout: "5m" },
    templates: native ? ["templates/*.tmpl"] : undefined,
    route: routeTree(routing, links.watchdogWithin),
    time_intervals: routing.quietHours && [timeInterval(routing.quietHours)],
    inhibit_rules: inhibitions(links),
    receivers: receiverEntries(receivers, links.webhookUrl, links.watchdogWithin !== undefined),
  };
  const files = new Map([["alertmanager/alertmanager.yml", toYaml(config, [BANNER])]]);
  if (native) {
    files.set("alertmanager/templates/vigie.tmpl", `{{/* ${BANNER} */}}\n${templates(locale)}`);
  }
  return files;
}
