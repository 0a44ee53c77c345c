/** From an accepted notification to its channels. */

import { type ChannelContext, deliverTo } from "./channels/mod.ts";
import type { Drills } from "./drill.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { Notification } from "./payload.ts";
import type { WebhookConfig } from "./schema.ts";

/** The receiver of drills, which tell every channel. */
const DRILL_RECEIVER = "drill";

/** Where the route leaves what it accepted. Once `accept` resolves, the sender is told that it has arrived. */
export interface Inbox {
  accept(notification: Notification): Promise<void>;
}

/** Delivers what is accepted. */
export interface Dispatcher extends Inbox {
  /** Resolves when no delivery is under way. */
  idle(): Promise<void>;
}

/** What a dispatcher needs. */
export interface DispatchOptions {
  /** The configuration now in use. */
  readonly config: () => WebhookConfig;
  readonly context: Omit<ChannelContext, "locale">;
  readonly drills: Drills;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Channels that `receiver`'s notifications go to. */
export function channelsFor(receiver: string, config: WebhookConfig): WebhookConfig["channels"] {
  const route = config.routes.find((route) => route.receiver === receiver);
  if (!route || receiver === DRILL_RECEIVER) return config.channels;
  return config.channels.filter(({ name }) => route.channels.includes(name));
}

/** A dispatcher that keeps nothing: `accept` resolves as soon as deliveries have begun, so that a slow channel does not hold the sender. */
export function createDispatcher(options: DispatchOptions): Dispatcher {
  const { drills, metrics, log } = options;
  const underWay = new Set<Promise<void>>();

  async function deliver(notification: Notification): Promise<void> {
    const config = options.config();
    const context = { ...options.context, locale: config.locale };
    const noteDelivery = drills.received(notification);
    await Promise.all(
      channelsFor(notification.receiver, config).map(async ({ name: channel, settings }) => {
        const stop = metrics.deliverySeconds.startTimer({ channel });
        const delivery = await deliverTo(settings, notification, context);
        stop();
        metrics.deliveries.inc({ channel, result: delivery.ok ? "delivered" : "failed" });
        const at = new Date(context.now()).toISOString();
        if (delivery.ok) return noteDelivery({ channel, ok: true, at });
        const { reason } = delivery;
        noteDelivery({ channel, ok: false, at, reason });
        log.error("Cannot deliver", { channel, receiver: notification.receiver, reason });
      }),
    );
  }

  return {
    // deno-lint-ignore require-await
    async accept(notification) {
      const done: Promise<void> = deliver(notification).finally(() => underWay.delete(done));
      underWay.add(done);
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
