/** Files that are damaged: the write-ahead logs of Prometheus and of the webhook. */

import { equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { type Fault, goThrough, textAt } from "./fault.ts";
import type { FaultStack } from "./fault_stack.ts";
import { comesBack } from "./kills.ts";
import { until } from "../until.ts";

const NONSENSE = 4_096;
// Two pages of Prometheus's log and more: what lies before the damage is to be kept.
const LONG_ENOUGH = 256 * 1024;

/** Faults of files. */
export const damages: readonly Fault[] = [
  {
    name: "Prometheus's write-ahead log damaged: it starts with what lies before, and alerts go on",
    async run(stack) {
      const oldest = await oldestSample(stack);
      const log = await newestSegment(join(stack.dataOf("prometheus"), "wal"));
      await until("the log is long enough", async () => (await Deno.stat(log)).size > LONG_ENOUGH);
      const pid = (await stack.pid("prometheus"))!;
      await goThrough(stack, {
        hit: () => killDamaging(pid, log, 0.7),
        meanwhile: () => comesBack(stack, "prometheus", pid),
      });
      const text = await textAt(`${stack.urls.prometheus}/metrics`) ?? "";
      ok(/^prometheus_tsdb_wal_corruptions_total [1-9]/m.test(text), "it did not notice");
      equal(await oldestSample(stack), oldest, "it lost what lay before the damage");
    },
  },
  {
    name: "the webhook's write-ahead log damaged: it starts with what lies before, and alerts go on",
    async run(stack) {
      const log = join(stack.dataOf("webhook"), "journal.db-wal");
      const pid = (await stack.pid("webhook"))!;
      await goThrough(stack, {
        hit: () => killDamaging(pid, log, 0.7),
        meanwhile: () => comesBack(stack, "webhook", pid),
        // That it was told may be what was lost.
        mayRepeat: true,
      });
    },
  },
];

/** The part of Prometheus's log that it writes to: each start begins another one. */
async function newestSegment(directory: string): Promise<string> {
  const entries = await Array.fromAsync(Deno.readDir(directory));
  const numbers = entries.map(({ name }) => name).filter((name) => /^\d+$/.test(name));
  return join(directory, numbers.sort().at(-1)!);
}

/** Ends a process and leaves nonsense in the middle of its file: stopped first, it cannot write over it, nor be started again before. */
async function killDamaging(pid: number, path: string, part: number): Promise<void> {
  Deno.kill(pid, "SIGSTOP");
  try {
    using file = await Deno.open(path, { write: true });
    const { size } = await file.stat();
    ok(size > NONSENSE, `"${path}" has ${size} bytes only`);
    await file.seek(Math.floor(size * part), Deno.SeekMode.Start);
    await file.write(crypto.getRandomValues(new Uint8Array(NONSENSE)));
  } finally {
    Deno.kill(pid, "SIGKILL");
  }
}

/** When the first sample was taken that Prometheus still has, seconds since 1970. */
async function oldestSample({ urls }: FaultStack): Promise<number> {
  const query = 'scrape_samples_scraped{job="prometheus"}[1h]';
  const answer = await textAt(`${urls.prometheus}/api/v1/query?${new URLSearchParams({ query })}`);
  return JSON.parse(answer!).data.result[0].values[0][0];
}
