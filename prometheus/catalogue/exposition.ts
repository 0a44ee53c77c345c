/** The text in which an exporter exposes its metrics. */

import type { MetricType } from "./catalogue.ts";

/** One series: the name on its line, and its labels. */
export interface ExposedSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** One metric family, as it was exposed. */
export interface ExposedFamily {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly series: readonly ExposedSeries[];
}

const TYPES: ReadonlySet<string> = new Set(["counter", "gauge", "histogram", "summary", "untyped"]);
const SERIES = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? +(\S+)(?: +-?\d+)?$/;
const LABEL = /\s*([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"\s*(?:,|$)/y;

/**
 * The families of `text`, in its order. Values and timestamps are left out: which series there are is what counts.
 *
 * Source: prometheus.io/docs/instrumenting/exposition_formats, text format 0.0.4.
 *
 * @throws {SyntaxError} naming the line that is neither a comment nor a sample.
 * @example
 * ```ts
 * import { parseExposition } from "./exposition.ts";
 * parseExposition('# TYPE up gauge\nup{job="a"} 1\n');
 * // [{ name: "up", type: "gauge", help: "", series: [{ name: "up", labels: { job: "a" } }] }]
 * ```
 */
export function parseExposition(text: string): ExposedFamily[] {
  const families = new Map<string, { type: MetricType; help: string; series: ExposedSeries[] }>();
  const familyOf = (name: string) => {
    const known = families.get(name) ?? { type: "untyped", help: "", series: [] };
    families.set(name, known);
    return known;
  };
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const said = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line);
    if (said) {
      const [, kind, name, rest] = said;
      if (kind === "HELP") familyOf(name!).help = rest!.replace(/\\(\\|n)/g, (_, c) => c === "n" ? "\n" : c);
      else if (TYPES.has(rest!)) familyOf(name!).type = rest as MetricType;
      else {throw new SyntaxError(
          `Cannot read line ${index + 1} of the metrics: "${rest}" is no type of a metric`,
        );}
      continue;
    }
    if (line.startsWith("#")) continue;
    const sample = SERIES.exec(line);
    if (!sample) throw new SyntaxError(`Cannot read line ${index + 1} of the metrics: "${line}"`);
    const [, name, labels = ""] = sample;
    const part = /^(.*)_(?:bucket|sum|count)$/.exec(name!)?.[1];
    const type = part === undefined ? undefined : families.get(part)?.type;
    const family = type === "histogram" || type === "summary" ? part! : name!;
    familyOf(family).series.push({ name: name!, labels: parseLabels(labels, index + 1) });
  }
  return [...families].map(([name, family]) => ({ name, ...family }));
}

function parseLabels(text: string, line: number): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const from = LABEL.lastIndex;
    const found = LABEL.exec(text);
    if (!found) {
      throw new SyntaxError(`Cannot read line ${line} of the metrics: labels "${text.slice(from)}"`);
    }
    labels[found[1]!] = found[2]!.replace(/\\(.)/g, (_, c) => c === "n" ? "\n" : c);
  }
  return labels;
}
