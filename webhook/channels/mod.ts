/** Every kind of channel. To add one: write its file beside this one and name it in `CHANNELS`. */

import { consoleChannel } from "./console.ts";

/** The kinds of channel that the webhook serves. */
export const CHANNELS = [consoleChannel] as const;

/** Their settings, as config.ts and webhook.json take them. */
export const channelSchemas = [consoleChannel.schema] as const;
