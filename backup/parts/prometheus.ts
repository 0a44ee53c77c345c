/** Prometheus: a snapshot of its database, which it makes by itself while it runs. Source: prometheus.io, "TSDB Admin APIs". */

import { join } from "node:path";
import { BackupFailure } from "../failure.ts";
import { filesBelow, namesIn, removeIfThere } from "../files.ts";
import type { PartKind, SaveContext, Saved } from "./part.ts";
import { ask } from "./part.ts";

const SNAPSHOTS = "snapshots";
// Always the same, so that what did not change since the last run is found by its path.
const OURS = "vigie";
// The samples in memory are written to disk first.
const SNAPSHOT_MS = 10 * 60_000;
const NOT_DATA = /^(lock|queries\.active|snapshots|\.vigie-restore)(\/|$)/;
const BLOCK = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** Prometheus's part. */
export const prometheusPart: PartKind = {
  async save(context) {
    const { plan: { data, url } } = context;
    // Snapshots of runs that were killed. What people made by hand has the name that Prometheus gave it.
    await removeIfThere(join(data, SNAPSHOTS, OURS));
    if (url === undefined) {
      return { directory: data, isWanted: (path) => !NOT_DATA.test(path), facts: await factsOf(data) };
    }
    return await snapshot(url, context);
  },
  replaces: (name) => name !== ".vigie-restore",
};

async function snapshot(url: string, { plan: { data }, signal }: SaveContext): Promise<Saved> {
  const before = new Set(await namesIn(join(data, SNAPSHOTS)));
  let name: string;
  try {
    const answer = await ask(`${url}/api/v1/admin/tsdb/snapshot`, {
      method: "POST",
      timeoutMs: SNAPSHOT_MS,
      signal,
    });
    name = (answer as { data: { name: string } }).data.name;
  } catch (error) {
    signal.throwIfAborted();
    // What it had begun before the question was cut off.
    for (const left of await namesIn(join(data, SNAPSHOTS))) {
      if (!before.has(left)) await removeIfThere(join(data, SNAPSHOTS, left));
    }
    throw new BackupFailure(
      `Cannot make a snapshot of Prometheus: ${(error as Error).message}`,
      1,
      "`deno task status` shows whether it runs; one that was started by an older Vigie is started anew by `deno task up`",
    );
  }
  const directory = join(data, SNAPSHOTS, OURS);
  await Deno.rename(join(data, SNAPSHOTS, name), directory);
  return { directory, facts: await factsOf(directory), release: () => removeIfThere(directory) };
}

/** From when to when its blocks reach, milliseconds since 1970. */
async function factsOf(directory: string): Promise<Record<string, unknown>> {
  const metas =
    (await filesBelow(directory, (path) => BLOCK.test(path) || /^[^/]{26}\/meta\.json$/.test(path)))
      .map((path) => join(directory, path));
  const spans = await Promise.all(
    metas.map(async (path) =>
      JSON.parse(await Deno.readTextFile(path)) as {
        minTime: number;
        maxTime: number;
        stats: { numSamples?: number };
      }
    ),
  );
  if (spans.length === 0) return {};
  return {
    fromMs: Math.min(...spans.map(({ minTime }) => minTime)),
    toMs: Math.max(...spans.map(({ maxTime }) => maxTime)),
    samples: spans.reduce((sum, { stats }) => sum + (stats.numSamples ?? 0), 0),
  };
}
