/** From what the programs expose to the files of the catalogue. */

import { fileURLToPath } from "node:url";
import type { CatalogueMetric, ExporterCatalogue } from "./catalogue.ts";
import { type ExposedFamily, parseExposition } from "./exposition.ts";
import { catalogueText, summarise } from "./summarise.ts";

/** The directory of the recorded files, one for each job. */
export const RECORDED_DIR = fileURLToPath(new URL("./recorded/", import.meta.url));

/** Build-information metrics: what the program is called, and its version. */
const BUILD_INFO: Readonly<Record<string, readonly [program: string, metric: string]>> = {
  prometheus: ["Prometheus", "prometheus_build_info"],
  alertmanager: ["Alertmanager", "alertmanager_build_info"],
  node: ["node_exporter", "node_exporter_build_info"],
  blackbox: ["blackbox_exporter", "blackbox_exporter_build_info"],
  webhook: ["the webhook of Vigie", "vigie_webhook_build_info"],
};

// Of series: what the moment adds to a count, and what it does to a large one.
const CLOSE = 2;
const CLOSE_SHARE = 0.1;

/**
 * The files of the catalogue for what was exposed.
 *
 * What a program of the same version exposed before and does not expose now stays: another machine has other hardware.
 *
 * @param exposed Texts of each job.
 * @param catalogues The catalogue in use.
 * @returns for each job its name, the text of its file, and how it differs from the catalogue in use, one sentence each.
 */
export function recordedCatalogues(
  exposed: ReadonlyMap<string, readonly string[]>,
  catalogues: readonly ExporterCatalogue[],
): [job: string, text: string, differences: string[]][] {
  return [...exposed].map(([job, texts]) => {
    const families = texts.map((text) => parseExposition(text));
    const source = sourceOf(job, families.flat()) ??
      sourceOf("blackbox", parseAll(exposed.get("blackbox") ?? []))!;
    const before = catalogues.find((each) => each.job === job && each.recorded);
    const elsewhere = new Set(
      catalogues.filter((each) => each.job === job && !each.recorded).flatMap(({ metrics }) =>
        metrics.map(({ name }) => name)
      ),
    );
    const counts = new Map(before?.metrics.map(({ name, series }) => [name, series]));
    const now = union(families.map(summarise)).filter(({ name }) => !elsewhere.has(name))
      .map((metric) => ({ ...metric, series: settledCount(metric.series, counts.get(metric.name)) }));
    const kept = before?.source === source ? before.metrics : [];
    const isHere = new Set(now.map(({ name }) => name));
    const metrics = union([now, kept.filter(({ name }) => !elsewhere.has(name) && !isHere.has(name))]);
    const text = catalogueText({ job, source, recorded: true, metrics });
    return [job, text, differencesOf(before, metrics, source)];
  });
}

/** The count that is known, where the present one is as good: whether a program was asked before it was ready adds a series or two. */
function settledCount(now: number, known: number | undefined): number {
  return known !== undefined && Math.abs(now - known) <= Math.max(CLOSE, CLOSE_SHARE * known) ? known : now;
}

function parseAll(texts: readonly string[]): ExposedFamily[] {
  return texts.flatMap((text) => parseExposition(text));
}

function sourceOf(job: string, families: readonly ExposedFamily[]): string | undefined {
  const [program, metric] = BUILD_INFO[job] ?? [];
  const labels = families.find(({ name }) => name === metric)?.series[0]?.labels;
  return labels?.version === undefined ? undefined : `${program} ${labels.version.replace(/\+.*/, "")}`;
}

/** All metrics of `lists`; of one that is in several of them, every label, and the most series. */
function union(lists: readonly (readonly CatalogueMetric[])[]): CatalogueMetric[] {
  const all = new Map<string, CatalogueMetric>();
  for (const metric of lists.flat()) {
    const known = all.get(metric.name);
    all.set(
      metric.name,
      known === undefined ? metric : {
        ...known,
        labels: [...new Set([...known.labels, ...metric.labels])].sort(),
        series: Math.max(known.series, metric.series),
      },
    );
  }
  return [...all.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

function differencesOf(
  before: ExporterCatalogue | undefined,
  metrics: readonly CatalogueMetric[],
  source: string,
): string[] {
  if (before === undefined) return [`${source}: ${metrics.length} metrics, recorded for the first time`];
  const known = new Map(before.metrics.map((metric) => [metric.name, JSON.stringify(metric)]));
  const now = new Set(metrics.map(({ name }) => name));
  return [
    ...(before.source === source ? [] : [`is ${source}, was ${before.source}`]),
    ...metrics.flatMap((metric) => {
      const old = known.get(metric.name);
      if (old === undefined) return [`exposes ${metric.name}, which the catalogue does not have`];
      return old === JSON.stringify(metric)
        ? []
        : [`${metric.name} is ${JSON.stringify(metric)}, was ${old}`];
    }),
    ...before.metrics.filter(({ name }) => !now.has(name)).map(({ name }) => `no longer exposes ${name}`),
  ];
}
