/** Whom a stack tells, split by who serves them: the webhook's channels, and what Alertmanager serves by itself. */

import { join } from "node:path";
import { SECRETS_TARGET } from "../compose/mod.ts";
import type { Service } from "../compose/services/mod.ts";
import { durationMs, formatDuration } from "../lib/units.ts";
import { type Receiver, repeatIntervals } from "../prometheus/alertmanager/mod.ts";
import type { WebhookInput } from "../webhook/mod.ts";
import {
  type Destination,
  type FileOf,
  isToldNatively,
  nativeOf,
  type SecretSetting,
  secretsOf,
  withSecretFiles,
} from "./destination.ts";
import { pageConfigOf } from "./page.ts";
import { gateConfigOf } from "./sign_on.ts";
import { publicUrlsOf, runningOf, type Stack, type Target } from "./stack.ts";

/** A destination of the stack with its place and its name. */
export interface NamedDestination {
  readonly receiver: string;
  /** Its place among the receiver's. */
  readonly index: number;
  /** Unlike that of any other. */
  readonly name: string;
  readonly destination: Destination;
  /** Whether Alertmanager tells it, not the webhook. */
  readonly native: boolean;
}

/**
 * Every destination, in order. Without a name of its own, its name is its receiver's with its kind, so that it stays the same when the
 * receiver gets another one: what is queued for a channel is queued under its name.
 */
export function namedDestinations({ notify: { receivers } }: Pick<Stack, "notify">): NamedDestination[] {
  return Object.entries(receivers).flatMap(([receiver, destinations]) =>
    destinations.map((destination, index) => {
      const earlier = destinations.slice(0, index).filter(({ kind }) => kind === destination.kind).length;
      return {
        receiver,
        index,
        name: destination.name ?? madeName(receiver, destination.kind, earlier),
        destination,
        native: isToldNatively(destination),
      };
    })
  );
}

/** @param earlier How many of its kind the receiver has before it. */
function madeName(receiver: string, kind: string, earlier: number): string {
  const name = receiver === kind ? receiver : `${receiver}-${kind}`;
  return earlier === 0 ? name : `${name}-${earlier + 1}`;
}

/**
 * The destination that `fallback` means: the one of that name, or the only one of the receiver of that name. Only what the webhook tells
 * can be meant.
 *
 * @returns undefined when there is none, and `"several"` when the receiver has more than one.
 */
export function fallbackOf(
  fallback: string,
  all: readonly NamedDestination[],
): NamedDestination | "several" | undefined {
  const named = all.find(({ name, native }) => name === fallback && !native);
  if (named) return named;
  const own = all.filter(({ receiver, native }) => receiver === fallback && !native);
  return own.length > 1 ? "several" : own[0];
}

/** A secret of a destination or of the heartbeat. */
export interface ToldSecret extends SecretSetting {
  readonly service: "alertmanager" | "webhook";
  /** File name in the service's secrets directory. */
  readonly file: string;
  /** Its place in config.ts. */
  readonly config: readonly (string | number)[];
  /** Kind of the destination; undefined for the heartbeat. */
  readonly kind?: Destination["kind"];
}

const HEARTBEAT_FILE = "heartbeat-url";

/** The secrets of all destinations and of the heartbeat, in order. */
export function toldSecrets(stack: Pick<Stack, "notify" | "webhook">): ToldSecret[] {
  const { heartbeat } = stack.webhook;
  return [
    ...namedDestinations(stack).flatMap(({ receiver, index, name, destination, native }) =>
      secretsOf(destination).map((setting): ToldSecret => ({
        ...setting,
        service: native ? "alertmanager" : "webhook",
        file: fileName(name, setting.key),
        config: ["notify", "receivers", receiver, index, setting.written],
        kind: destination.kind,
      }))
    ),
    ...secretsOf(heartbeat ?? {}).map((setting): ToldSecret => ({
      ...setting,
      service: "webhook",
      file: HEARTBEAT_FILE,
      config: ["webhook", "heartbeat", setting.written],
    })),
  ];
}

/** `oncall-slack.url` for `url`. No name has a dot: two of them never give one file. */
function fileName(destination: string, key: string): string {
  return `${destination}.${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The directory that `service` sees its secrets in. */
export function secretsDirOf(
  service: Service,
  { engine, stateDir }: Pick<Target, "engine" | "stateDir">,
): string {
  return engine === "docker" ? SECRETS_TARGET : join(stateDir, "secrets", service);
}

function fileOf(directory: string, destination: string): FileOf {
  return (key) => join(directory, fileName(destination, key));
}

/** Every receiver, split by who serves it. */
export function receiversOf(stack: Stack, target: Pick<Target, "engine" | "stateDir">): Receiver[] {
  const directory = secretsDirOf("alertmanager", target);
  const all = namedDestinations(stack);
  return Object.keys(stack.notify.receivers).map((receiver) => {
    const own = all.filter((each) => each.receiver === receiver);
    return {
      name: receiver,
      webhook: own.some(({ native }) => !native),
      native: own.flatMap(({ name, destination }) => {
        return nativeOf(destination, fileOf(directory, name)) ?? [];
      }),
    };
  });
}

// Within so long the same notification again is a duplicate: a retry, or a second Alertmanager of a pair.
const DUPLICATE_WINDOW_MS = 5 * 60_000;

/** What the webhook is told. */
export function webhookConfigOf(
  stack: Stack,
  target: Pick<Target, "engine" | "stateDir" | "leftOut">,
): WebhookInput {
  const { watchdog, heartbeat, ...service } = stack.webhook;
  const directory = secretsDirOf("webhook", target);
  const running = runningOf(stack, target);
  const all = namedDestinations(stack);
  const channels = all.filter(({ native }) => !native);
  const channelsOf = (receiver: string) =>
    channels.filter((each) => each.receiver === receiver).map(({ name }) => name);
  return {
    ...service,
    locale: stack.locale,
    page: pageConfigOf(stack, target.engine, running),
    externalUrl: webhookUrlOf(stack),
    signOn: gateConfigOf(stack, directory, running),
    duplicateWindow: formatDuration(
      Math.min(DUPLICATE_WINDOW_MS, Math.floor(shortestRepeatMs(stack) / 2)),
    ),
    watchdog: watchdog.enabled
      ? {
        within: watchdog.within,
        channels: watchdog.receiver === undefined ? undefined : channelsOf(watchdog.receiver),
      }
      : undefined,
    heartbeat: heartbeat && { urlFile: join(directory, HEARTBEAT_FILE), every: heartbeat.every },
    channels: channels.map(({ name, destination }) => {
      // `via` says that it is a channel: the webhook has no need to be told.
      const { kind, via: _via, name: _name, fallback, ...rest } = destination as Destination & {
        via?: string;
      };
      const settings = withSecretFiles(rest, fileOf(directory, name));
      const instead = fallback === undefined ? undefined : fallbackOf(fallback, all);
      return { kind, name, ...(typeof instead === "object" && { fallback: instead.name }), ...settings };
    }) as WebhookInput["channels"],
    routes: Object.keys(stack.notify.receivers).filter((receiver) => channelsOf(receiver).length > 0)
      .map((receiver) => ({ receivers: [receiver], channels: channelsOf(receiver) })),
  };
}

/** URL of the webhook as readers of alerts and messages reach it, without a slash at its end. */
export function webhookUrlOf(stack: Stack): string {
  return (stack.webhook.externalUrl ?? publicUrlsOf(stack).webhook).replace(/\/+$/, "");
}

function shortestRepeatMs({ notify }: Stack): number {
  return Math.min(...repeatIntervals(notify).map(durationMs));
}
