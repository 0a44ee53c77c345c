/** What config.ts says about telling: how alerts are grouped and routed, and the receivers that Alertmanager serves itself. */

import * as z from "zod";
import { duration, name } from "../../lib/schema.ts";

// Alertmanager's own matcher syntax: name, operator, value (quoted or not).
const matcher = z.string().regex(
  /^\s*[a-zA-Z_:][a-zA-Z0-9_:]*\s*(=~|!~|!=|=)\s*("([^"\\]|\\.)*"|[^\s"{},]*)\s*$/,
  {
    error: 'expected a matcher such as severity="critical" or instance=~"web-.*"',
  },
);

const email = z.strictObject({
  /** An e-mail, sent by Alertmanager itself. */
  kind: z.literal("email").describe("An e-mail, sent by Alertmanager itself."),
  /** Address to send to. */
  to: z.email({ error: 'expected an e-mail address such as "ops@example.org"' }).describe(
    "Address to send to.",
  ),
  /** Address to send from. */
  from: z.email({ error: 'expected an e-mail address such as "vigie@example.org"' }).describe(
    "Address to send from.",
  ),
  /** SMTP server, `host:port`. */
  smarthost: z.string().regex(/^[^\s:]+:\d{1,5}$/, {
    error: 'expected an SMTP server with its port, such as "smtp.example.org:587"',
  })
    .describe("SMTP server, `host:port`."),
  /** User name, when the server wants one. */
  username: z.string().optional().describe("User name, when the server wants one."),
  /** File that holds the password, relative to config.ts or absolute. */
  passwordFile: z.string().optional().describe(
    "File that holds the password, relative to config.ts or absolute.",
  ),
  /** Whether to insist on TLS. */
  tls: z.boolean().default(true).describe("Whether to insist on TLS."),
});

const slack = z.strictObject({
  /** A Slack channel, told by Alertmanager itself. */
  kind: z.literal("slack").describe("A Slack channel, told by Alertmanager itself."),
  /** File that holds the incoming webhook's URL, relative to config.ts or absolute: the URL is a secret. */
  urlFile: z.string().min(1).describe(
    "File that holds the incoming webhook's URL, relative to config.ts or absolute: the URL is a secret.",
  ),
  /** Channel, when other than the webhook's own. */
  channel: z.string().optional().describe("Channel, when other than the webhook's own."),
});

/** Destinations that Alertmanager serves by itself, without passing through the webhook. */
export const nativeDestinations = [email, slack] as const;

/** One destination that Alertmanager serves by itself. */
export type NativeDestination = z.output<typeof email> | z.output<typeof slack>;

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
