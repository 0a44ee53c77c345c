/** The console: prints each notification on standard output, as the reference's receiver did. */

import * as z from "zod";
import type { ChannelKind } from "./channel.ts";

const schema = z.strictObject({ kind: z.literal("console") });

/** The console channel. */
export const consoleChannel: ChannelKind<typeof schema> = {
  schema,
  // deno-lint-ignore require-await
  async deliver(notification, _settings, { print }) {
    print(JSON.stringify(notification));
    return { ok: true };
  },
};
