/** Whom a stack tells, split by who serves them: the webhook's channels, and what Alertmanager serves by itself. */

import { join, resolve } from "node:path";
import type * as z from "zod";
import type { Service } from "../compose/services/mod.ts";
import type { Receiver } from "../prometheus/alertmanager/mod.ts";
import type { NativeDestination } from "../prometheus/alertmanager/schema.ts";
import { destinationSchemas } from "../webhook/channels/mod.ts";
import type { webhookSchema } from "../webhook/schema.ts";
import type { Stack } from "./stack.ts";

type Destination = Stack["notify"]["receivers"][string][number];
type ChannelSettings = Exclude<Destination, NativeDestination>;

const CHANNEL_KINDS: ReadonlySet<string> = new Set(destinationSchemas.map(({ shape }) => shape.kind.value));

/** Whether the webhook serves `destination`. */
function isChannel(destination: Destination): destination is ChannelSettings {
  return CHANNEL_KINDS.has(destination.kind);
}

/** Where a secret file that config.ts names is copied to, and where its service sees it. */
export interface SecretFile {
  readonly service: Service;
  /** Absolute path on this machine, as config.ts means it. */
  readonly source: string;
  /** File name in the service's secrets directory. */
  readonly file: string;
}

/** Secret files that config.ts names. */
export function secretFilesOf(stack: Stack, configDir: string): SecretFile[] {
  return nativeOf(stack).flatMap(({ receiver, index, destination }) => {
    const path = destination.kind === "email" ? destination.passwordFile : destination.urlFile;
    if (path === undefined) return [];
    return [{
      service: "alertmanager" as const,
      source: resolve(configDir, path),
      file: secretName(receiver, index),
    }];
  });
}

function secretName(receiver: string, index: number): string {
  return `${receiver}-${index}`;
}

function nativeOf(stack: Stack): { receiver: string; index: number; destination: NativeDestination }[] {
  return Object.entries(stack.notify.receivers).flatMap(([receiver, destinations]) =>
    destinations.flatMap((destination, index) =>
      isChannel(destination) ? [] : [{ receiver, index, destination }]
    )
  );
}

/** Every receiver, split by who serves it. @param secretsDir Where Alertmanager sees its secrets. */
export function receiversOf(stack: Stack, secretsDir: string): Receiver[] {
  return Object.entries(stack.notify.receivers).map(([receiver, destinations]) => ({
    name: receiver,
    webhook: destinations.some(isChannel),
    native: nativeOf(stack).filter((entry) => entry.receiver === receiver).map(({ index, destination }) => {
      const file = join(secretsDir, secretName(receiver, index));
      if (destination.kind === "slack") return { ...destination, urlFile: file };
      return destination.passwordFile === undefined ? destination : { ...destination, passwordFile: file };
    }),
  }));
}

/**
 * What the webhook is told. A channel's name is its receiver's with its kind, so that it does not change when the receiver gets another
 * destination: what is queued for a channel is queued under its name.
 */
export function webhookConfigOf(stack: Stack): z.input<typeof webhookSchema> {
  const channels = Object.entries(stack.notify.receivers).flatMap(([receiver, destinations]) =>
    destinations.filter(isChannel).map((settings, index, all) => ({
      receiver,
      settings,
      name: channelName(
        receiver,
        settings.kind,
        all.slice(0, index).filter(({ kind }) => kind === settings.kind).length,
      ),
    }))
  );
  return {
    locale: stack.locale,
    channels: channels.map(({ name, settings: { kind, ...settings } }) => ({ kind, name, ...settings })),
    routes: [...new Set(channels.map(({ receiver }) => receiver))].map((receiver) => ({
      receivers: [receiver],
      channels: channels.filter((channel) => channel.receiver === receiver).map(({ name }) => name),
    })),
  };
}

/** @param earlier How many of its kind the receiver has before it. */
function channelName(receiver: string, kind: string, earlier: number): string {
  const name = receiver === kind ? receiver : `${receiver}-${kind}`;
  return earlier === 0 ? name : `${name}-${earlier + 1}`;
}
