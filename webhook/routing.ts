/** Which channels are told of which alerts. */

import { compileMatchers, parseMatcher } from "../lib/matcher.ts";
import type { NewDelivery } from "./journal/journal.ts";
import type { Alert, Notification } from "./payload.ts";
import { BadConfig } from "./read_config.ts";
import type { WebhookConfig } from "./schema.ts";

/** The receiver of drills: they prove the way of real alerts, so they reach every channel. */
export const DRILL_RECEIVER = "drill";

/** What the routes of a configuration say. */
export interface Routing {
  /** A delivery for each channel that is to be told something of `notification`. */
  plan(notification: Notification): readonly NewDelivery[];
  /**
   * What `channel` is told of `notification`: the alerts that are routed there, and what is worked out of them. All of it when no alert is:
   * the configuration has changed since it was planned, and an alarm too many is better than one too few.
   */
  forChannel(channel: string, notification: Notification): Notification;
  /** Whether `alert` is the one that must keep coming, which is told to nobody. */
  isWatchdog(alert: Alert): boolean;
}

interface Route {
  takes(receiver: string, labels: Alert["labels"]): boolean;
  readonly channels: readonly string[];
  readonly goesOn: boolean;
}

/**
 * The routes of `config`, ready to be asked. Each alert goes the way of its own labels: the first route that fits takes it, later ones
 * too where it says `continue`, and an alert that no route takes goes to every channel. A notification without alerts goes by the
 * labels of its group.
 *
 * @throws {BadConfig} when a matcher cannot be used; every one of them is named.
 */
export async function createRouting(config: WebhookConfig): Promise<Routing> {
  const everyChannel = config.channels.map(({ name }) => name);
  const routes = await compileRoutes(config);
  const plans = new Map<string, readonly NewDelivery[]>();

  const isWatchdog = ({ labels }: Pick<Alert, "labels">) =>
    config.watchdog !== undefined && labels.alertname === config.watchdog.alertname;

  /** Channels that an alert with `labels` goes to. */
  function channelsOf(receiver: string, labels: Alert["labels"]): readonly string[] {
    if (receiver === DRILL_RECEIVER) return everyChannel;
    if (isWatchdog({ labels })) return [];
    let taken: readonly string[] | undefined;
    for (const route of routes) {
      if (!route.takes(receiver, labels)) continue;
      taken = taken === undefined ? route.channels : [...taken, ...route.channels];
      if (!route.goesOn) break;
    }
    return taken ?? everyChannel;
  }

  function told({ receiver, alerts, groupLabels, commonLabels }: Notification): Set<string> {
    if (alerts.length === 0) return new Set(channelsOf(receiver, { ...groupLabels, ...commonLabels }));
    const channels = new Set<string>();
    for (const { labels } of alerts) {
      for (const channel of channelsOf(receiver, labels)) channels.add(channel);
      if (channels.size === everyChannel.length) break;
    }
    return channels;
  }

  return {
    isWatchdog,
    plan(notification) {
      const channels = told(notification);
      // There are few plans and many notifications.
      const key = JSON.stringify([...channels]);
      let plan = plans.get(key);
      if (plan === undefined) {
        plan = everyChannel.filter((channel) => channels.has(channel)).map((channel) => ({ channel }));
        if (plans.size < MAX_PLANS) plans.set(key, plan);
      }
      return plan;
    },
    forChannel(channel, notification) {
      const { receiver, alerts } = notification;
      const routed = alerts.filter(({ labels }) => channelsOf(receiver, labels).includes(channel));
      return routed.length === 0 || routed.length === alerts.length
        ? notification
        : restricted(notification, routed);
    },
  };
}

const MAX_PLANS = 1_000;

/** `notification` with only `alerts` of its alerts. Source: `Template.Data` in `template/template.go` of Alertmanager. */
export function restricted(notification: Notification, alerts: readonly Alert[]): Notification {
  return {
    ...notification,
    alerts,
    status: alerts.some(({ status }) => status === "firing") ? "firing" : "resolved",
    commonLabels: shared(alerts.map(({ labels }) => labels)),
    commonAnnotations: shared(alerts.map(({ annotations }) => annotations)),
  };
}

function shared(maps: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const [first = {}, ...others] = maps;
  const common: Record<string, string> = Object.create(null);
  for (const [key, value] of Object.entries(first)) {
    if (others.every((map) => map[key] === value)) common[key] = value;
  }
  return common;
}

async function compileRoutes(config: WebhookConfig): Promise<readonly Route[]> {
  const problems: string[] = [];
  const routes = await Promise.all(config.routes.map(async (route, i) => {
    const tests = await Promise.all(route.matchers.map(async (text, j) => {
      try {
        return await compileMatchers([parseMatcher(text)]);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        problems.push(`  routes[${i}].matchers[${j}]: ${error.message}`);
        return () => false;
      }
    }));
    const { receivers } = route;
    return {
      takes: (receiver: string, labels: Alert["labels"]) =>
        (receivers === undefined || receivers.includes(receiver)) && tests.every((test) => test(labels)),
      channels: route.channels,
      goesOn: route.continue,
    };
  }));
  if (problems.length === 0) return routes;
  problems.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  throw new BadConfig(["Cannot use the routes:", ...problems].join("\n"));
}
