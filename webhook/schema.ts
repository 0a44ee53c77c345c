/** webhook.json: what the webhook service is told. The generator writes it from config.ts; by hand it works as well. */

import * as z from "zod";
import { name } from "../lib/schema.ts";
import { channelSchemas } from "./channels/mod.ts";

/** The schema of webhook.json. */
export const webhookSchema = z.strictObject({
  /** A remark; generated files say here where they come from. */
  $comment: z.string().optional().describe("A remark; generated files say here where they come from."),
  /** Language of messages. */
  locale: z.enum(["fr", "en"]).default("fr").describe("Language of messages."),
  /** Destinations by name. */
  channels: z.array(z.strictObject({
    /** Its name in logs, metrics and routes. */
    name: z.string().min(1).describe("Its name in logs, metrics and routes."),
    /** Its kind and settings. */
    settings: z.discriminatedUnion("kind", [...channelSchemas]).describe("Its kind and settings."),
  })).default([{ name: "console", settings: { kind: "console" } }]).describe("Destinations by name."),
  /** Which channels a receiver's notifications go to; a receiver without a route goes to all of them. */
  routes: z.array(z.strictObject({
    /** Receiver, as Alertmanager names it. */
    receiver: name.describe("Receiver, as Alertmanager names it."),
    /** Names of channels. */
    channels: z.array(z.string()).describe("Names of channels."),
  })).default([]).describe(
    "Which channels a receiver's notifications go to; a receiver without a route goes to all of them.",
  ),
});

/** A valid webhook.json, every default filled in. */
export type WebhookConfig = z.output<typeof webhookSchema>;
