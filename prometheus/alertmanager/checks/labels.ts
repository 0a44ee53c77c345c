/** `alertmanager/unknown-label`: routes and groups go by labels and values that alerts have. */

import { nearest } from "../../../lib/nearest.ts";
import { printMatcher } from "../../../lib/matcher.ts";
import type { AlertShape } from "../alert_shape.ts";
import { routeText } from "../tree.ts";
import { wantedValues } from "../ways.ts";
import { capital, type Fault, type Model, modelCheck, pathOf } from "./model.ts";

/**
 * A route that asks for a label which no alert has, or for a value that no alert has where all values are known (`severity`, `alertname`), and a
 * group by such a label: most often a slip of the pen. Alerts that other programs send to Alertmanager are not known here.
 */
export const unknownLabel = modelCheck(
  {
    id: "alertmanager/unknown-label",
    title: "Routes go by labels that alerts have",
    severity: "warning",
  },
  (model) => model.alerts.length === 0 ? [] : [...matcherFaults(model), ...groupFaults(model)],
);

function matcherFaults({ routes, alerts, fits }: Model): Fault[] {
  const isOpen = alerts.some(({ open }) => open);
  const names = labelNames(alerts);
  return routes.flatMap((route) =>
    route.matchers.flatMap((matcher, i): Fault[] => {
      // What also holds for alerts without the label asks for nothing.
      if (fits(matcher, "")) return [];
      const { label } = matcher;
      const about = {
        path: [...pathOf(route), "matchers", i],
        subject: route.receiver,
        cure: "Correct the matcher under `notify` in config.ts",
      };
      const missing = wantedValues(matcher)?.filter((value) => !isKnown(label, value, alerts)) ?? [];
      if (names.includes(label)) {
        return missing.map((value) => ({
          ...about,
          message: `${capital(routeText(route))} asks for ${
            printMatcher({ label, operator: "=", value })
          }, which no alert has${hint(value, valuesOf(label, alerts))}`,
        }));
      }
      return isOpen && nearest(label, names) === undefined ? [] : [{
        ...about,
        message: `${capital(routeText(route))} asks for the label "${label}", which no alert has${
          hint(label, names)
        }`,
      }];
    })
  );
}

function groupFaults({ routes, alerts }: Model): Fault[] {
  const isOpen = alerts.some(({ open }) => open);
  const names = labelNames(alerts);
  const seen = new Set<string>();
  return routes.flatMap((route) =>
    route.groupBy.filter((label) => {
      if (label === "..." || names.includes(label) || seen.has(label)) return false;
      seen.add(label);
      return !isOpen || nearest(label, names) !== undefined;
    }).map((label): Fault => ({
      path: [...pathOf(route), "group_by"],
      subject: route.receiver,
      message: `${routeText(route)} groups by the label "${label}", which no alert has${hint(label, names)}`
        .replace(
          /^t/,
          "T",
        ),
      cure: "Correct `groupBy` under `notify` in config.ts",
    }))
  );
}

function labelNames(alerts: readonly AlertShape[]): string[] {
  const names = alerts.flatMap(({ labels, sure, maybe }) => [...Object.keys(labels), ...sure, ...maybe]);
  return [...new Set(["alertname", "severity", ...names])];
}

function valuesOf(label: string, alerts: readonly AlertShape[]): string[] {
  return [...new Set(alerts.flatMap(({ labels }) => labels[label] ?? []))];
}

/** Whether an alert may have this value; a label with values that only show when it fires may have any. */
function isKnown(label: string, value: string, alerts: readonly AlertShape[]): boolean {
  // A rule always writes these down; other labels an expression may bring.
  const isWritten = label === "severity" || label === "alertname";
  return !isWritten || valuesOf(label, alerts).includes(value) ||
    alerts.some(({ maybe }) => maybe.has(label));
}

function hint(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === undefined ? "" : `; did you mean "${near}"?`;
}
