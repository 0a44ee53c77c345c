/** One alert as it is said. */

import type { AlertView } from "../message.ts";
import type { Alert, Notification } from "../payload.ts";
import { cleanLine, cleanText } from "./clean.ts";
import { own, toldLabels } from "./labels.ts";
import { alertLinks } from "./links.ts";
import { lookOf, severityOf } from "./severity.ts";
import { formatValue } from "./value.ts";
import { formatWhen, type TimeContext } from "./when.ts";
import { WORDS } from "./words.ts";

/**
 * What is said of `alert`.
 *
 * @param shared Names of labels that the message says for all of its alerts.
 */
export function alertView(
  alert: Alert,
  notification: Notification,
  shared: ReadonlySet<string>,
  context: TimeContext,
): AlertView {
  const { status, labels, annotations } = alert;
  const severity = severityOf(own(labels, "severity"));
  const startsMs = milliseconds(alert.startsAt);
  const endsMs = milliseconds(alert.endsAt);
  const description = cleanText(own(annotations, "description") || own(annotations, "message") || "");
  const summary = cleanLine(own(annotations, "summary") ?? "");
  return {
    status,
    severity,
    ...lookOf(status, severity),
    name: nameOf(labels, context),
    summary,
    description: description === summary ? "" : description,
    value: formatValue(alert, context.locale),
    labels: toldLabels(labels, shared),
    when: formatWhen(startsMs, endsMs, context),
    startsMs,
    endsMs,
    links: alertLinks(alert, notification, context.locale),
  };
}

/** The alert's name in `labels`; never empty. */
export function nameOf(
  labels: Readonly<Record<string, string>>,
  { locale }: Pick<TimeContext, "locale">,
): string {
  return cleanLine(own(labels, "alertname") ?? "", 500) || WORDS[locale].nameless;
}

function milliseconds(time: string): number | undefined {
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? undefined : ms;
}
