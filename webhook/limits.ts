/** Limits of webhook.json as numbers. */

import { bytes, durationMs } from "../lib/units.ts";
import type { BodyLimits } from "./http/body.ts";
import { SERVER_LIMITS, type ServerLimits } from "./http/server.ts";
import type { WebhookConfig } from "./schema.ts";

/** Limits as numbers. */
export interface Limits extends BodyLimits, ServerLimits {
  /** The journal on disk, bytes. */
  readonly journalBytes: number;
  readonly duplicateWindowMs: number;
  /** How long what was delivered is kept. */
  readonly ageMs: number;
  /** How long dead letters and the quarantine are kept. */
  readonly deadAgeMs: number;
  /** Requests that are worked on at one time. */
  readonly requests: number;
}

/** The limits that `config` sets. */
export function limitsOf({ limits, retention, duplicateWindow }: WebhookConfig): Limits {
  return {
    ...SERVER_LIMITS,
    bodyBytes: bytes(limits.body),
    inflatedBytes: bytes(limits.inflated),
    heldBytes: bytes(limits.held),
    headMs: durationMs(limits.headTimeout),
    bodyMs: durationMs(limits.bodyTimeout),
    connections: limits.connections,
    requests: limits.requests,
    journalBytes: bytes(limits.journal),
    duplicateWindowMs: durationMs(duplicateWindow),
    ageMs: durationMs(retention.age),
    deadAgeMs: durationMs(retention.deadAge),
  };
}
