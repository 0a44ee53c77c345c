/** Whom a stack tells, split by who serves them: the webhook's channels, and what Alertmanager serves by itself. */

import { join, resolve } from "node:path";
import { SECRETS_TARGET } from "../compose/mod.ts";
import type { Service } from "../compose/services/mod.ts";
import { durationMs, formatDuration } from "../lib/units.ts";
import { type Receiver, repeatIntervals } from "../prometheus/alertmanager/mod.ts";
import type { WebhookInput } from "../webhook/mod.ts";
import { type Destination, filesOf, nativeOf } from "./destination.ts";
import { publicUrlsOf, type Stack, type Target } from "./stack.ts";

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
        native: nativeOf(destination) !== undefined,
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

/** Where a secret file that config.ts names is copied to, and where its service sees it. */
export interface SecretFile {
  readonly service: Service;
  /** Absolute path on this machine, as config.ts means it. */
  readonly source: string;
  /** File name in the service's secrets directory. */
  readonly file: string;
}

const HEARTBEAT_FILE = "heartbeat-url";

/** Secret files that config.ts names. */
export function secretFilesOf(stack: Stack, configDir: string): SecretFile[] {
  const { heartbeat } = stack.webhook;
  const files = namedDestinations(stack).flatMap(({ name, destination, native }) =>
    filesOf(destination).map(([key, path]) => ({
      service: native ? "alertmanager" as const : "webhook" as const,
      source: resolve(configDir, path),
      file: secretName(name, key),
    }))
  );
  return heartbeat === undefined ? files : [...files, {
    service: "webhook",
    source: resolve(configDir, heartbeat.urlFile),
    file: HEARTBEAT_FILE,
  }];
}

/** `oncall-slack.url` for `urlFile`. No name has a dot: two of them never give one file. */
function secretName(destination: string, key: string): string {
  return `${destination}.${
    key.replace(/File$/, "").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  }`;
}

/** The directory that `service` sees its secrets in. */
export function secretsDirOf(
  service: Service,
  { engine, stateDir }: Pick<Target, "engine" | "stateDir">,
): string {
  return engine === "docker" ? SECRETS_TARGET : join(stateDir, "secrets", service);
}

/** The destination with its files where its service sees them. */
function placed<Settings extends object>(settings: Settings, name: string, directory: string): Settings {
  const paths = filesOf(settings).map(([key]) => [key, join(directory, secretName(name, key))]);
  return { ...settings, ...Object.fromEntries(paths) };
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
        const native = nativeOf(destination);
        return native ? [placed(native, name, directory)] : [];
      }),
    };
  });
}

// Within so long the same notification again is a duplicate: a retry, or a second Alertmanager of a pair.
const DUPLICATE_WINDOW_MS = 5 * 60_000;

/** What the webhook is told. */
export function webhookConfigOf(stack: Stack, target: Pick<Target, "engine" | "stateDir">): WebhookInput {
  const { watchdog, heartbeat, ...service } = stack.webhook;
  const directory = secretsDirOf("webhook", target);
  const all = namedDestinations(stack);
  const channels = all.filter(({ native }) => !native);
  const channelsOf = (receiver: string) =>
    channels.filter((each) => each.receiver === receiver).map(({ name }) => name);
  return {
    ...service,
    locale: stack.locale,
    externalUrl: webhookUrlOf(stack),
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
      const { kind, via: _via, name: _name, fallback, ...settings } = placed(destination, name, directory) as
        & Destination
        & { via?: string };
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
