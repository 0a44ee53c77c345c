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
  const said = {
    status,
    severity,
    ...lookOf(status, severity),
    name: nameOf(labels, context),
    startsMs,
    endsMs,
  };
  const summary = () => cleanLine(own(annotations, "summary") ?? "");
  return lazily(said, {
    summary,
    description: () => {
      const text = cleanText(own(annotations, "description") || own(annotations, "message") || "");
      return text === summary() ? "" : text;
    },
    value: () => formatValue(alert, context.locale),
    labels: () => toldLabels(labels, shared),
    when: () => formatWhen(startsMs, endsMs, context),
    links: () => alertLinks(alert, notification, context.locale),
  });
}

/** `base` and what `makers` make, each when it is first asked for: of ten thousand alerts all but the first hundred are only counted. */
function lazily<Base extends object, Made extends object>(
  base: Base,
  makers: { readonly [Key in keyof Made]: () => Made[Key] },
): Base & Made {
  const whole = { ...base };
  for (const [key, make] of Object.entries<() => unknown>(makers)) {
    Object.defineProperty(whole, key, {
      enumerable: true,
      configurable: true,
      get() {
        const value = make();
        Object.defineProperty(whole, key, { value, enumerable: true });
        return value;
      },
    });
  }
  return whole as Base & Made;
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
