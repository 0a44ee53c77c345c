/** `build/fresh`: the files on disk are the ones that config.ts gives. */

import { join } from "node:path";
import { type Check, Skipped } from "../../lib/check.ts";
import { compareFiles, readIfThere } from "../../lib/files.ts";
import type { StackContext } from "./context.ts";

/** How many stale files are named. */
const MAX_NAMED = 5;

/** Compares build/ with what config.ts gives. A build directory that was never made is not stale. */
export const freshCheck: Check<StackContext> = {
  id: "build/fresh",
  title: "build/ is what config.ts gives",
  severity: "warning",
  online: false,
  async run({ inUse: { buildDir, files } }) {
    if (await readIfThere(join(buildDir, ".generated.json")) === undefined) {
      throw new Skipped("nothing is generated yet");
    }
    const changes = await compareFiles(buildDir, files);
    if (changes.length === 0) return [];
    const named = changes.slice(0, MAX_NAMED).map(({ path }) => path).join(", ");
    const more = changes.length > MAX_NAMED ? ` and ${changes.length - MAX_NAMED} more` : "";
    return [{
      check: this.id,
      severity: "warning",
      file: "",
      message: `config.ts has changed since the files were written: ${named}${more}`,
      cure: "`deno task up` applies it, `deno task generate` only writes the files",
    }];
  },
};
