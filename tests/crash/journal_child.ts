/** A process that writes to a journal until it is killed, and says on standard output what it was told is on disk. */

import { systemClock } from "../../webhook/clock.ts";
import { type Change, openJournal } from "../../webhook/journal/mod.ts";
import { decodeNotification } from "../../webhook/payload.ts";

const [directory = "", round = "0"] = Deno.args;
const journal = await openJournal(directory, {
  clock: systemClock,
  // Little, so that history is removed all the time; but what is queued or dead stays, and grows from round to round.
  limitBytes: 10e6 + Number(round) * 1e6,
  duplicateWindowMs: 300_000,
  onProblem(problem) {
    console.error(problem);
    Deno.exit(1);
  },
});
const notification = decodeNotification({ alerts: [], status: "firing" });
const none: ReadonlySet<string> = new Set();
let serial = 0;

/** One line each, whole or not at all: a pipe takes so little at once. */
function say(what: string, id: number): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${what} ${id}\n`));
}

async function accept(): Promise<void> {
  for (;;) {
    const n = serial++;
    const { id } = await journal.accept({
      receivedMs: Date.now(),
      origin: "alert",
      notification,
      body: new TextEncoder().encode(`${round}.${n} ${"x".repeat(n % 7 === 0 ? 9_000 : 300)}`),
      group: `g${n % 5}`,
      digest: `${round}.${n}`,
      // Channel b is never told anything.
      deliveries: n % 20 === 0 ? [{ channel: "a" }, { channel: "b" }] : [{ channel: "a" }],
    });
    say(n % 20 === 0 ? "waiting" : "accepted", id);
  }
}

async function settle(channel: string): Promise<void> {
  for (;;) {
    const groups = journal.due(channel, Date.now(), 3, none);
    const changes = groups.map(({ deliveries }): Change => {
      const [first] = deliveries;
      const { id, attempts } = first!;
      const at = { id, atMs: Date.now(), tookMs: 1 };
      const { notificationId } = first!;
      if (notificationId % 11 === 0) {
        const fallback = channel === "a" ? { channel: "c" } : undefined;
        return { ...at, to: "dead", reason: "refused", fallback };
      }
      if (notificationId % 5 === 0 && attempts === 0) {
        const attempt = { tookMs: 1, reason: "503" };
        return {
          to: "queued",
          id,
          atMs: at.atMs,
          attempt,
          nextMs: Date.now() + 5,
          partsDone: 0,
          plain: false,
        };
      }
      return { ...at, to: "delivered", coalesced: deliveries.slice(1, 3).map(({ id }) => id) };
    });
    await journal.settle(changes);
    for (const change of changes) {
      if (change.to !== "queued") say(change.to, change.id);
      if (change.to === "delivered") change.coalesced?.forEach((id) => say("coalesced", id));
    }
    if (changes.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

await Promise.all([accept(), accept(), accept(), accept(), settle("a"), settle("c")]);
