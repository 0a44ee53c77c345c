/** Every kind of channel. To add one: write its file beside this one and name it in `CHANNELS`. */

import * as z from "zod";
import type { Notification } from "../payload.ts";
import type { ChannelContext, ChannelKind, Delivery } from "./channel.ts";
import { consoleChannel } from "./console.ts";

export type { ChannelContext, Delivery } from "./channel.ts";

/** The kinds of channel that the webhook serves. */
export const CHANNELS = [consoleChannel] as const;

type Schemas<Kinds extends readonly { schema: z.ZodObject }[]> = {
  readonly [Index in keyof Kinds]: Kinds[Index]["schema"];
};

/** Their settings, as config.ts and webhook.json take them. */
export const channelSchemas = CHANNELS.map(({ schema }) => schema) as unknown as Schemas<typeof CHANNELS>;

/** The settings of one channel, of whatever kind. */
export type ChannelSettings = z.output<typeof CHANNELS[number]["schema"]>;

/** Tells `notification` on the channel that `settings` describe. A defect of the channel is a failed delivery, never an exception. */
export async function deliverTo(
  settings: ChannelSettings,
  notification: Notification,
  context: ChannelContext,
): Promise<Delivery> {
  try {
    const kinds: readonly ChannelKind[] = CHANNELS;
    const kind = kinds.find(({ schema }) => schema.shape.kind.value === settings.kind)!;
    return await kind.deliver(notification, settings, context);
  } catch (error) {
    return { ok: false, retryable: false, reason: `Defect in channel kind "${settings.kind}": ${error}` };
  }
}
