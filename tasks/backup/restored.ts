/** Whether restored services show again what was saved. */

import { setTimeout as delay } from "node:timers/promises";
import type { Manifest } from "../../backup/mod.ts";

const DEADLINE_MS = 60_000;
const POLL_MS = 250;

/** How to ask. */
interface Asking {
  readonly urls: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** What a restored service does not show; none when all is there. Asked until it is there, or for a minute. */
export async function lostIn(
  { parts }: Manifest,
  restored: readonly string[],
  asking: Asking,
): Promise<string[]> {
  const asked = Object.entries(QUESTIONS).filter(([part]) => restored.includes(part) && parts[part]);
  return (await Promise.all(asked.map(async ([part, question]) => {
    const end = performance.now() + DEADLINE_MS;
    while (true) {
      const problem = await question(parts[part]!.facts, asking).catch((error) => {
        asking.signal.throwIfAborted();
        return (error as Error).message;
      });
      if (problem === undefined) return [];
      if (performance.now() >= end) return [`${part}: ${problem}`];
      await delay(POLL_MS, undefined, { signal: asking.signal });
    }
  }))).flat();
}

type Question = (facts: Readonly<Record<string, unknown>>, asking: Asking) => Promise<string | undefined>;

const QUESTIONS: Readonly<Record<string, Question>> = {
  async prometheus({ samples, fromMs, toMs }, { urls, signal }) {
    if (typeof samples !== "number" || samples === 0) return undefined;
    const span = `start=${Number(fromMs) / 1_000}&end=${Number(toMs) / 1_000}`;
    const { data } = await json(
      `${urls.prometheus}/api/v1/label/__name__/values?${span}&limit=1`,
      signal,
    ) as {
      data: string[];
    };
    return data.length > 0 ? undefined : "it has none of the measurements that were saved";
  },
  async alertmanager({ silences = [] }, { urls, signal }) {
    const now = Date.now();
    const wanted = (silences as { id: string; endsAt: string }[]).filter(({ endsAt }) =>
      Date.parse(endsAt) > now
    );
    const there = await json(`${urls.alertmanager}/api/v2/silences`, signal) as { id: string }[];
    const lost = wanted.filter(({ id }) => !there.some((silence) => silence.id === id));
    return lost.length === 0 ? undefined : `it has lost ${lost.length} silences, such as ${lost[0]!.id}`;
  },
};

async function json(url: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]) });
  if (response.ok) return await response.json();
  await response.body?.cancel();
  throw new Error(`${url} answers ${response.status}`);
}
