/** What `online/would-fire` says of the alerts that it judged. */

import type { Note, Problem } from "../../lib/check.ts";
import { formatDuration } from "../../lib/units.ts";
import { formatTable } from "../report.ts";
import { keyOf, type WrittenAlert } from "./alerts.ts";
import type { Firing, Terms } from "./firings.ts";

/** Beginning to fire this often in a day, on one instance, nobody believes it any more. */
const NOISY_TIMES = 5;
const MAX_NAMED = 3;

/** What an alert would have done. */
export interface Outcome {
  readonly alert: WrittenAlert;
  readonly firings: readonly Firing[];
  /** `same`: it runs as it is; `changed`, with what the one that runs would have done; `new`. */
  readonly than: "same" | "changed" | "new";
  readonly before?: readonly Firing[];
  /** Why it could not be judged. */
  readonly unjudged?: string;
}

/** What all alerts would have done. */
export interface Judged {
  readonly outcomes: readonly Outcome[];
  readonly range: Range;
}

/** The time that is looked at. */
export interface Range extends Pick<Terms, "moments" | "step"> {
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/** The problems of one alert, for the check `check`. */
export function problemsOf(check: string, { alert, firings, than, before = [] }: Outcome): Problem[] {
  const isNoisy = firings.some(({ times }) => times >= NOISY_TIMES);
  const isMore = than !== "same" &&
    (total(firings) > total(before) || lasting(firings) > 1.5 * lasting(before));
  if (!isNoisy && !isMore) return [];
  const compared = than === "changed" ? `; the one that runs now: ${timesText(total(before))}` : "";
  return [{
    check,
    severity: "warning",
    file: alert.file,
    ...alert.place(),
    subject: alert.name,
    message: `${keyOf(alert)} would have fired ${timesText(total(firings))} over the last day: ${
      instancesText(firings)
    }${compared}`,
    cure: isNoisy
      ? "Move its threshold or make its `for` longer under `rules` in config.ts, so that it fires when somebody has to act"
      : "Look whether somebody should have been called then; if not, move its threshold or make its `for` longer",
  }];
}

/** What there is to tell of all of them. */
export function noteOf({ outcomes, range: { from, to, step, moments } }: Judged): Note {
  const fired = outcomes.filter(({ firings }) => firings.length > 0);
  const left = outcomes.filter(({ unjudged }) => unjudged !== undefined);
  const covered = moments.length * step;
  const line = [
    `${fired.length} of ${outcomes.length} alerts would have fired over the last day${
      covered < 0.98 * (to - from) ? `, of which Prometheus has samples for ${spanText(covered)}` : ""
    }`,
    ...(left.length > 0 ? [`${left.length} could not be judged`] : []),
  ].join("; ");
  const rows = fired.map(({ alert, firings, than, before }) => [
    keyOf(alert),
    timesText(total(firings)),
    than === "changed" ? `now ${timesText(total(before ?? []))}` : than === "new" ? "new" : "",
    instancesText(firings),
  ]);
  const table = formatTable([
    ...rows,
    ...left.map(({ alert, unjudged }) => [keyOf(alert), "not judged", "", unjudged!]),
  ]);
  const details = {
    from: isoOf(from),
    to: isoOf(to),
    coveredSeconds: covered,
    alerts: outcomes.map(({ alert, firings, than, before, unjudged }) => ({
      alert: alert.name,
      severity: alert.severity,
      than,
      firings: firings.map(shown),
      ...(before && { before: before.map(shown) }),
      ...(unjudged !== undefined && { unjudged }),
    })),
  };
  return { line, table, details };
}

function shown({ labels, times, seconds, first, last }: Firing) {
  return { labels, times, seconds, first: isoOf(first), last: isoOf(last) };
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}

function total(firings: readonly Firing[]): number {
  return firings.reduce((sum, { times }) => sum + times, 0);
}

function lasting(firings: readonly Firing[]): number {
  return firings.reduce((sum, { seconds }) => sum + seconds, 0);
}

function timesText(times: number): string {
  return times === 1 ? "once" : times === 0 ? "never" : `${times} times`;
}

function instancesText(firings: readonly Firing[]): string {
  const named = firings.slice(0, MAX_NAMED).map(({ labels, times, seconds }) =>
    `${nameOf(labels)} ${timesText(times)}, ${spanText(seconds)} in all`
  );
  const more = firings.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join("; ");
}

/** To the minute: more is not known. */
function spanText(seconds: number): string {
  return formatDuration(Math.max(1, Math.round(seconds / 60)) * 60_000);
}

/** What a series is about: its instance, and what tells it apart there. */
function nameOf({ instance, job: _, ...labels }: Readonly<Record<string, string>>): string {
  const rest = Object.entries(labels).slice(0, 2).map(([name, value]) => `${name}=${value}`).join(", ");
  if (instance === undefined) return rest || "(no label)";
  return rest === "" ? instance : `${instance} (${rest})`;
}
