/** From what an exporter exposed to what is known of it, whatever the machine. */

import type { CatalogueMetric } from "./catalogue.ts";
import type { ExposedFamily } from "./exposition.ts";
import { knownValues } from "./known_values.ts";
import { machineLabels } from "./machine.ts";

// Prometheus puts these on every sample; `le` and `quantile` belong to a part of a metric.
const NOT_ITS_OWN: ReadonlySet<string> = new Set(["job", "instance", "le", "quantile"]);

/** The metrics of `families`, sorted by name; a family without a series is left out. */
export function summarise(families: readonly ExposedFamily[]): CatalogueMetric[] {
  return families.filter(({ series }) => series.length > 0).map(summaryOf)
    .sort((a, b) => a.name < b.name ? -1 : 1);
}

function summaryOf({ name, type, help, series }: ExposedFamily): CatalogueMetric {
  const labels = new Set(series.flatMap((each) => Object.keys(each.labels)));
  const own = [...labels].filter((label) => !NOT_ITS_OWN.has(label)).sort();
  const machine = machineLabels(name);
  const values = knownValues(name);
  const distinct = new Set(series.map((each) =>
    JSON.stringify([
      each.name,
      Object.entries(each.labels).filter(([label]) => !machine.labels.includes(label)).sort(),
    ])
  ));
  const isOfMachine = own.some((label) => machine.labels.includes(label));
  return {
    name,
    type,
    help,
    labels: own,
    ...(values && { values }),
    series: distinct.size * (isOfMachine ? machine.count : 1),
  };
}

/** `metrics` of an exporter as the text of a file: one line a metric, so that a change is one line. */
export function catalogueText(
  { metrics, ...head }: {
    readonly job: string;
    readonly source: string;
    readonly recorded: boolean;
    readonly metrics: readonly CatalogueMetric[];
  },
): string {
  const lines = metrics.map((metric) => `    ${JSON.stringify(metric)}`).join(",\n");
  const start = Object.entries(head).map(([key, value]) =>
    `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`
  );
  return `{\n${start.join("")}  "metrics": [\n${lines}\n  ]\n}\n`;
}
