/** What a test of the alert path has shown. */

import * as z from "zod";

/** The places that the alert passes, in their order. */
export const HOPS = [
  "triggered",
  "scraped",
  "firing",
  "alertmanager",
  "webhook",
  "channel",
  "ended",
  "webhookResolved",
  "channelResolved",
] as const;

/** Why a hop did not pass, as far as it is ours to say. */
export const WHYS = [
  "stopping",
  "tooMany",
  "notScraped",
  "notFiring",
  "prometheusOdd",
  "notTold",
  "muted",
  "notSent",
  "noChannel",
  "notDelivered",
  "notOver",
] as const;

const hopSchema = z.strictObject({
  name: z.enum(HOPS),
  /** Of a hop that a channel is. */
  channel: z.string().optional(),
  outcome: z.enum(["waiting", "passed", "failed", "skipped"]),
  /** Since the trigger, or since the end was told, milliseconds. */
  elapsedMs: z.number().min(0).optional(),
  /** What is wrong. */
  why: z.enum(WHYS).optional(),
  /** What is wrong, in the words of somebody else: of Prometheus, Alertmanager, or what a channel leads to. */
  reason: z.string().optional(),
});

const resultSchema = z.strictObject({
  id: z.string(),
  startedMs: z.number(),
  endedMs: z.number(),
  outcome: z.enum(["passed", "failed"]),
  /** From the trigger until the last channel had the alert; until it was given up when it failed. */
  tookMs: z.number().min(0),
  /** Where it began: at Prometheus, or at Alertmanager where there is no Prometheus. */
  from: z.enum(["prometheus", "alertmanager"]),
  /** Who began it. */
  by: z.string().optional(),
  hops: z.array(hopSchema),
});

/** What is kept, the newest first. */
export const resultsSchema = z.array(resultSchema);

/** A hop that the alert passes. */
export type Hop = z.output<typeof hopSchema>;

/** What is wrong with a hop, of what is ours to say. */
export type Why = typeof WHYS[number];

/** A test that has ended. Times are milliseconds since 1970. */
export type ProofResult = z.output<typeof resultSchema>;
