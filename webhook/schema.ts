/** webhook.json: what the webhook service is told. The generator writes it from config.ts; by hand it works as well. */

import * as z from "zod";
import { nearest } from "../lib/nearest.ts";
import { duration, httpUrl, matcher, size, timezone } from "../lib/schema.ts";
import { channelSchemas } from "./channels/mod.ts";
import { pageSchema } from "./page/schema.ts";
import { signOnSchema } from "./sign_on/mod.ts";

const path = z.string().min(1);

/** Who may post and ask. */
const authSchema = z.strictObject({
  /** Files with one bearer token each; any of them is good, so that one can be rotated. */
  bearerFiles: z.array(path).default([]).describe(
    "Files with one bearer token each; any of them is good, so that one can be rotated.",
  ),
  /** File with a line `user:hash` for each user, the hash bcrypt's, as `htpasswd -B` writes them. */
  basicFile: path.optional().describe(
    "File with a line `user:hash` for each user, the hash bcrypt's, as `htpasswd -B` writes them.",
  ),
  /** Files with one secret each, for senders that sign their bodies by HMAC-SHA256. */
  hmacFiles: z.array(path).default([]).describe(
    "Files with one secret each, for senders that sign their bodies by HMAC-SHA256.",
  ),
});

const tlsSchema = z.strictObject({
  /** File with the certificate and its chain, PEM. */
  certFile: path.describe("File with the certificate and its chain, PEM."),
  /** File with its key, PEM. */
  keyFile: path.describe("File with its key, PEM."),
  /** File with the authorities that clients must have a certificate of, PEM: mutual TLS. */
  clientCaFile: path.optional().describe(
    "File with the authorities that clients must have a certificate of, PEM: mutual TLS.",
  ),
});

const count = z.int().min(1);

/** Limits, each with a default that fits a webhook. */
export const limitsSchema = z.strictObject({
  /** One body as it comes. */
  body: size.default("32MB").describe("One body as it comes."),
  /** One body after it was inflated. */
  inflated: size.default("64MB").describe("One body after it was inflated."),
  /** All bodies that are being read at one time. */
  held: size.default("128MB").describe("All bodies that are being read at one time."),
  /** A request's head must be there within. */
  headTimeout: duration.default("30s").describe("A request's head must be there within."),
  /** Its body must be there within. */
  bodyTimeout: duration.default("30s").describe("Its body must be there within."),
  /** Connections at one time. */
  connections: count.default(1_024).describe("Connections at one time."),
  /** Requests that are worked on at one time. */
  requests: count.default(512).describe("Requests that are worked on at one time."),
  /** The journal on disk. When it is full and nothing old can go, senders are told to come again. */
  journal: size.default("1GB").describe(
    "The journal on disk. When it is full and nothing old can go, senders are told to come again.",
  ),
});

/** How long history is kept. */
export const retentionSchema = z.strictObject({
  /** How long what was delivered is kept; what is queued or dead stays. */
  age: duration.default("30d").describe(
    "How long what was delivered is kept; what is queued or dead stays.",
  ),
  /** How long dead letters and what was not understood are kept. */
  deadAge: duration.default("90d").describe(
    "How long dead letters and what was not understood are kept.",
  ),
});

const routeSchema = z.strictObject({
  /** Receivers, as Alertmanager names them; any by default. */
  receivers: z.array(z.string().min(1)).min(1).optional().describe(
    "Receivers, as Alertmanager names them; any by default.",
  ),
  /** Labels that an alert must carry, in Alertmanager's syntax; all must match. */
  matchers: z.array(matcher).default([]).describe(
    "Labels that an alert must carry, in Alertmanager's syntax; all must match.",
  ),
  /** Names of channels; none to tell nobody. */
  channels: z.array(z.string()).describe("Names of channels; none to tell nobody."),
  /** Whether later routes are tried as well. */
  continue: z.boolean().default(false).describe("Whether later routes are tried as well."),
});

const watchdogSchema = z.strictObject({
  /** The alert that always fires. */
  alertname: z.string().min(1).default("Watchdog").describe("The alert that always fires."),
  /** It must come at least this often; otherwise the channels are told. */
  within: duration.default("10m").describe(
    "It must come at least this often; otherwise the channels are told.",
  ),
  /** Who is told; every channel by default. */
  channels: z.array(z.string()).min(1).optional().describe("Who is told; every channel by default."),
});

const heartbeatSchema = z.strictObject({
  /** An outside URL that is asked (GET) while all is well: it alarms when it is not. */
  url: httpUrl.optional().describe(
    "An outside URL that is asked (GET) while all is well: it alarms when it is not.",
  ),
  /** File that holds that URL, when it is a secret. */
  urlFile: path.optional().describe("File that holds that URL, when it is a secret."),
  /** How often. */
  every: duration.default("1m").describe("How often."),
}).refine(({ url, urlFile }) => (url === undefined) !== (urlFile === undefined), {
  error: "give url or urlFile",
});

/** When a group that keeps changing is told less often. */
export const flappingSchema = z.strictObject({
  /** A group that changes its status so often … */
  changes: z.int().min(3).default(6).describe("A group that changes its status so often …"),
  /** … within so long is flapping: that is said once, and then only … */
  within: duration.default("30m").describe(
    "… within so long is flapping: that is said once, and then only …",
  ),
  /** … what holds for so long. Critical alerts are always told at once. */
  quiet: duration.default("10m").describe(
    "… what holds for so long. Critical alerts are always told at once.",
  ),
});

/** The schema of webhook.json. */
export const webhookSchema = z.strictObject({
  /** A remark; generated files say here where they come from. */
  $comment: z.string().optional().describe("A remark; generated files say here where they come from."),
  /** Language of messages. */
  locale: z.enum(["fr", "en"]).default("fr").describe("Language of messages."),
  /** Time zone of times in messages, as the IANA names them; the machine's by default. */
  timezone: timezone.optional()
    .describe("Time zone of times in messages, as the IANA names them; the machine's by default."),
  /** Address of this webhook as readers of messages reach it: messages link to their whole then. */
  externalUrl: httpUrl.optional().describe(
    "Address of this webhook as readers of messages reach it: messages link to their whole then.",
  ),
  /** Who may post and ask; everybody who can connect by default. */
  auth: authSchema.prefault({}).describe("Who may post and ask; everybody who can connect by default."),
  /** Who may look, through the entry that asks here; without this key nobody is asked to sign in. */
  signOn: signOnSchema.optional().describe(
    "Who may look, through the entry that asks here; without this key nobody is asked to sign in.",
  ),
  /** What the pages show beside what the webhook knows itself. */
  page: pageSchema.prefault({}).describe("What the pages show beside what the webhook knows itself."),
  /** TLS; without it the webhook speaks plain HTTP. */
  tls: tlsSchema.optional().describe("TLS; without it the webhook speaks plain HTTP."),
  /** How much is taken. */
  limits: limitsSchema.prefault({}).describe("How much is taken."),
  /** How long history is kept. */
  retention: retentionSchema.prefault({}).describe("How long history is kept."),
  /** The same notification again within so long is a duplicate; below the shortest repeat interval. */
  duplicateWindow: duration.default("5m").describe(
    "The same notification again within so long is a duplicate; below the shortest repeat interval.",
  ),
  /** When a group that keeps changing is told less often. */
  flapping: flappingSchema.prefault({}).describe("When a group that keeps changing is told less often."),
  /** The alert that must keep coming; without this key nothing is missed. */
  watchdog: watchdogSchema.optional().describe(
    "The alert that must keep coming; without this key nothing is missed.",
  ),
  /** Tells somebody outside that all is well. */
  heartbeat: heartbeatSchema.optional().describe("Tells somebody outside that all is well."),
  /** Destinations by name. */
  channels: z.array(z.discriminatedUnion("kind", [...channelSchemas]))
    .default([channelSchemas[0].parse({ kind: "console", name: "console" })])
    .describe("Destinations by name."),
  /** Which channels are told of an alert: the first route that fits; all of them when none does. */
  routes: z.array(routeSchema).default([]).describe(
    "Which channels are told of an alert: the first route that fits; all of them when none does.",
  ),
}).superRefine((config, context) => {
  const complain = (path: (string | number)[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  const names = config.channels.map(({ name }) => name);
  const known = (name: string, path: (string | number)[]) => {
    if (!names.includes(name)) {
      const near = nearest(name, names);
      complain(
        path,
        `no channel is called "${name}"; ${
          near === undefined ? `there are: ${names.join(", ")}` : `did you mean "${near}"?`
        }`,
      );
    }
  };
  names.forEach((name, i) => {
    if (names.indexOf(name) < i) complain(["channels", i, "name"], `a second channel is called "${name}"`);
  });
  config.channels.forEach(({ name, fallback }, i) => {
    if (fallback === undefined) return;
    if (fallback === name) complain(["channels", i, "fallback"], "a channel cannot be its own fallback");
    else known(fallback, ["channels", i, "fallback"]);
  });
  config.routes.forEach(({ channels }, i) =>
    channels.forEach((name, j) => known(name, ["routes", i, "channels", j]))
  );
  config.watchdog?.channels?.forEach((name, i) => known(name, ["watchdog", "channels", i]));
});

/** A valid webhook.json, every default filled in. */
export type WebhookConfig = z.output<typeof webhookSchema>;
