/** What config.ts says about telling: how alerts are grouped and routed, and the receivers that Alertmanager serves itself. */

import * as z from "zod";
import { duration, matcher, name } from "../../lib/schema.ts";

const email = z.strictObject({
  kind: z.literal("email"),
  to: z.union([z.string(), z.array(z.string())]),
  from: z.string(),
  smarthost: z.string(),
  username: z.string().optional(),
  passwordFile: z.string().optional(),
  tls: z.boolean(),
  caFile: z.string().optional(),
});

const pagerduty = z.strictObject({
  kind: z.literal("pagerduty"),
  routingKeyFile: z.string(),
  url: z.string(),
});

const slack = z.strictObject({
  kind: z.literal("slack"),
  urlFile: z.string(),
});

/**
 * Destinations that Alertmanager can tell by itself, without passing through the webhook, each with the settings that it has a use for.
 * They are called as the webhook calls them; what they may be is the webhook's to say.
 */
export const nativeSchemas = { email, pagerduty, slack } as const;

/** A kind of destination that Alertmanager can tell by itself. */
export type NativeKind = keyof typeof nativeSchemas;

/** One destination that Alertmanager tells by itself; a secret is given as the path of its file. */
export type NativeDestination = z.output<typeof nativeSchemas[NativeKind]>;

const route = z.strictObject({
  /** Labels that an alert must carry, in Alertmanager's syntax; all must match. */
  matchers: z.array(matcher).min(1, "expected at least one matcher").describe(
    "Labels that an alert must carry, in Alertmanager's syntax; all must match.",
  ),
  /** Receiver of the alerts that match. */
  receiver: name.describe("Receiver of the alerts that match."),
  /** Whether later routes are tried as well. */
  continue: z.boolean().default(false).describe("Whether later routes are tried as well."),
  /** How often a firing alert is told again, when other than the default. */
  repeatInterval: duration.optional().describe(
    "How often a firing alert is told again, when other than the default.",
  ),
});

/** Keys of `notify` that belong to grouping and routing. */
export const routingShape = {
  /** Receiver of every alert that no route takes. */
  receiver: name.default("console").describe("Receiver of every alert that no route takes."),
  /** Which alerts go elsewhere; the first match takes an alert. */
  routes: z.array(route).default([]).describe("Which alerts go elsewhere; the first match takes an alert."),
  /** Alerts with the same values of these labels are told in one message. */
  groupBy: z.array(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'expected a label name such as "instance"'))
    .default(["alertname", "severity"])
    .describe("Alerts with the same values of these labels are told in one message."),
  /** How long to wait for more alerts of a new group. */
  groupWait: duration.default("10s").describe("How long to wait for more alerts of a new group."),
  /** Shortest time between two messages about a group that changed. */
  groupInterval: duration.default("1m").describe(
    "Shortest time between two messages about a group that changed.",
  ),
  /** How often an unchanged firing group is told again. */
  repeatInterval: duration.default("4h").describe("How often an unchanged firing group is told again."),
};

/** The routing part of a valid configuration. */
export type Routing = z.output<z.ZodObject<typeof routingShape>>;
