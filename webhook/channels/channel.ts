/** What a channel is: one kind of destination that the webhook delivers to. */

import type * as z from "zod";
import type { Locale } from "../../lib/text.ts";
import type { Notification } from "../payload.ts";

/** What every channel needs to know besides its own settings. */
export interface ChannelContext {
  readonly locale: Locale;
  /** Now, in milliseconds since 1970; injected so that a test can hold it still. */
  readonly now: () => number;
  /** Writes text to standard output, after what was written before. @throws when it cannot be written. */
  readonly print: (text: string) => Promise<void>;
  readonly fetch: typeof fetch;
}

/** How a delivery ended. */
export type Delivery =
  | { readonly ok: true }
  /** `retryable` says whether the same message may succeed later. `reason` holds no secret. */
  | { readonly ok: false; readonly retryable: boolean; readonly reason: string };

/** One kind of destination. A new kind is one file that exports one of these, and one line in mod.ts. */
export interface ChannelKind<Schema extends z.ZodObject = z.ZodObject> {
  /** Its settings in config.ts; `kind` is a literal and names it. */
  readonly schema: Schema;
  /** Tells one notification. It reports refusals in its result and throws only on a defect of its own. */
  deliver(notification: Notification, settings: z.output<Schema>, context: ChannelContext): Promise<Delivery>;
}
