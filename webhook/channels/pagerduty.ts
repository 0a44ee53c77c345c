/** PagerDuty: an incident by its Events API, version 2. */

import { createHash } from "node:crypto";
import { serverUrl } from "./server_url.ts";
import type { AlertView, Link, Message, Pair, Severity } from "../message.ts";
import { cleanLine } from "../messages/clean.ts";
import { formatNumber, WORDS } from "../messages/words.ts";
import { defineChannel, type Outcome, secretSetting } from "./channel.ts";
import { byteLength, cutUnits, fitMessage, type Fitted } from "./cut.ts";
import { exchange, type HttpAnswer, isAnswer } from "./http.ts";
import { jsonOf, judgeFailure, saying } from "./judge.ts";

type Json = string | readonly Json[] | { readonly [key: string]: Json };

/** An event but for its routing key. Source: developer.pagerduty.com, "Send an Alert Event". */
export interface PagerdutyOut {
  readonly event_action: "trigger" | "resolve";
  /** The incident: the same for every event of a group. */
  readonly dedup_key: string;
  readonly client?: "Vigie";
  readonly client_url?: string;
  readonly links?: readonly { readonly href: string; readonly text: string }[];
  readonly payload?: {
    readonly summary: string;
    readonly source: string;
    readonly severity: "critical" | "error" | "warning" | "info";
    readonly timestamp?: string;
    readonly custom_details?: Json;
  };
}

const MAX_BYTES = 512 * 1_024;
// The routing key, and what JSON puts around it.
const MAX_EVENT_BYTES = MAX_BYTES - 1_024;
const MAX_SUMMARY_UNITS = 1_024;
const MAX_KEY_UNITS = 255;
const MAX_ALERTS = 500;
const MAX_LINKS = 20;

/** An alert that does not say how bad it is might be bad. */
const SEVERITY = {
  critical: "critical",
  none: "error",
  warning: "warning",
  info: "info",
} as const satisfies Record<
  Severity,
  string
>;

/** The PagerDuty channel. */
export const pagerdutyChannel = defineChannel({
  kind: "pagerduty",
  about:
    "An incident in PagerDuty: a group of alerts triggers it, and resolves it when all of them are resolved.",
  shape: {
    ...secretSetting("routingKey", "the integration key of a service's Events API v2"),
    /** Address of the Events API, when the account is not in the United States: `https://events.eu.pagerduty.com/v2/enqueue`. */
    url: serverUrl.default("https://events.pagerduty.com/v2/enqueue").describe(
      "Address of the Events API, when the account is not in the United States: `https://events.eu.pagerduty.com/v2/enqueue`.",
    ),
  },
  secrets: ["routingKey"],
  secretForms: { routingKey: { pattern: /^[A-Za-z0-9]+$/, wanted: "an integration key, alone in its file" } },
  check: ({ routingKey }) => routingKey === undefined ? "give the routingKey" : undefined,
  // 120 a minute are taken from one integration. Source: PagerDuty's support, "Events API rate limits".
  pace: { burst: 20, everyMs: 600 },
  render: (message) => [renderPagerduty(message)],
  plain: (message): PagerdutyOut => ({
    ...incidentOf(message),
    ...(message.status === "firing" && {
      payload: {
        summary: cutUnits(message.title, 250),
        source: "vigie",
        severity: SEVERITY[message.severity],
      },
    }),
  }),
  async send(out: PagerdutyOut, { url, routingKey }, context) {
    const answer = await exchange({
      method: "POST",
      url,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ routing_key: routingKey, ...out }),
    }, context);
    return isAnswer(answer) ? judgePagerduty(answer, context.now()) : answer;
  },
  preview: (out, { url }) => ({
    what: `POST ${url} (JSON)`,
    body: JSON.stringify({ routing_key: "<secret>", ...out }, null, 2),
  }),
});

/** The event that tells `message`. One that resolves says nothing else: PagerDuty keeps what the incident was. */
export function renderPagerduty(message: Message): PagerdutyOut {
  if (message.status === "resolved") return incidentOf(message);
  return eventOf(fitMessage(message, (fitted) => jsonBytes(eventOf(fitted)) <= MAX_EVENT_BYTES, MAX_ALERTS));
}

function incidentOf({ status, group }: Message) {
  return {
    event_action: status === "firing" ? "trigger" as const : "resolve" as const,
    dedup_key: group.length <= MAX_KEY_UNITS ? group : createHash("sha256").update(group).digest("hex"),
  };
}

function eventOf({ message, omitted }: Fitted): PagerdutyOut {
  const { alerts, links, title, severity } = message;
  const starts = alerts.flatMap(({ status, startsMs }) => status === "firing" ? startsMs ?? [] : []);
  const oldest = starts.length > 0 ? timestampOf(Math.min(...starts)) : undefined;
  const [client, ...others] = unique([...links, ...alerts.flatMap(({ links }) => links)]).slice(0, MAX_LINKS);
  return {
    ...incidentOf(message),
    client: "Vigie",
    ...(client && { client_url: client.url }),
    links: others.map(({ url, label }) => ({ href: url, text: cutUnits(label, 100) })),
    payload: {
      summary: cutUnits(title, MAX_SUMMARY_UNITS),
      source: cutUnits(sourceOf(message), MAX_KEY_UNITS),
      severity: SEVERITY[severity],
      ...(oldest !== undefined && { timestamp: oldest }),
      custom_details: detailsOf(message, omitted),
    },
  };
}

function detailsOf({ notes, text, labels, alerts, locale }: Message, omitted: number): Json {
  return filled({
    notes,
    text,
    alerts: text === "" ? alerts.map(detailOf) : [],
    omitted: omitted > 0 && text === "" ? WORDS[locale].more(formatNumber(omitted, locale)) : "",
    labels: mapOf(labels),
  });
}

function detailOf({ status, name, when, summary, description, value, labels, links }: AlertView): Json {
  return filled({
    status,
    name,
    when,
    summary,
    description,
    value,
    labels: mapOf(labels),
    links: mapOf(links.map(({ label, url }) => [label, url])),
  });
}

/** Without what is empty: PagerDuty shows every key. */
function filled(fields: { readonly [key: string]: Json }): Json {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) =>
      typeof value === "string" ? value !== "" : Object.keys(value).length > 0
    ),
  );
}

function mapOf(pairs: readonly Pair[]): Json {
  return Object.fromEntries(pairs);
}

/** The machine that the worst alert is about. */
function sourceOf({ notification: { alerts, receiver } }: Message): string {
  const about = alerts.find(({ status }) => status === "firing") ?? alerts[0];
  return cleanLine(about?.labels.instance ?? "") || cleanLine(about?.labels.job ?? "") ||
    cleanLine(receiver) || "vigie";
}

/** ISO 8601 with a year of four digits, the only one that is taken everywhere; undefined for other years. */
function timestampOf(ms: number): string | undefined {
  const text = new Date(ms).toISOString();
  return /^\d{4}-/.test(text) ? text : undefined;
}

function unique(links: readonly Link[]): Link[] {
  return [...new Map(links.map((link) => [link.url, link])).values()];
}

function jsonBytes(value: unknown): number {
  return byteLength(JSON.stringify(value));
}

/** Source: developer.pagerduty.com, "Events API v2 overview", "Response codes and retry logic". */
function judgePagerduty(answer: HttpAnswer, nowMs: number): Outcome {
  const said = jsonOf(answer);
  if (answer.status === 202 && said?.status === "success") return { result: "delivered" };
  const errors = Array.isArray(said?.errors) ? said.errors.join("; ") : "";
  const detail = errors || (typeof said?.message === "string" ? said.message : undefined);
  const outcome = judgeFailure(answer, nowMs, detail);
  // That is about the integration, whatever the event says.
  if (outcome.result === "refused" && /routing.?key/i.test(detail ?? "")) {
    return { result: "gone", reason: saying(answer, detail) };
  }
  return outcome;
}
