/** Quiet hours: when alerts that can wait are not told. */

import type { QuietHours } from "./schema.ts";

/** The name of the time interval that holds every quiet hour. */
export const QUIET_HOURS = "quiet-hours";

/** A named time interval in Alertmanager's own form. */
export interface TimeInterval {
  readonly name: string;
  readonly time_intervals: readonly {
    readonly times?: readonly { readonly start_time: string; readonly end_time: string }[];
    readonly weekdays?: readonly string[];
    readonly location: string;
  }[];
}

/** Days as config.ts names them, in Alertmanager's order. */
export const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
/** A day of the week. */
export type Day = typeof DAYS[number];

const NAMES: Readonly<Record<Day, string>> = {
  sun: "sunday",
  mon: "monday",
  tue: "tuesday",
  wed: "wednesday",
  thu: "thursday",
  fri: "friday",
  sat: "saturday",
};

/**
 * The quiet hours as Alertmanager knows them. Its times cannot pass midnight: a night is the evening of its day and the morning of the
 * next one.
 *
 * Source: `timeinterval/timeinterval.go` of Alertmanager 0.33.
 */
export function timeInterval({ times, timezone: location }: QuietHours): TimeInterval {
  return {
    name: QUIET_HOURS,
    time_intervals: times.flatMap(({ days, from, to }) => {
      const within = daysOf(days);
      const part = (start: string, end: string, on: readonly Day[]) => ({
        times: start === "00:00" && end === "24:00" ? undefined : [{ start_time: start, end_time: end }],
        weekdays: on.length === DAYS.length ? undefined : on.map((day) => NAMES[day]),
        location,
      });
      if (from < to) return [part(from, to, within)];
      const evening = part(from, "24:00", within);
      return to === "00:00" ? [evening] : [evening, part("00:00", to, within.map(next))];
    }),
  };
}

/** The days that `"mon-fri"`, `"sat"` or `"sat,sun"` means, in the order of the week. */
export function daysOf(text: string): Day[] {
  const chosen = new Set(
    text.split(",").flatMap((part) => {
      const [first, last = first] = part.trim().split("-") as [Day, Day?];
      const from = DAYS.indexOf(first);
      const length = (DAYS.indexOf(last) - from + DAYS.length) % DAYS.length + 1;
      return Array.from({ length }, (_, i) => DAYS[(from + i) % DAYS.length]!);
    }),
  );
  return DAYS.filter((day) => chosen.has(day));
}

function next(day: Day): Day {
  return DAYS[(DAYS.indexOf(day) + 1) % DAYS.length]!;
}
