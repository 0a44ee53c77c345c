/** The webhook's face to the generator. */

import type * as z from "zod";
import { BANNER, type Files } from "../lib/files.ts";
import type { webhookSchema } from "./schema.ts";

/** `webhook/webhook.json` that says `config`. */
export function renderWebhook(config: Omit<z.input<typeof webhookSchema>, "$comment">): Files {
  const text = JSON.stringify({ $comment: BANNER, ...config }, null, 2) + "\n";
  return new Map([["webhook/webhook.json", text]]);
}
