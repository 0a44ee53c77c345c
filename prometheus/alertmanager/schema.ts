/** What config.ts says about telling: how alerts are grouped and routed, and the receivers that Alertmanager serves itself. */

import * as z from "zod";
import { duration, matcher, name, timezone } from "../../lib/schema.ts";
import { DEFAULT_TIMING, type Severity, type Timing } from "./severity.ts";

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

const labelName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'expected a label name such as "instance"');

/** The keys of grouping. @param unsaid What goes without saying, for each of them. */
function timingShape(unsaid: (key: keyof Timing) => string) {
  return {
    /** Alerts with the same values of these labels are told in one message. */
    groupBy: z.array(labelName).min(1, "expected at least one label").optional().describe(
      `Alerts with the same values of these labels are told in one message; by default ${unsaid("groupBy")}.`,
    ),
    /** How long to wait for more alerts of a new group. */
    groupWait: duration.optional().describe(
      `How long to wait for more alerts of a new group; by default ${unsaid("groupWait")}.`,
    ),
    /** Shortest time between two messages about a group that changed. */
    groupInterval: duration.optional().describe(
      `Shortest time between two messages about a group that changed; by default ${unsaid("groupInterval")}.`,
    ),
    /** How often an unchanged firing group is told again. */
    repeatInterval: duration.optional().describe(
      `How often an unchanged firing group is told again; by default ${unsaid("repeatInterval")}.`,
    ),
  };
}

const asSeverity = timingShape(() => "as its severity says");

function timingOf(severity: Severity) {
  const unsaid = (key: keyof Timing) =>
    `\`${JSON.stringify(DEFAULT_TIMING[severity][key]).replace(",", ", ")}\``;
  return z.strictObject(timingShape(unsaid)).optional();
}

const route = z.strictObject({
  /** Labels that an alert must carry, in Alertmanager's syntax; all must match. */
  matchers: z.array(matcher).min(1, "expected at least one matcher").describe(
    "Labels that an alert must carry, in Alertmanager's syntax; all must match.",
  ),
  /** Receiver of the alerts that match; `nobody` is always there. */
  receiver: name.describe("Receiver of the alerts that match; `nobody` is always there."),
  /** Whether it is told in addition: the alert then goes on as if this route were not there. */
  continue: z.boolean().default(false).describe(
    "Whether it is told in addition: the alert then goes on as if this route were not there.",
  ),
  /** Whether `quietHours` hold for it. */
  quietHours: z.boolean().default(true).describe("Whether `quietHours` hold for it."),
  ...asSeverity,
});

const DAY = "(?:mon|tue|wed|thu|fri|sat|sun)";
const WEEKDAYS = 'expected days such as "mon-fri", "sat" or "sat,sun"';
const CLOCK = 'expected a time of day such as "20:00"';
const clock = z.string(CLOCK).regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, CLOCK);
const clockOrMidnight = z.string(CLOCK).regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, CLOCK);

const quietTime = z.strictObject({
  /** Days on which it begins: `mon-fri`, `sat,sun`; every day by default. */
  days: z.string(WEEKDAYS).regex(new RegExp(`^${DAY}(?:-${DAY})?(?:, ?${DAY}(?:-${DAY})?)*$`), WEEKDAYS)
    .default("sun-sat").describe("Days on which it begins: `mon-fri`, `sat,sun`; every day by default."),
  /** When it begins. */
  from: clock.default("00:00").describe("When it begins."),
  /** When it ends; on the next day when that is not after `from`. */
  to: clockOrMidnight.default("24:00").describe(
    "When it ends; on the next day when that is not after `from`.",
  ),
});

const quietHours = z.strictObject({
  /** The hours; one that an alert falls into is enough. */
  times: z.array(quietTime).min(1, 'expected at least one, such as { from: "20:00", to: "08:00" }')
    .describe("The hours; one that an alert falls into is enough."),
  /** Time zone of the hours, as the IANA names it. */
  timezone: timezone.describe("Time zone of the hours, as the IANA names it."),
  /** Severities that wait; critical alerts never do. */
  severities: z.array(z.enum(["warning", "info"])).min(1, "expected at least one severity")
    .default(["warning", "info"]).describe("Severities that wait; critical alerts never do."),
});

/** Quiet hours of a valid configuration. */
export type QuietHours = z.output<typeof quietHours>;

/** Keys of `notify` that belong to grouping and routing. */
export const routingShape = {
  /** Receiver of every alert that nothing below names another for. */
  receiver: name.default("console").describe(
    "Receiver of every alert that nothing below names another for.",
  ),
  /** Receiver by severity. */
  severities: z.strictObject({
    /** Receiver of critical alerts. */
    critical: name.optional().describe("Receiver of critical alerts."),
    /** Receiver of warnings. */
    warning: name.optional().describe("Receiver of warnings."),
    /** Receiver of alerts that only inform. */
    info: name.optional().describe("Receiver of alerts that only inform."),
    /** Receiver of alerts of severity `none`, which are told nobody by default. */
    none: name.optional().describe(
      "Receiver of alerts of severity `none`, which are told nobody by default.",
    ),
  }).prefault({}).describe("Receiver by severity."),
  /** Receiver by the label `team`; who `severities` names is told as well. */
  teams: z.record(z.string().min(1, "expected the name of a team"), name).default({}).describe(
    "Receiver by the label `team`; who `severities` names is told as well.",
  ),
  /** Which alerts go elsewhere; the first match takes an alert, before `teams` and `severities`. */
  routes: z.array(route).default([]).describe(
    "Which alerts go elsewhere; the first match takes an alert, before `teams` and `severities`.",
  ),
  /** Receiver that is told in addition of what must be heard when the webhook is dead: critical alerts, and WebhookDown. Each of its destinations has `via: "alertmanager"`. */
  bypass: name.optional().describe(
    'Receiver that is told in addition of what must be heard when the webhook is dead: critical alerts, and WebhookDown. Each of its destinations has `via: "alertmanager"`.',
  ),
  /** When alerts that can wait are not told. */
  quietHours: quietHours.optional().describe("When alerts that can wait are not told."),
  ...asSeverity,
  /** The same by severity. */
  timing: z.strictObject({
    /** Of critical alerts. */
    critical: timingOf("critical").describe("Of critical alerts."),
    /** Of warnings. */
    warning: timingOf("warning").describe("Of warnings."),
    /** Of alerts that only inform. */
    info: timingOf("info").describe("Of alerts that only inform."),
    /** Of alerts of severity `none`. */
    none: timingOf("none").describe("Of alerts of severity `none`."),
  }).prefault({}).describe("The same by severity."),
};

/** The routing part of a valid configuration. */
export type Routing = z.output<z.ZodObject<typeof routingShape>>;
