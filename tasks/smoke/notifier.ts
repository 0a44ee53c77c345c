/** What Alertmanager says about itself: the route of the drill, its counters, why a notification failed. */

import { durationMs } from "../../lib/units.ts";
import { fromYaml } from "../../lib/yaml.ts";
import type { SmokeContext } from "./check.ts";
import { DRILL_ALERT } from "./drill.ts";
import { ask, askJson } from "./http.ts";

/** The drill's route in the configuration that Alertmanager runs. */
export interface DrillRoute {
  readonly receiver: string;
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  /** Integrations of the receiver and how many of each: `{ webhook: 1, email: 2 }`. */
  readonly integrations: Readonly<Record<string, number>>;
}

interface Route {
  receiver?: string;
  matchers?: string[];
  group_wait?: string;
  group_interval?: string;
  routes?: Route[];
}

/**
 * The drill's route, read from the running Alertmanager.
 *
 * @returns undefined when it has none.
 * @throws {Unanswered} when Alertmanager does not answer.
 */
export async function drillRoute(context: SmokeContext): Promise<DrillRoute | undefined> {
  const { config } = await askJson<{ config: { original: string } }>(
    context,
    `${context.urls.alertmanager}/api/v2/status`,
  );
  const { route: top = {}, receivers = [] } = fromYaml(config.original) as {
    route?: Route;
    receivers?: ({ name: string } & Record<string, unknown>)[];
  };
  const route = top.routes?.find(({ matchers = [] }) => matchers.some((text) => text.includes(DRILL_ALERT)));
  if (!route) return undefined;
  const receiver = route.receiver ?? top.receiver ?? "";
  const settings = Object.entries(receivers.find(({ name }) => name === receiver) ?? {});
  return {
    receiver,
    // Alertmanager's own defaults: config.DefaultRoute in dispatch/route.go.
    groupWaitMs: durationMs(route.group_wait ?? top.group_wait ?? "30s"),
    groupIntervalMs: durationMs(route.group_interval ?? top.group_interval ?? "5m"),
    integrations: Object.fromEntries(
      settings.flatMap(([key, list]) =>
        key.endsWith("_configs") && Array.isArray(list)
          ? [[key.slice(0, -"_configs".length), list.length]]
          : []
      ),
    ),
  };
}

/** Counts of one integration, such as `email`, since Alertmanager started. */
export interface Sent {
  /** Attempts that the other side took. */
  readonly delivered: number;
  /** Attempts that it did not take; Alertmanager tries some of them again. */
  readonly refused: number;
}

/** What Alertmanager has sent through `integration`. @throws {Unanswered} */
export async function sentBy(context: SmokeContext, integration: string): Promise<Sent> {
  const { text } = await ask(context, `${context.urls.alertmanager}/metrics`);
  const sum = (metric: string) =>
    text.split("\n")
      .filter((line) => line.startsWith(`${metric}{`) && line.includes(`integration="${integration}"`))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
  // notifications_total counts when a notification begins; requests are counted when the answer is there.
  const refused = sum("alertmanager_notification_requests_failed_total");
  return { delivered: sum("alertmanager_notification_requests_total") - refused, refused };
}

/** Why Alertmanager's last notification through `integration` failed, from its log; undefined when the log does not say. */
export async function refusalOf(context: SmokeContext, integration: string): Promise<string | undefined> {
  const lines = await context.logs("alertmanager");
  const line = lines.findLast((line) =>
    /notify/i.test(line) && /\b(err|error)=/i.test(line) && line.includes(integration)
  );
  const quoted = line && /\berr(?:or)?=("(?:[^"\\]|\\.)*"|\S+)/i.exec(line)?.[1];
  return quoted?.replace(/^"|"$/g, "").replaceAll('\\"', '"');
}

/** The drill's alert as Alertmanager has it. */
export interface HeldAlert {
  /** RFC 3339: when Alertmanager was told. */
  readonly updatedAt: string;
  readonly status: { readonly state: "active" | "suppressed" | "unprocessed" };
  readonly receivers: readonly { readonly name: string }[];
}

/** The alert of drill `id`, if Alertmanager has it. @throws {Unanswered} */
export async function heldAlert(context: SmokeContext, id: string): Promise<HeldAlert | undefined> {
  const filter = encodeURIComponent(`drill="${id}"`);
  const held = await askJson<HeldAlert[]>(
    context,
    `${context.urls.alertmanager}/api/v2/alerts?filter=${filter}`,
  );
  return held[0];
}
