/** The backups of `deno task backup`, as an upgrade uses them. */

import { Lacking } from "../engine/engine.ts";
import type { Backups } from "./backups.ts";

/** Takes real backups. */
export const stackBackups: Backups = {
  take() {
    throw new Lacking("Cannot back up first: this Vigie has no backup", "pass --no-backup");
  },
  restore() {
    throw new Lacking("Cannot restore the data: this Vigie has no backup", "restore them by hand");
  },
};
