/** Limits of webhook.json as numbers. */

import { bytes, durationMs } from "../lib/units.ts";
import type { BodyLimits } from "./http/body.ts";
import { SERVER_LIMITS, type ServerLimits } from "./http/server.ts";
import type { WebhookConfig } from "./schema.ts";

/** What is read of one body and of all. */
export function bodyLimits({ limits }: WebhookConfig): BodyLimits {
  return {
    bodyBytes: bytes(limits.body),
    inflatedBytes: bytes(limits.inflated),
    heldBytes: bytes(limits.held),
  };
}

/** Deadlines and connections. */
export function serverLimits({ limits }: WebhookConfig): ServerLimits {
  return {
    ...SERVER_LIMITS,
    headMs: durationMs(limits.headTimeout),
    bodyMs: durationMs(limits.bodyTimeout),
    connections: limits.connections,
  };
}
