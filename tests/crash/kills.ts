/** The moments at which a webhook is killed. */

import type { RunningWebhook } from "../e2e/webhook/running_webhook.ts";
import { attachStrace, noStrace, spoil } from "./strace.ts";
import type { World } from "./world.ts";

/** A way to kill. Its moment may fail to come. */
export interface Kill {
  readonly moment: string;
  /** Why it cannot be done on this machine. */
  readonly whyNot?: string;
  /**
   * Sees to it that `webhook` is killed at its moment.
   *
   * @param step Counts the rounds of this kill, so that it comes earlier or later.
   */
  arm(webhook: RunningWebhook, world: World, step: number): Promise<AsyncDisposable>;
}

// Each call of a round that is worth a death: SQLite makes about as many for one commit.
const CALLS = 9;

/** Every kill of a webhook that runs. */
export const KILLS: readonly Kill[] = [
  atCall("as a page is written", "pwrite64"),
  atCall("as it is synced: written, not committed", "fsync,fdatasync"),
  atCall("after the commit, before an answer or a request to a destination", "sendto,sendmsg,writev"),
  onEvent("as an answer has left", (world, kill) => world.onAnswer = kill),
  onEvent("in the middle of a send", (world, kill) => world.onRequest = kill),
  {
    moment: "at any time",
    arm(webhook) {
      const timer = setTimeout(() => webhook.signal("SIGKILL"), Math.random() * 300);
      return Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve(clearTimeout(timer)) });
    },
  },
];

/**
 * Kills in the middle of what is written when nobody asks for it: long after what came is kept.
 *
 * @param everyCalls How much later each round is.
 */
export function lateWrite(everyCalls: number): Kill {
  return {
    moment: "in the middle of clean-up",
    whyNot: noStrace,
    arm: (webhook, _world, step) =>
      attachStrace(
        webhook.pid,
        spoil("pwrite64,ftruncate,fsync,fdatasync", `signal=SIGKILL:when=${(1 + step) * everyCalls}`),
      ),
  };
}

/** Kills on entry to the nth call of some kinds: the call itself does not happen any more. */
function atCall(moment: string, calls: string): Kill {
  return {
    moment,
    whyNot: noStrace,
    arm: (webhook, _world, step) =>
      attachStrace(webhook.pid, spoil(calls, `signal=SIGKILL:when=${1 + step % CALLS}`)),
  };
}

/** Kills at the nth event. */
function onEvent(moment: string, listen: (world: World, kill: () => void) => void): Kill {
  return {
    moment,
    arm(webhook, world, step) {
      let left = 1 + step % CALLS;
      listen(world, () => {
        if (--left === 0) webhook.signal("SIGKILL");
      });
      return Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve(listen(world, () => {})) });
    },
  };
}
