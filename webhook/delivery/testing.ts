/** What tests of deliveries share: a journal in a temporary directory, a clock set by hand, channels that answer as they are told. */

import { setImmediate } from "node:timers/promises";
import * as z from "zod";
import type { ChannelKind, Outcome, Pace, SendContext } from "../channels/mod.ts";
import { groupOf } from "../identity.ts";
import type { Accepted, Delivery, Journal, NewDelivery, Origin } from "../journal/journal.ts";
import { withJournal } from "../journal/testing.ts";
import { createLog } from "../log.ts";
import { createMessage, type Message } from "../message.ts";
import { decodeNotification } from "../payload.ts";
import { createRouting, type Routing } from "../routing.ts";
import { type WebhookConfig, webhookSchema } from "../schema.ts";
import type { Channel, Settings } from "../settings.ts";
import type { FakeClock } from "../testing/fake_clock.ts";
import { createDelivery, type Deliveries, type DeliveryEvent, type DeliveryOptions } from "./mod.ts";

/** A request that a fake channel was to send. */
export interface Sent {
  readonly channel: string;
  readonly atMs: number;
  readonly message: Message;
  readonly plain: boolean;
  readonly part: number;
  readonly ref?: string;
}

/** How a fake channel answers; delivered by default. */
export type Answer = (sent: Sent, context: SendContext) => Outcome | Promise<Outcome>;

/** What a destination answers that is down. */
export const DOWN: Outcome = { result: "retry", reason: "connection refused" };
/** What it answers when it takes a message. */
export const OK: Outcome = { result: "delivered" };

/** A destination that can be taken down and up; it is down. */
export function destination(): { answer: Answer; isDown: boolean } {
  const self = { isDown: true, answer: () => self.isDown ? DOWN : OK };
  return self;
}

/** A fake channel. */
export interface FakeChannel {
  readonly answer?: Answer;
  readonly pace?: Pace;
  /** Requests of a message; looked at whenever one is rendered. */
  parts?: number;
  readonly fallback?: string;
  readonly maxAgeMs?: number;
  readonly settings?: Record<string, unknown>;
  readonly render?: (message: Message) => void;
  /** How it takes pictures. */
  readonly pictureAfter?: ChannelKind["pictureAfter"];
  readonly pictureWithin?: true;
}

/** What a test may set. */
export interface TestDeliveryOptions
  extends Partial<Pick<DeliveryOptions, "random" | "print" | "templatesOf" | "onEvent" | "pictureSource">> {
  readonly channels?: Readonly<Record<string, FakeChannel>>;
  /** webhook.json but for its channels. */
  readonly config?: Partial<z.input<typeof webhookSchema>>;
}

/** Deliveries to fake channels. */
export interface TestDelivery {
  readonly clock: FakeClock;
  readonly sent: Sent[];
  readonly events: DeliveryEvent[];
  readonly logged: string[];
  readonly settings: () => Settings;
  journal(): Journal;
  delivery(): Deliveries;
  /** Accepts a notification, as Alertmanager's body, and waits until everything has come to rest, or only for some turns. */
  accept(
    body: unknown,
    options?: { origin?: Origin; deliveries?: readonly NewDelivery[]; turns?: number },
  ): Promise<Accepted>;
  /** Takes other channels into use, and another configuration. */
  reload(options: Pick<TestDeliveryOptions, "channels" | "config">): Promise<void>;
  /** Ends the process, as by SIGTERM, and starts it again. */
  restart(options?: Pick<TestDeliveryOptions, "channels" | "config">): Promise<void>;
  /** Ends the process at once, whatever it was doing, and starts it again. */
  kill(): Promise<void>;
  /** What was sent: `channel: Alert ~Resolved`. */
  told(): string[];
  /** What waits for `channel`, oldest first. */
  queued(channel: string): readonly Delivery[];
}

/** Runs `test` with deliveries that run. */
export async function withDelivery(
  options: TestDeliveryOptions,
  test: (delivery: TestDelivery) => Promise<void>,
): Promise<void> {
  await withJournal(async ({ journal: opened, clock, reopen }) => {
    let journal: Journal = opened;
    const sent: Sent[] = [];
    const events: DeliveryEvent[] = [];
    const logged: string[] = [];
    let settings = settingsOf(options);
    let routing = await createRouting(settings.config);
    const start = () =>
      createDelivery({
        journal,
        clock,
        settings: () => settings,
        routing: (): Routing => routing,
        createMessage,
        fetch: () => Promise.reject(new TypeError("No test fetches anything")),
        print: () => Promise.resolve(),
        log: createLog((line) => void logged.push(line), clock.now),
        onEvent: (event) => void events.push(event),
        random: () => 0.5,
        // However busy the machine is, a slice is as long as the test says.
        stopwatchMs: clock.now,
        ...options,
      });

    function settingsOf({ channels = { a: {} }, config = {} }: TestDeliveryOptions): Settings {
      const names = Object.keys(channels);
      const parsed: WebhookConfig = webhookSchema.parse({
        locale: "en",
        timezone: "UTC",
        ...config,
        channels: names.map((name) => ({ kind: "console", name })),
      });
      return {
        config: parsed,
        channels: new Map(names.map((name) => [name, fakeChannel(name, channels[name]!, sent, clock)])),
        credentials: { bearers: [], users: [], hmacs: [] },
        redact: (text) => text.replaceAll("hunter2", "<secret>"),
      };
    }

    async function configure(next: TestDeliveryOptions): Promise<void> {
      settings = settingsOf({ ...options, ...next });
      routing = await createRouting(settings.config);
    }

    let delivery = start();
    try {
      await test({
        clock,
        sent,
        events,
        logged,
        settings: () => settings,
        journal: () => journal,
        delivery: () => delivery,
        async accept(body, { origin = "alert", deliveries, turns } = {}) {
          const notification = decodeNotification(body);
          const accepted = await journal.accept({
            receivedMs: clock.now(),
            origin,
            notification,
            body: new TextEncoder().encode(JSON.stringify(body)),
            group: groupOf(notification),
            deliveries: deliveries ?? routing.plan(notification),
          });
          delivery.wake(notification);
          if (turns === undefined) await clock.settle();
          else for (let turn = 0; turn < turns; turn++) await setImmediate();
          return accepted;
        },
        async reload(next) {
          await configure(next);
          delivery.configured();
          await clock.settle();
        },
        async restart(next) {
          const stopped = delivery.stop(4_000);
          await clock.advance(4_000);
          await stopped;
          if (next) await configure(next);
          journal = await reopen();
          delivery = start();
          await clock.settle();
        },
        async kill() {
          const killed = delivery;
          journal = await reopen();
          // What it still does reaches no journal any more.
          const stopped = killed.stop(0);
          await clock.advance(1_000);
          await stopped;
          delivery = start();
          await clock.settle();
        },
        told: () =>
          sent.map(({ channel, plain, message: { notification } }) => {
            const names = notification.alerts.map(({ status, labels }) =>
              `${status === "resolved" ? "~" : ""}${labels.alertname}`
            );
            return `${channel}${plain ? " (plain)" : ""}: ${names.join(" ")}`;
          }),
        queued: (channel) =>
          journal.due(channel, Number.MAX_SAFE_INTEGER, 1_000, new Set()).flatMap(({ deliveries }) =>
            deliveries
          ),
      });
    } finally {
      const stopped = delivery.stop(4_000);
      await clock.advance(4_000);
      await stopped;
    }
  });
}

function fakeChannel(name: string, fake: FakeChannel, sent: Sent[], clock: FakeClock): Channel {
  const { answer = () => ({ result: "delivered" }) } = fake;
  type Out = Pick<Sent, "message" | "plain" | "part" | "ref">;
  const kind: ChannelKind<string, z.ZodRawShape, Out> = {
    kind: "fake",
    about: "A fake.",
    shape: {},
    secrets: [],
    pace: fake.pace ?? { burst: 1_000, everyMs: 1 },
    render(message, _settings, ref) {
      fake.render?.(message);
      return Array.from({ length: fake.parts ?? 1 }, (_, part) => ({ message, plain: false, part, ref }));
    },
    plain: (message) => ({ message, plain: true, part: 0 }),
    async send(out, _settings, context) {
      const one = { channel: name, atMs: clock.now(), ...out };
      sent.push(one);
      return await answer(one, context);
    },
    pictureAfter: fake.pictureAfter,
    pictureWithin: fake.pictureWithin,
    preview: () => ({ what: "fake", body: "" }),
  };
  return {
    name,
    kind,
    settings: fake.settings ?? {},
    fallback: fake.fallback,
    maxAgeMs: fake.maxAgeMs ?? 86_400_000,
  };
}

/** A notification of the group `key` with an alert of each name; `~` before a name resolves it. */
export function body(key: string, names: readonly string[], more: Record<string, unknown> = {}) {
  const alerts = names.map((name) => {
    const resolved = name.startsWith("~");
    const [alertname, severity = "warning"] = name.replace("~", "").split("/");
    return {
      status: resolved ? "resolved" : "firing",
      labels: { alertname, severity },
      startsAt: "2026-11-22T10:00:00Z",
      fingerprint: alertname,
    };
  });
  const status = alerts.some((alert) => alert.status === "firing") ? "firing" : "resolved";
  return { receiver: "ops", groupKey: key, status, alerts, ...more };
}
