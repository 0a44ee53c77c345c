/** What the drill needs before it begins: every hop in place, and the intervals in force. */

import { durationMs } from "../../lib/units.ts";
import type { SmokeContext } from "./check.ts";
import { DRILL_ALERT } from "./drill.ts";
import { HopBroken } from "./hop.ts";
import { askPrometheus } from "./http.ts";
import { type DrillRoute, drillRoute, type Sent, sentBy } from "./notifier.ts";
import { poll } from "./poll.ts";
import { ruleGroups } from "./rules.ts";
import { activeTargets, DISCOVERY_MS } from "./targets.ts";

/** The alert's way as it is set up now. */
export interface Plan {
  readonly scrapeMs: number;
  readonly evaluationMs: number;
  readonly route: DrillRoute;
  /** Channels of the webhook that deliver the drill. */
  readonly channels: readonly string[];
  /** What Alertmanager had sent before, by integration. */
  readonly sentBefore: Readonly<Record<string, Sent>>;
}

/** The parts of a plan, each with the hop that is broken when it cannot be had. */
export const PREPARATIONS: readonly {
  readonly hop: string;
  /** @throws {HopBroken} @throws {Unanswered} */
  readonly prepare: (context: SmokeContext, known: Partial<Plan>) => Promise<Partial<Plan>>;
}[] = [
  { hop: "scraped", prepare: scraping },
  { hop: "firing", prepare: evaluating },
  { hop: "alertmanager", prepare: alerting },
  { hop: "webhook", prepare: routing },
];

async function scraping(context: SmokeContext): Promise<Pick<Plan, "scrapeMs">> {
  const { seen } = await poll(
    async () => (await activeTargets(context)).find(({ labels }) => labels.job === "webhook"),
    (target) => target !== undefined,
    { ...context, deadlineMs: DISCOVERY_MS + context.marginMs },
  );
  if (seen) return { scrapeMs: durationMs(seen.scrapeInterval) };
  throw new HopBroken(
    'Prometheus does not scrape the webhook: it has no target with the job "webhook"',
    "run `deno task up`, which makes Prometheus load the generated configuration",
  );
}

async function evaluating(context: SmokeContext): Promise<Pick<Plan, "evaluationMs">> {
  const groups = await ruleGroups(context);
  const group = groups.find(({ rules }) => rules.some(({ name }) => name === DRILL_ALERT));
  if (group) return { evaluationMs: group.interval * 1_000 };
  throw new HopBroken(
    `Prometheus has no rule "${DRILL_ALERT}" among its ${groups.length} rule groups`,
    "run `deno task up`, which makes Prometheus load the generated rules",
  );
}

/** The route is asked for here, as it is Alertmanager's first answer; `routing` says what is wrong with it. */
async function alerting(context: SmokeContext): Promise<Partial<Plan>> {
  const route = await drillRoute(context);
  const { seen } = await poll(
    () => askPrometheus<{ activeAlertmanagers: unknown[] }>(context, "/api/v1/alertmanagers"),
    ({ activeAlertmanagers }) => activeAlertmanagers.length > 0,
    { ...context, deadlineMs: DISCOVERY_MS + context.marginMs },
  );
  if (seen.activeAlertmanagers.length > 0) return { route };
  throw new HopBroken(
    "Prometheus knows no Alertmanager to send alerts to",
    "run `deno task up`, which makes Prometheus load the generated configuration",
  );
}

async function routing(context: SmokeContext, { route }: Partial<Plan>): Promise<Partial<Plan>> {
  if (!route || !("webhook" in route.integrations)) {
    throw new HopBroken(
      `Alertmanager has no route that sends the alert "${DRILL_ALERT}" to the webhook`,
      "run `deno task up`, which makes Alertmanager load the generated configuration",
    );
  }
  const sent = Object.keys(route.integrations).map(async (name) =>
    [name, await sentBy(context, name)] as const
  );
  return {
    channels: channelsOf(context, route.receiver),
    sentBefore: Object.fromEntries(await Promise.all(sent)),
  };
}

/** A receiver without a route of its own goes to every channel: see webhook/schema.ts. */
function channelsOf({ files }: SmokeContext, receiver: string): string[] {
  const { channels = [], routes = [] } = JSON.parse(files.get("webhook/webhook.json") ?? "{}") as {
    channels?: { name: string }[];
    routes?: { receivers: string[]; channels: string[] }[];
  };
  const route = routes.find(({ receivers }) => receivers.includes(receiver));
  return route?.channels ?? channels.map(({ name }) => name);
}
