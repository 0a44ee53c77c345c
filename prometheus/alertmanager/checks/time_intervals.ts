/** `alertmanager/time-intervals`: hours in which nobody is told are used, end, and never hold for critical alerts. */

import { isRecord, type YamlRecord } from "../config_file.ts";
import { routeText } from "../tree.ts";
import { waysOf } from "../ways.ts";
import { capital, type Fault, type Model, modelCheck, pathOf } from "./model.ts";

const CHANGE = "Change `notify.quietHours` in config.ts";
const WEEK = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const DAY_MINUTES = 24 * 60;

/**
 * A time interval that a route names and that is not there, or that no route names; one that mutes all the week, so that its alerts are never told;
 * and one that mutes a critical alert.
 */
export const timeIntervals = modelCheck(
  {
    id: "alertmanager/time-intervals",
    title: "Quiet hours are used, end, and spare critical alerts",
    severity: "error",
  },
  (model) => [...nameFaults(model), ...alwaysFaults(model), ...criticalFaults(model)],
);

function nameFaults({ config, routes }: Model): Fault[] {
  const defined = config.timeIntervals.map(({ name }) => String(name));
  const used = new Set(routes.flatMap(({ muted, active }) => [...muted, ...active]));
  return [
    ...routes.flatMap((route) =>
      [...route.muted, ...route.active].filter((name) => !defined.includes(name)).map((name): Fault => ({
        path: pathOf(route),
        subject: name,
        message: `${capital(routeText(route))} names the time interval "${name}", which is not defined`,
        cure: CHANGE,
      }))
    ),
    ...defined.flatMap((name, i): Fault[] =>
      used.has(name) ? [] : [{
        severity: "warning",
        path: ["time_intervals", i, "name"],
        subject: name,
        message: `No route names the time interval "${name}"`,
        cure: CHANGE,
      }]
    ),
  ];
}

function alwaysFaults({ config, routes }: Model): Fault[] {
  return config.timeIntervals.flatMap((interval, i): Fault[] => {
    const name = String(interval.name);
    const isMuting = routes.some(({ muted }) => muted.includes(name));
    return isMuting && isWholeWeek(interval.time_intervals)
      ? [{
        path: ["time_intervals", i, "name"],
        subject: name,
        message: `The time interval "${name}" is all the week: the alerts that it mutes are never told`,
        cure: CHANGE,
      }]
      : [];
  });
}

function criticalFaults({ root, alerts, fits }: Model): Fault[] {
  const critical = alerts.filter(({ labels }) => labels.severity === "critical");
  const muted = critical.flatMap((alert) =>
    waysOf(root, alert, fits).filter(({ route }) => route.muted.length > 0 || route.active.length > 0)
      .map(({ route }) => ({ route, name: alert.name }))
  );
  const byRoute = Map.groupBy(muted, ({ route }) => route);
  return [...byRoute].map(([route, found]) => ({
    path: pathOf(route),
    subject: found[0]!.name,
    message: `The critical alert "${found[0]!.name}" is not told during "${
      [...route.muted, ...route.active].join('", "')
    }" on its way to "${route.receiver}"`,
    cure: CHANGE,
  }));
}

/** Whether every minute of every week is in one of the parts. Those of certain months, years or days of the month are not. */
function isWholeWeek(parts: unknown): boolean {
  const always = (Array.isArray(parts) ? parts.filter(isRecord) : []).filter((part) =>
    !["days_of_month", "months", "years"].some((key) => key in part)
  );
  return WEEK.every((_, day) =>
    Array.from({ length: DAY_MINUTES }, (_, minute) => minute).every((minute) =>
      always.some((part) => holds(part, day, minute))
    )
  );
}

function holds({ times, weekdays }: YamlRecord, day: number, minute: number): boolean {
  const isDay = !Array.isArray(weekdays) || weekdays.some((range) => {
    const [from, to = from] = String(range).toLowerCase().split(":").map((name) => WEEK.indexOf(name));
    return from! <= day && day <= to!;
  });
  const isTime = !Array.isArray(times) ||
    times.filter(isRecord).some(({ start_time, end_time }) =>
      minuteOf(start_time) <= minute && minute < minuteOf(end_time)
    );
  return isDay && isTime;
}

function minuteOf(time: unknown): number {
  const [hours, minutes] = String(time).split(":").map(Number);
  return hours! * 60 + minutes!;
}
