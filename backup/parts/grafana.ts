/** Grafana: its database. */

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { backup, DatabaseSync } from "node:sqlite";
import { BackupFailure } from "../failure.ts";
import { isThere, removeIfThere } from "../files.ts";
import type { PartKind } from "./part.ts";
import { soundness } from "./sqlite.ts";

const FILE = "grafana.db";
const TRIES = 40;
const RETRY_MS = 500;
const BUSY_MS = 5_000;
const ALL_PAGES = 2 ** 30;

/** Grafana's part. */
export const grafanaPart: PartKind = {
  async save({ plan: { data }, staging, signal }) {
    const source = join(data, FILE);
    const copy = join(staging, FILE);
    if (!await isThere(source)) return { directory: staging };
    for (let left = TRIES;; left--) {
      try {
        await copyDatabase(source, copy);
        break;
      } catch (error) {
        if (left <= 1 || !/busy|locked/i.test((error as Error).message)) {
          throw new BackupFailure(
            `Cannot copy Grafana's database "${source}": ${(error as Error).message}`,
            1,
            "see `deno task logs grafana`: a database that Grafana itself can use can be copied",
          );
        }
        await removeIfThere(copy);
        await delay(RETRY_MS, undefined, { signal });
      }
    }
    return { directory: staging, facts: factsOf(copy) };
  },
  replaces: (name) => name === FILE || name.startsWith(`${FILE}-`),
  problemOf: (directory) => soundness(join(directory, FILE)),
};

/**
 * One read transaction: what is written meanwhile is either in the copy or not. Nothing of the source is changed. The transaction is begun by
 * a question, which fails where copying would wait for ever.
 */
async function copyDatabase(source: string, copy: string): Promise<void> {
  const database = new DatabaseSync(source, { readOnly: true });
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}; BEGIN`);
    database.prepare("SELECT count(*) FROM sqlite_master").get();
    await backup(database, copy, { rate: ALL_PAGES });
  } finally {
    database.close();
  }
}

/** How many dashboards it has. A database of another program than Grafana has none. */
function factsOf(copy: string): Record<string, unknown> {
  const database = new DatabaseSync(copy, { readOnly: true });
  try {
    const tables = database.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = 'dashboard'").get();
    if ((tables as { n: number }).n === 0) return {};
    return { dashboards: (database.prepare("SELECT count(*) AS n FROM dashboard").get() as { n: number }).n };
  } finally {
    database.close();
  }
}
