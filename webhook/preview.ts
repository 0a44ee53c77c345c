/** What a channel would send, without sending it. */

import * as z from "zod";
import type { Locale } from "../lib/text.ts";
import { type ChannelConfig, CHANNELS, kindOf, type Preview } from "./channels/mod.ts";
import { groupOf } from "./identity.ts";
import { createMessage } from "./message.ts";
import { decodeNotification } from "./payload.ts";
import { compileTemplates } from "./templates/mod.ts";

/** How messages are made. */
export interface PreviewOptions {
  readonly locale: Locale;
  /** As the IANA names it; the machine's by default. */
  readonly timezone?: string;
  /** Address of the webhook as readers of messages reach it. */
  readonly externalUrl?: string;
  /** When it would be sent, milliseconds since 1970. */
  readonly sentMs: number;
}

// Stands for a secret that is not read; a channel may ask for the host of an address.
const PLACEHOLDER = "https://the-secret.invalid";

/**
 * The requests that would tell a group of alerts for the first time, in order. Secrets are not read, and stand there as `<secret>`.
 *
 * @param channel As in a valid webhook.json.
 * @param body What was posted, as JSON.parse gave it.
 * @throws {NotANotification} when it is none.
 */
export function previewOf(channel: ChannelConfig, body: unknown, options: PreviewOptions): Preview[] {
  const { kind: kindName, name: _name, fallback: _fallback, maxAge: _maxAge, templates, ...own } = channel;
  const kind = kindOf(kindName);
  const settings: Record<string, unknown> = { ...own };
  for (const key of kind.secrets) {
    if (settings[key] !== undefined || settings[`${key}File`] !== undefined) settings[key] = PLACEHOLDER;
  }
  const notification = decodeNotification(body);
  const message = createMessage(notification, {
    ...options,
    // Its own would be the next one of the journal.
    id: 1,
    group: groupOf(notification),
    notes: [],
    templates: templates && compileTemplates(templates, { timezone: options.timezone }),
  });
  return kind.render(message, settings).map((out) => {
    const { what, body } = kind.preview(out, settings);
    return { what: hidden(what), body: hidden(body) };
  });
}

/** Every kind of channel. */
export const KINDS: readonly ChannelConfig["kind"][] = CHANNELS.map(({ kind }) => kind);

/** A channel of that kind with its usual settings, and `<key>` where there are none. Good for a preview only. */
export function sampleOf(kindName: ChannelConfig["kind"]): ChannelConfig {
  const { shape, secrets } = kindOf(kindName) as { shape: z.ZodRawShape; secrets: readonly string[] };
  const settings = Object.entries(shape).filter(([key]) => !secrets.includes(key)).map(([key, schema]) => {
    const usual = z.safeParse(schema, undefined);
    return [key, usual.success ? usual.data : `<${key}>`];
  });
  const secret = secrets.slice(0, 1).map((key) => [key, PLACEHOLDER]);
  return {
    kind: kindName,
    name: kindName,
    maxAge: "1d",
    ...Object.fromEntries([...settings, ...secret]),
  } as ChannelConfig;
}

function hidden(text: string): string {
  return text.replaceAll(PLACEHOLDER, "https://<secret>").replaceAll(
    "https://<secret>/<secret>",
    "https://<secret>",
  );
}
