/** Alertmanager: its silences and what it has told, as it writes them itself. */

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BackupFailure } from "../failure.ts";
import { ask, type PartKind, type SaveContext } from "./part.ts";

const FILES = ["silences", "nflog"];
// Longer than the `--data.maintenance-interval` that it is started with.
const WRITTEN_WITHIN_MS = 45_000;
const POLL_MS = 200;

/** A silence as the API shows it. */
interface Silence {
  readonly id: string;
  readonly updatedAt: string;
  readonly endsAt: string;
}

/** Alertmanager's part. */
export const alertmanagerPart: PartKind = {
  async save(context) {
    const { plan: { url }, staging } = context;
    const silences = url === undefined ? undefined : await written(url, context);
    for (const name of FILES) await copyIfThere(join(context.plan.data, name), join(staging, name));
    return {
      directory: staging,
      facts: silences && {
        silences: silences.map(({ id, endsAt }) => ({ id, endsAt })).sort((a, b) => a.id < b.id ? -1 : 1),
      },
    };
  },
  replaces: (name) => FILES.some((file) => name === file || name.startsWith(`${file}.`)),
};

/** Waits until both files are younger than this call, so that they hold all that is so now. @returns its silences. */
async function written(url: string, { plan: { data }, signal }: SaveContext): Promise<readonly Silence[]> {
  const silences = await silencesOf(url, signal);
  const from = Date.now();
  const end = performance.now() + WRITTEN_WITHIN_MS;
  while (true) {
    const times = await Promise.all(FILES.map((name) => writtenAt(join(data, name))));
    if (times.every((time) => time >= from)) return silences;
    if (performance.now() >= end) break;
    await delay(POLL_MS, undefined, { signal });
  }
  // One that was started by an older Vigie writes every 15 minutes: no silence is lost as long as none has changed since.
  const at = await writtenAt(join(data, "silences"));
  const lost = silences.filter(({ updatedAt }) => Date.parse(updatedAt) > at);
  if (lost.length === 0 && silences.length > 0) return silences;
  throw new BackupFailure(
    lost.length > 0
      ? `Cannot save Alertmanager: it has not written ${lost.length} silences to disk, such as ${lost[0]!.id}`
      : `Cannot save Alertmanager: it has written nothing to disk within ${WRITTEN_WITHIN_MS / 1_000} s`,
    1,
    "run `deno task up`, which starts one of an older Vigie anew, or see `deno task logs alertmanager`",
  );
}

async function silencesOf(url: string, signal: AbortSignal): Promise<readonly Silence[]> {
  try {
    return await ask(`${url}/api/v2/silences`, { signal }) as readonly Silence[];
  } catch (error) {
    signal.throwIfAborted();
    throw new BackupFailure(
      `Cannot ask Alertmanager for its silences: ${(error as Error).message}`,
      1,
      "`deno task status` shows whether it runs",
    );
  }
}

/** Milliseconds since 1970; 0 when it is not there. */
async function writtenAt(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).mtime?.getTime() ?? 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

async function copyIfThere(from: string, to: string): Promise<void> {
  try {
    await Deno.copyFile(from, to);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
