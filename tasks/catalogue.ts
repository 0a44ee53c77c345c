/** `deno task catalogue`: records what the real exporters expose, for the checks that know metrics and labels by name. */

import { join } from "node:path";
import { writeAtomically } from "../lib/files.ts";
import { catalogues, RECORDED_DIR, recordedCatalogues } from "../prometheus/catalogue/mod.ts";
import { recordExporters } from "./catalogue/record.ts";
import { type Command, EXIT, type Flag, main } from "./cli.ts";

const FLAGS: Readonly<Record<string, Flag>> = {
  check: {
    type: "boolean",
    help: "exit 1 when a program exposes what the catalogue does not have, write nothing",
  },
};

/** The command. */
export const catalogue: Command = {
  name: "catalogue",
  summary: "record what the real exporters expose into prometheus/catalogue/recorded/",
  flags: FLAGS,
  examples: ["catalogue", "catalogue --check"],
  async run({ flags, progress, signal, print }) {
    const exposed = await recordExporters({ progress, signal });
    const changes: { job: string; change: string }[] = [];
    for (const [name, text, differences] of recordedCatalogues(exposed, catalogues())) {
      for (const change of differences) {
        print(`${name}: ${change}`);
        changes.push({ job: name, change });
      }
      if (!flags.check) await writeAtomically(join(RECORDED_DIR, `${name}.json`), text);
    }
    const stale = flags.check === true && changes.length > 0;
    print(
      changes.length === 0 ? "The catalogue is what the programs expose" : `${changes.length} differences`,
    );
    return { code: stale ? EXIT.wrong : EXIT.done, json: { ok: !stale, changes } };
  },
};

if (import.meta.main) await main(catalogue);
