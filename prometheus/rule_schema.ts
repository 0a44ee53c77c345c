/** What config.ts says about rules: how the stack's own are set, and which there are besides. */

import * as z from "zod";
import { labels, matcher } from "../lib/schema.ts";
import { DURATION_PATTERN } from "../lib/units.ts";
import { ALERT_NAMES, type AlertName } from "./rules/names.ts";

const TEXT = 'expected text in quotes, or one for each language: { fr: "…", en: "…" }';
const WAIT = 'expected a duration, such as "5m", or "0s" for none';
const ALERT_NAME = 'expected letters, digits, "_" and "-", starting with a letter, such as "ApiSlow"';
const RECORD_NAME = 'expected the name of a metric, such as "job:http_requests:rate5m"';
const WEB = 'expected an http or https URL such as "https://wiki.example.org/api"';

const line = z.string().trim().min(1, TEXT);
// Not trimmed: what is wrong in it is shown at its place.
const promql = z.string("expected PromQL in quotes").regex(/\S/, "expected PromQL");
// A Go template, in the stack's language or in both.
const text = z.union([
  line,
  z.strictObject({
    /** In French. */
    fr: line.describe("In French."),
    /** In English. */
    en: line.describe("In English."),
  }),
], { error: TEXT });
const wait = z.string(WAIT).regex(DURATION_PATTERN, WAIT).min(1, WAIT);
const severity = z.enum(["critical", "warning", "info"]);
// It may hold a template: an address of Grafana's with a label in it.
const url = z.string(WEB).regex(/^https?:\/\/[^/\s]+/, WEB);

/** What may be said of an alert of the stack's own. */
const settingShape = {
  /** Whether there is the alert at all; `true` unless said otherwise. */
  enabled: z.boolean().optional().describe(
    "Whether there is the alert at all; `true` unless said otherwise.",
  ),
  /** What its value is compared with, in the alert's own unit: percent, seconds, days. */
  threshold: z.number().optional().describe(
    "What its value is compared with, in the alert's own unit: percent, seconds, days.",
  ),
  /** How long that must hold before it fires; `0s` for at once. */
  for: wait.optional().describe("How long that must hold before it fires; `0s` for at once."),
  /** How long it goes on firing when that no longer holds. */
  keepFiringFor: wait.optional().describe("How long it goes on firing when that no longer holds."),
  /** How urgent it is. */
  severity: severity.optional().describe("How urgent it is."),
  /** Labels to put on it, beside those that it has; routes choose by them. */
  labels: labels.optional().describe("Labels to put on it, beside those that it has; routes choose by them."),
  /** One line instead of its own: a Go template, in one language or in both. */
  summary: text.optional().describe(
    "One line instead of its own: a Go template, in one language or in both.",
  ),
  /** What is said below it instead of its own text: a Go template, in one language or in both. */
  description: text.optional().describe(
    "What is said below it instead of its own text: a Go template, in one language or in both.",
  ),
  /** URL of what to do about it, instead of its section in docs/alerts.md. */
  runbook: url.optional().describe("URL of what to do about it, instead of its section in docs/alerts.md."),
};

const hostSetting = z.strictObject({
  /** Which hosts: all of these must fit the labels of what is measured. */
  matchers: z.array(matcher).min(1, 'expected at least one matcher, such as role="database"').describe(
    "Which hosts: all of these must fit the labels of what is measured.",
  ),
  ...settingShape,
});

const hosts = z.array(hostSetting).default([]).describe(
  "What is different for some hosts; a host follows the first entry that fits it.",
);

const oneSeverity = z.strictObject({
  ...settingShape,
  /** What is different for some hosts; a host follows the first entry that fits it. */
  hosts,
});

const ruleSettings = z.strictObject({
  ...settingShape,
  /** What is different for some hosts; a host follows the first entry that fits it. */
  hosts,
  /** The critical one of two alerts that share the name. */
  critical: oneSeverity.optional().describe("The critical one of two alerts that share the name."),
  /** The warning of two alerts that share the name. */
  warning: oneSeverity.optional().describe("The warning of two alerts that share the name."),
  /** The information of two alerts that share the name. */
  info: oneSeverity.optional().describe("The information of two alerts that share the name."),
});

const ownAlert = z.strictObject({
  /** Its name, CamelCase. */
  alert: z.string(ALERT_NAME).regex(/^[A-Za-z][\w-]*$/, ALERT_NAME).describe("Its name, CamelCase."),
  /** What is wrong when it gives anything: PromQL. */
  expr: promql.describe("What is wrong when it gives anything: PromQL."),
  /** How long that must hold before it fires; at once when left out. */
  for: wait.optional().describe("How long that must hold before it fires; at once when left out."),
  /** How long it goes on firing when that no longer holds. */
  keepFiringFor: wait.optional().describe("How long it goes on firing when that no longer holds."),
  /** How urgent it is. */
  severity: severity.describe("How urgent it is."),
  /** What is wrong, where, in one line: a Go template, in one language or in both. */
  summary: text.describe("What is wrong, where, in one line: a Go template, in one language or in both."),
  /** How bad it is, what it leads to, where to look first: a Go template, in one language or in both. */
  description: text.describe(
    "How bad it is, what it leads to, where to look first: a Go template, in one language or in both.",
  ),
  /** Labels to put on it; routes choose by them. */
  labels: labels.default({}).describe("Labels to put on it; routes choose by them."),
  /** URL of what to do about it. */
  runbook: url.optional().describe("URL of what to do about it."),
  /** The dashboard that shows it: one of the stack's by its uid, or any by its URL. */
  dashboard: z.union([
    url,
    z.strictObject({
      /** The dashboard's uid. */
      uid: z.string().regex(/^[\w-]+$/, 'expected the uid of a dashboard, such as "vigie-host"')
        .describe("The dashboard's uid."),
      /** Labels of the alert that choose the dashboard's variables of the same name. */
      variables: z.array(z.string()).default([]).describe(
        "Labels of the alert that choose the dashboard's variables of the same name.",
      ),
    }),
  ], { error: 'expected a URL, or the uid of a dashboard: { uid: "vigie-host", variables: ["instance"] }' })
    .optional().describe("The dashboard that shows it: one of the stack's by its uid, or any by its URL."),
});

const recording = z.strictObject({
  /** Name of the new series, `level:metric:operations`. */
  record: z.string(RECORD_NAME).regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, RECORD_NAME)
    .describe("Name of the new series, `level:metric:operations`."),
  /** What it is: PromQL. */
  expr: promql.describe("What it is: PromQL."),
});

// Editors know the names, by the types and by the JSON Schema. A name that there is not is told with the one that was meant when all is
// known that may be meant: see rules/setting_issues.ts.
const byAlert = z.record(z.string().meta({ enum: [...ALERT_NAMES] }), ruleSettings) as unknown as z.ZodType<
  Record<string, z.output<typeof ruleSettings>>,
  { [alert in AlertName]?: z.input<typeof ruleSettings> }
>;

/** Top-level keys of config.ts that belong to rules. */
export const ruleShape = {
  /** How the stack's own alerts differ from their defaults, by their names. */
  rules: byAlert.default({}).describe(
    "How the stack's own alerts differ from their defaults, by their names.",
  ),
  /** Alerts besides the stack's own. */
  alerts: z.array(ownAlert).default([]).describe("Alerts besides the stack's own."),
  /** Expressions that Prometheus evaluates once and stores under a name; alerts and dashboards can use it. */
  recordings: z.array(recording).default([]).describe(
    "Expressions that Prometheus evaluates once and stores under a name; alerts and dashboards can use it.",
  ),
};

/** What config.ts says of the stack's own alerts, by their names. */
export type RuleSettings = Readonly<Record<string, z.output<typeof ruleSettings>>>;
/** What config.ts says of one alert. */
export type Setting = Omit<z.output<typeof hostSetting>, "matchers">;
/** What config.ts says of one alert on some hosts. */
export type HostSetting = z.output<typeof hostSetting>;
/** An alert besides the stack's own. */
export type OwnAlert = z.output<typeof ownAlert>;
/** A recording rule besides the stack's own. */
export type OwnRecording = z.output<typeof recording>;
