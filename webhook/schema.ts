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
}).superRefine(({ channels, routes }, context) => {
  const complain = (path: (string | number)[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  const names = channels.map((channel) => channel.name);
  names.forEach((name, i) => {
    if (names.indexOf(name) < i) complain(["channels", i, "name"], `a second channel is called "${name}"`);
  });
  const receivers = routes.map((route) => route.receiver);
  routes.forEach((route, i) => {
    if (receivers.indexOf(route.receiver) < i) {
      complain(["routes", i, "receiver"], `a second route is for "${route.receiver}"`);
    }
    route.channels.forEach((name, j) => {
      if (names.includes(name)) return;
      complain(
        ["routes", i, "channels", j],
        `no channel is called "${name}"; there are: ${names.join(", ")}`,
      );
    });
  });
});

/** A valid webhook.json, every default filled in. */
export type WebhookConfig = z.output<typeof webhookSchema>;
