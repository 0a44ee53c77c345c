/** Queues dead letters again, for the API and the pages. */

import { setImmediate } from "node:timers/promises";
import { type ApiOptions, mustRun } from "./options.ts";
import { Problem } from "./problem.ts";

// As many as one transaction may take without keeping senders waiting.
const AT_ONCE = 200;

/** Queues dead letters again, as new; each gives how many. */
export interface Replay {
  /**
   * Those of these ids that are dead letters.
   *
   * @throws {Problem} 409 when the channel of one is gone, 503 when the process is ending.
   */
  some(ids: readonly number[]): Promise<number>;
  /** All of a channel. @throws {Problem} as `some` does. */
  ofChannel(channel: string): Promise<number>;
}

/** What replays the dead letters of `options.archive`. */
export function createReplay(
  options: Pick<ApiOptions, "archive" | "journal" | "deliveries" | "now" | "isStopping">,
): Replay {
  const { archive, journal, deliveries, now } = options;

  /** What is queued for a channel that is gone would be dead again at once. */
  function mustKnow(channels: Iterable<string>): void {
    const names = deliveries.channels().map(({ name }) => name);
    for (const channel of channels) {
      if (names.includes(channel)) continue;
      throw new Problem(
        409,
        `No channel of the configuration is called ${JSON.stringify(channel)}; there are: ${
          names.join(", ")
        }`,
      );
    }
  }
  async function replay(ids: readonly number[]): Promise<number> {
    let replayed = 0;
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      replayed += await journal.replay(ids.slice(at, at + AT_ONCE), now());
      await setImmediate();
    }
    deliveries.wake();
    return replayed;
  }

  return {
    async some(ids) {
      mustRun(options);
      const dead = [...new Set(ids)].map((id) => archive.delivery(id)).filter((one) => one?.state === "dead");
      mustKnow(new Set(dead.map((one) => one!.channel)));
      return await replay(dead.map((one) => one!.id));
    },
    async ofChannel(channel) {
      mustRun(options);
      mustKnow([channel]);
      let replayed = 0;
      // What dies again meanwhile is not taken twice: it was below.
      for (let below: number | undefined = Number.MAX_SAFE_INTEGER; below !== undefined;) {
        const page = archive.deadLetterIds(channel, below, AT_ONCE);
        replayed += await replay(page.items);
        below = page.next;
      }
      return replayed;
    },
  };
}
