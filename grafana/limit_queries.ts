/** Limits that a graph draws by queries, because Grafana's own thresholds cannot say them. */

import type { Text } from "../lib/text.ts";
import type { Limits, Query } from "./panel.ts";

const SEVERITIES = ["info", "warning", "critical"] as const;
const LIMIT: Text = { fr: "seuil d'alerte", en: "alert threshold" };

/** The limits that there are for every host, the mildest first. */
export function numbersOf(limits: Limits) {
  return SEVERITIES.flatMap((severity) => {
    const value = limits[severity];
    return value === undefined ? [] : [{ severity, value }];
  });
}

/**
 * A dashed line for each limit, where Grafana's thresholds would not do: it paints a threshold in the colour that begins there, which of
 * limits that must not be undercut is that of the better side; and it has one for all hosts, where some may have limits of their own.
 *
 * @param scope Matchers of the scrape targets that the dashboard shows, without braces: a line is drawn when it holds for one of them.
 * @returns None when Grafana's thresholds say it all.
 */
export function limitQueries(limits: Limits, scope: string): Query[] {
  const { below = false, elsewhere = [] } = limits;
  if (!below && elsewhere.length === 0) return [];
  return SEVERITIES.flatMap((severity) => {
    const others = elsewhere.filter((other) => other.severity === severity);
    // What holds for a part of a target, such as one mount point, holds beside what holds for the rest of it.
    const targets = others.filter(({ ofTargets }) => ofTargets).map(({ matchers }) => matchers);
    const line = (value: number, legend: Text, matchers: string, earlier: readonly string[]): Query => ({
      expr: earlier.length === 0 && matchers === ""
        ? `vector(${value})`
        : `vector(${value}) and on () (${
          [matchers, ...earlier].map((chosen) => `up{${[scope, chosen].filter(Boolean).join(",")}}`).join(
            " unless ",
          )
        })`,
      legend,
      color: severity,
      line: "dashed",
    });
    const drawn = others.flatMap(({ value, matchers, ofTargets }) => {
      if (value === undefined) return [];
      const legend = { fr: `${LIMIT.fr} (${matchers})`, en: `${LIMIT.en} (${matchers})` };
      const earlier = ofTargets ? targets.slice(0, targets.indexOf(matchers)) : [];
      return [line(value, legend, ofTargets ? matchers : "", earlier)];
    });
    const value = limits[severity];
    return value === undefined ? drawn : [line(value, LIMIT, "", targets), ...drawn];
  });
}

/** Whether `expr` is a limit that {@linkcode limitQueries} draws for some targets only, and so may draw nothing. */
export function isLimitOfSome(expr: string): boolean {
  return /^vector\([^()]*\) and on \(\) \(up\{/.test(expr);
}
