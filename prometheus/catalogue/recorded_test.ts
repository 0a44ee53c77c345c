import { deepEqual } from "node:assert/strict";
import type { ExporterCatalogue } from "./catalogue.ts";
import { recordedCatalogues } from "./recorded.ts";

const BUILD = (version: string) =>
  `# TYPE node_exporter_build_info gauge\nnode_exporter_build_info{version="${version}"} 1\n`;
const CPU = `# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0",mode="idle"} 1
node_cpu_seconds_total{cpu="0",mode="user"} 1
node_cpu_seconds_total{cpu="1",mode="idle"} 1
node_cpu_seconds_total{cpu="1",mode="user"} 1
`;

function recorded(text: string, catalogues: readonly ExporterCatalogue[] = []) {
  const [[, file, differences]] = recordedCatalogues(new Map([["node", [text]]]), catalogues) as [
    [string, string, string[]],
  ];
  return { catalogue: JSON.parse(file) as ExporterCatalogue, differences };
}

Deno.test("recordedCatalogues counts for the same machine wherever it is recorded", () => {
  const { catalogue: { source, metrics } } = recorded(BUILD("1.2.3+ds1") + CPU);
  deepEqual(source, "node_exporter 1.2.3");
  const cpu = metrics.find(({ name }) => name === "node_cpu_seconds_total")!;
  deepEqual(cpu.labels, ["cpu", "mode"]);
  // Two modes on each of four processors.
  deepEqual(cpu.series, 8);
  deepEqual(cpu.values?.mode?.length, 8);
});

Deno.test("recordedCatalogues keeps what another machine exposed, as long as the version is the same", () => {
  const first = recorded(BUILD("1.2.3") + CPU);
  const second = recorded(BUILD("1.2.3") + "# TYPE node_load1 gauge\nnode_load1 1\n", [first.catalogue]);
  deepEqual(second.catalogue.metrics.map(({ name }) => name), [
    "node_cpu_seconds_total",
    "node_exporter_build_info",
    "node_load1",
  ]);
  deepEqual(second.differences, ["exposes node_load1, which the catalogue does not have"]);
  deepEqual(recorded(BUILD("1.2.3") + CPU, [second.catalogue]).differences, []);
  const third = recorded(BUILD("1.3.0"), [second.catalogue]);
  deepEqual(third.catalogue.metrics.map(({ name }) => name), ["node_exporter_build_info"]);
  deepEqual(third.differences, [
    "is node_exporter 1.3.0, was node_exporter 1.2.3",
    "no longer exposes node_cpu_seconds_total",
    "no longer exposes node_load1",
  ]);
});

Deno.test("recordedCatalogues leaves out what is kept by hand", () => {
  const { catalogue } = recorded(BUILD("1.2.3") + CPU);
  const byHand = {
    ...catalogue,
    recorded: false,
    metrics: catalogue.metrics.filter(({ name }) => name.includes("cpu")),
  };
  deepEqual(recorded(BUILD("1.2.3") + CPU, [byHand]).catalogue.metrics.map(({ name }) => name), [
    "node_exporter_build_info",
  ]);
});

Deno.test("recordedCatalogues tells of a count that is another, and not of one that the moment made", () => {
  const series = (count: number) =>
    BUILD("1.2.3") + "# TYPE requests_total counter\n" +
    Array.from({ length: count }, (_, i) => `requests_total{handler="/${i}"} 1\n`).join("");
  const { catalogue } = recorded(series(20));
  const again = recorded(series(22), [catalogue]);
  deepEqual(again, { catalogue, differences: [] });
  deepEqual(recorded(series(23), [catalogue]).differences.length, 1);
});
