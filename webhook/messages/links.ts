/** Links of messages: to what a person wants to open next. */

import type { Link } from "../message.ts";
import type { Alert, Notification } from "../payload.ts";
import type { Locale } from "../../lib/text.ts";
import { WORDS } from "./words.ts";

/** Longer addresses are cut off or refused somewhere on their way. */
const MAX_LENGTH = 2_000;
// The URL standard lets hosts hold brackets, quotes and stars; no host that can be reached does.
const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/;

/**
 * `text` as an address that may be put into a message: http or https, no name and password in it, and percent-encoded where it could be
 * taken for markup. Undefined when it is none, or too long.
 */
export function safeUrl(text: string): string | undefined {
  if (text === "" || text.length > MAX_LENGTH) return undefined;
  const url = URL.parse(text.trim());
  if (!url || !/^https?:$/.test(url.protocol) || !HOST.test(url.hostname)) return undefined;
  // A password in a link is read by everybody in the room.
  url.username = url.password = "";
  const { origin } = url;
  const rest = url.href.slice(origin.length).replace(
    /[^\w\-.~:/?#@!$&*+,;=%]/gu,
    (character) => encodeURIComponent(character).replace(/['()]/, (c) => `%${c.charCodeAt(0).toString(16)}`),
  );
  const safe = origin + rest;
  return safe.length > MAX_LENGTH ? undefined : safe;
}

/** Links of one alert, those that it has: runbook, dashboard, panel, source, silence. */
export function alertLinks(alert: Alert, notification: Notification, locale: Locale): Link[] {
  const words = WORDS[locale];
  const { annotations, grafana } = alert;
  return links([
    [words.runbook, annotations.runbook_url ?? annotations.runbook],
    [words.dashboard, grafana?.dashboardURL ?? annotations.dashboard_url ?? annotations.dashboard],
    [words.panel, grafana?.panelURL],
    [words.source, alert.generatorURL],
    [words.silence, alert.status === "firing" ? grafana?.silenceURL ?? silenceUrl(alert, notification) : ""],
  ]);
}

/** Links of a whole message: to it in this webhook's history, and to the program that sent it. */
export function messageLinks(
  notification: Notification,
  { id, locale, externalUrl }: {
    readonly id: number;
    readonly locale: Locale;
    readonly externalUrl?: string;
  },
): Link[] {
  const base = externalUrl?.replace(/\/+$/, "");
  return links([
    [WORDS[locale].whole, base && `${base}/api/v1/notifications/${id}`],
    isGrafana(notification)
      ? ["Grafana", notification.externalURL]
      : ["Alertmanager", alertsUrl(notification)],
  ]);
}

function links(wanted: readonly (readonly [label: string, url: string | undefined])[]): Link[] {
  return wanted.flatMap(([label, text]) => {
    const url = safeUrl(text ?? "");
    return url === undefined ? [] : [{ label, url }];
  });
}

function isGrafana({ alerts }: Notification): boolean {
  return alerts.some(({ grafana }) => grafana !== undefined);
}

/** Source: `__alertmanagerURL` in `template/default.tmpl` of Alertmanager. */
function alertsUrl({ externalURL, receiver }: Notification): string {
  if (externalURL === "") return "";
  return `${externalURL.replace(/\/+$/, "")}/#/alerts?receiver=${
    encodeURIComponent(receiver.toWellFormed())
  }`;
}

/** Source: `ui/app/src/Views/SilenceForm/Parsing.elm` of Alertmanager: a filter holds matchers in braces. */
function silenceUrl({ labels, grafana }: Alert, { externalURL }: Notification): string {
  const names = Object.keys(labels);
  // A silence without matchers is none, and Grafana's are made on another page.
  if (externalURL === "" || names.length === 0 || grafana) return "";
  // Encoded it is longer still.
  if (names.reduce((sum, name) => sum + name.length + labels[name]!.length, 0) > MAX_LENGTH) return "";
  const matchers = names.sort().map((name) => `${quoteName(name)}=${JSON.stringify(labels[name])}`);
  const filter = encodeURIComponent(`{${matchers.join(", ")}}`);
  return `${externalURL.replace(/\/+$/, "")}/#/silences/new?filter=${filter}`;
}

function quoteName(name: string): string {
  return /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name) ? name : JSON.stringify(name);
}
