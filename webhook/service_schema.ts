/** What config.ts says of the webhook itself. */

import * as z from "zod";
import { duration, httpUrl, name, timezone } from "../lib/schema.ts";
import { secretRef } from "../lib/secret_ref.ts";
import { flappingSchema, limitsSchema, retentionSchema } from "./schema.ts";

const watchdogSchema = z.strictObject({
  /** Whether the webhook tells when the alert that always fires, Watchdog, does not come any more. */
  enabled: z.boolean().default(true).describe(
    "Whether the webhook tells when the alert that always fires, Watchdog, does not come any more.",
  ),
  /** How long it may stay away; a minute at least. */
  within: duration.default("10m").describe("How long it may stay away; a minute at least."),
  /** Receiver that is told; every channel of the webhook by default. */
  receiver: name.optional().describe("Receiver that is told; every channel of the webhook by default."),
});

const heartbeatSchema = z.strictObject({
  /** Where the outside URL lies which is asked (GET) while all is well, and alarms when it is not any more: `secret("NAME")`. */
  url: secretRef.optional().describe(
    'Where the outside URL lies which is asked (GET) while all is well, and alarms when it is not any more: `secret("NAME")`.',
  ),
  /** File that holds that URL. */
  urlFile: z.string().min(1).optional().describe("File that holds that URL."),
  /** How often. */
  every: duration.default("1m").describe("How often."),
}).refine(({ url, urlFile }) => (url === undefined) !== (urlFile === undefined), {
  error: "give url or urlFile",
});

/** The webhook's part of config.ts. */
export const serviceSchema = z.strictObject({
  /** Time zone of times in messages, as the IANA names them; the machine's by default. */
  timezone: timezone.optional().describe(
    "Time zone of times in messages, as the IANA names them; the machine's by default.",
  ),
  /** Address of the webhook as readers of messages reach it; on this machine only by default. */
  externalUrl: httpUrl.optional().describe(
    "Address of the webhook as readers of messages reach it; on this machine only by default.",
  ),
  /** How long history is kept. */
  retention: retentionSchema.prefault({}).describe("How long history is kept."),
  /** How much is taken. */
  limits: limitsSchema.prefault({}).describe("How much is taken."),
  /** When a group that keeps changing is told less often. */
  flapping: flappingSchema.prefault({}).describe("When a group that keeps changing is told less often."),
  /** The alert that must keep coming. */
  watchdog: watchdogSchema.prefault({}).describe("The alert that must keep coming."),
  /** Tells somebody outside that all is well. */
  heartbeat: heartbeatSchema.optional().describe("Tells somebody outside that all is well."),
});

/** The webhook's part of a valid configuration. */
export type WebhookService = z.output<typeof serviceSchema>;
