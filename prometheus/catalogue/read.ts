/** Reads the files of the catalogue. */

import type { ExporterCatalogue } from "./catalogue.ts";
import { EVERY_JOB } from "./synthetic.ts";

/** The catalogues in `recorded/` and `unrecorded/`, and what Prometheus makes by itself. */
export function readCatalogues(): ExporterCatalogue[] {
  const files = ["recorded", "unrecorded"].flatMap((folder) =>
    [...Deno.readDirSync(new URL(`./${folder}/`, import.meta.url))].map(({ name }) => `./${folder}/${name}`)
      .sort()
  );
  const read = files.map((path) => JSON.parse(Deno.readTextFileSync(new URL(path, import.meta.url))));
  return [...read, EVERY_JOB];
}
