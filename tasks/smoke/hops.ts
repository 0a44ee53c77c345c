/** The hops of the drill's alert, in their order. */

import type { SmokeContext } from "./check.ts";
import { DRILL_ALERT, type DrillNotification, readDrill } from "./drill.ts";
import { type Hop, HopBroken } from "./hop.ts";
import { askPrometheus, query } from "./http.ts";
import { type HeldAlert, heldAlert, refusalOf, sentBy } from "./notifier.ts";
import type { Plan } from "./plan.ts";
import { type ActiveTarget, activeTargets, DISCOVERY_MS } from "./targets.ts";

/** Alertmanager gives up a notification after this long, or after its group_interval if that is longer: notify/notify.go. */
const NOTIFY_TIMEOUT_MS = 10_000;

/** The longest from the trigger to the webhook by the intervals in force, milliseconds; just after a start `DISCOVERY_MS` more. */
export function firingBoundMs({ scrapeMs, evaluationMs, route }: Plan): number {
  return scrapeMs + evaluationMs + route.groupWaitMs;
}

/** The longest from the drill's end to the webhook's hearing of it, milliseconds. */
export function resolvedBoundMs({ scrapeMs, evaluationMs, route }: Plan): number {
  return scrapeMs + evaluationMs + route.groupIntervalMs;
}

/** The hops of the alert that drill `id` fires. */
export function firingHops(context: SmokeContext, plan: Plan, id: string): Hop[] {
  const { scrapeMs, evaluationMs, route, channels } = plan;
  const { marginMs } = context;
  const scrapedMs = scrapeMs + DISCOVERY_MS;
  const firedMs = scrapedMs + evaluationMs;
  const toldMs = firedMs + route.groupWaitMs;
  return [
    scrapedHop(context, id, scrapedMs, scrapeMs + scrapedMs + marginMs),
    {
      name: "firing",
      expectedMs: firedMs,
      deadlineMs: 2 * evaluationMs + marginMs,
      look: () => firingAlert(context, id),
      diagnose: () =>
        Promise.resolve(
          new HopBroken(
            `Prometheus has the gauge, and its rule "${DRILL_ALERT}" does not fire`,
            "`deno task smoke --only rules` shows whether its rules are evaluated; read `deno task logs prometheus`",
          ),
        ),
    },
    {
      name: "alertmanager",
      expectedMs: firedMs,
      deadlineMs: evaluationMs + marginMs,
      look: async () => {
        const held = await heldAlert(context, id);
        return held && { at: held.updatedAt };
      },
      diagnose: () => undeliveredByPrometheus(context),
    },
    webhookHop(context, plan, id, "firing", toldMs, NOTIFY_TIMEOUT_MS + route.groupWaitMs + marginMs),
    ...channels.map((channel) => channelHop(context, id, "firing", channel, toldMs)),
    ...Object.keys(route.integrations).filter((name) => name !== "webhook")
      .map((name) => nativeHop(context, plan, name, toldMs)),
  ];
}

/** The hops of the message that drill `id` is over. */
export function resolvedHops(context: SmokeContext, plan: Plan, id: string): Hop[] {
  const { scrapeMs, evaluationMs, route, channels } = plan;
  const expectedMs = resolvedBoundMs(plan);
  const deadlineMs = 2 * (scrapeMs + evaluationMs + route.groupIntervalMs) + NOTIFY_TIMEOUT_MS +
    context.marginMs;
  return [
    webhookHop(context, plan, id, "resolved", expectedMs, deadlineMs),
    ...channels.map((channel) => channelHop(context, id, "resolved", channel, expectedMs)),
  ];
}

function scrapedHop(context: SmokeContext, id: string, expectedMs: number, deadlineMs: number): Hop {
  let before: ActiveTarget | undefined;
  const webhook = async () => (await activeTargets(context)).find(({ labels }) => labels.job === "webhook");
  return {
    name: "scraped",
    expectedMs,
    deadlineMs,
    async look() {
      // A range gives every sample with its own time, so that the first can be told however seldom we look.
      const { result } = await query(context, `vigie_drill_active{drill="${id}"}[1h]`);
      const times = (result as { values: [number, string][] }[]).flatMap(({ values }) =>
        values.map(([time]) => time)
      );
      if (times.length > 0) return { at: new Date(Math.min(...times) * 1_000).toISOString() };
      const target = await webhook();
      before ??= target;
      if (target?.health === "down" && target.lastScrape !== before?.lastScrape) throw unscraped(target);
    },
    async diagnose() {
      const target = await webhook();
      if (target?.health === "down") return unscraped(target);
      return new HopBroken(
        `Prometheus scrapes ${target?.scrapeUrl ?? "the webhook"}, and does not find the gauge there`,
        `compare that address with ${context.urls.webhook}, where the drill was begun: it may be another program or another stack`,
      );
    },
  };
}

function unscraped({ scrapeUrl, lastError }: ActiveTarget): HopBroken {
  return new HopBroken(
    `Prometheus cannot scrape the webhook at ${scrapeUrl}: ${lastError}`,
    "read `deno task logs webhook`; `deno task doctor` tests the way from Prometheus to the webhook",
  );
}

async function firingAlert(context: SmokeContext, id: string) {
  const { alerts } = await askPrometheus<
    { alerts: { labels: Record<string, string>; state: string; activeAt: string }[] }
  >(context, "/api/v1/alerts");
  const alert = alerts.find(({ labels }) => labels.alertname === DRILL_ALERT && labels.drill === id);
  return alert?.state === "firing" ? { at: alert.activeAt } : undefined;
}

async function undeliveredByPrometheus(context: SmokeContext): Promise<HopBroken> {
  const lines = await context.logs("prometheus");
  const line = lines.findLast((text) => /error sending alerts?/i.test(text));
  return new HopBroken(
    `The alert fires, and Prometheus has not told Alertmanager${line ? `: ${line.trim()}` : ""}`,
    "read `deno task logs prometheus`; `deno task doctor` tests the way from Prometheus to Alertmanager",
  );
}

function webhookHop(
  context: SmokeContext,
  plan: Plan,
  id: string,
  status: DrillNotification["status"],
  expectedMs: number,
  deadlineMs: number,
): Hop {
  return {
    name: status === "firing" ? "webhook" : "webhook: resolved",
    expectedMs,
    deadlineMs,
    async look() {
      const { notifications } = await readDrill(context, id);
      const first = notifications.find((notification) => notification.status === status);
      if (first) return { at: first.receivedAt };
      if (status === "firing") refuseSuppressed(context, await heldAlert(context, id));
    },
    diagnose: () => undeliveredByAlertmanager(context, plan, id, status),
  };
}

function refuseSuppressed({ urls }: SmokeContext, held: HeldAlert | undefined): void {
  if (held?.status.state !== "suppressed") return;
  throw new HopBroken(
    "Alertmanager holds the alert back: a silence or an inhibition mutes it",
    `remove the silence at ${urls.alertmanager}/#/silences, or the inhibition that mutes "${DRILL_ALERT}"`,
  );
}

async function undeliveredByAlertmanager(
  context: SmokeContext,
  { route, sentBefore }: Plan,
  id: string,
  status: DrillNotification["status"],
): Promise<HopBroken> {
  const what = status === "firing" ? "the alert" : "the message of its end";
  const held = await heldAlert(context, id);
  if (held && !held.receivers.some(({ name }) => name === route.receiver)) {
    const names = held.receivers.map(({ name }) => `"${name}"`).join(", ");
    return new HopBroken(
      `Alertmanager sends the alert to ${names}, not to "${route.receiver}"`,
      "run `deno task up`, which makes Alertmanager load the generated configuration",
    );
  }
  const refused = (await sentBy(context, "webhook")).refused - (sentBefore.webhook?.refused ?? 0);
  const reason = refused > 0 ? await refusalOf(context, "webhook") : undefined;
  const count = refused > 0 ? ` (${refused} failed ${refused === 1 ? "attempt" : "attempts"})` : "";
  return new HopBroken(
    `Alertmanager has ${what}, and the webhook did not get it${count}${reason ? `: ${reason}` : ""}`,
    "read `deno task logs alertmanager`; `deno task doctor` tests the way from Alertmanager to the webhook",
  );
}

function channelHop(
  context: SmokeContext,
  id: string,
  status: DrillNotification["status"],
  channel: string,
  expectedMs: number,
): Hop {
  const deliveries = async () => {
    const { notifications } = await readDrill(context, id);
    return notifications.filter((one) => one.status === status)
      .flatMap((one) => one.deliveries).filter((delivery) => delivery.channel === channel);
  };
  return {
    name: `channel ${channel}${status === "resolved" ? ": resolved" : ""}`,
    expectedMs,
    branch: true,
    deadlineMs: context.marginMs,
    look: async () => (await deliveries()).find(({ ok }) => ok),
    async diagnose() {
      const last = (await deliveries()).at(-1);
      return new HopBroken(
        last
          ? `The channel "${channel}" has not delivered the message: ${last.reason ?? "it did not say why"}`
          : `The webhook has the message, and has not tried the channel "${channel}"`,
        last
          ? `correct the settings of the channel "${channel}" in config.ts`
          : "run `deno task up`, which makes the webhook load its channels, and read `deno task logs webhook`",
      );
    },
  };
}

/** A destination that Alertmanager serves itself shows only in its counters. */
function nativeHop(context: SmokeContext, plan: Plan, integration: string, expectedMs: number): Hop {
  const wanted = plan.route.integrations[integration]!;
  const before = plan.sentBefore[integration]!;
  const since = async () => {
    const { delivered, refused } = await sentBy(context, integration);
    return { delivered: delivered - before.delivered, refused: refused - before.refused };
  };
  return {
    name: `native ${integration}`,
    expectedMs,
    branch: true,
    deadlineMs: NOTIFY_TIMEOUT_MS + context.marginMs,
    async look() {
      if ((await since()).delivered < wanted) return undefined;
      // An attempt is counted a moment before it is counted as failed: what was read in between looks delivered.
      const { delivered } = await since();
      return delivered >= wanted ? { detail: `${delivered} delivered` } : undefined;
    },
    async diagnose() {
      const { delivered, refused } = await since();
      const reason = await refusalOf(context, integration);
      return new HopBroken(
        `Alertmanager delivered ${delivered} of ${wanted} through "${integration}", with ${refused} failed ${
          refused === 1 ? "attempt" : "attempts"
        }${reason ? `: ${reason}` : ""}`,
        `correct the destinations of kind "${integration}" in config.ts, then run \`deno task up\``,
      );
    },
  };
}
