/** The webhook's face to the generator. */

import { BANNER, type Files } from "../lib/files.ts";
import type { WebhookConfig } from "./schema.ts";

/** `webhook/webhook.json` for the given channels and routes. */
export function renderWebhook(config: Omit<WebhookConfig, "$comment">): Files {
  const text = JSON.stringify({ $comment: BANNER, ...config }, null, 2) + "\n";
  return new Map([["webhook/webhook.json", text]]);
}
