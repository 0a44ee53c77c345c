/** What tests of the journal share. */

import { decodeNotification } from "../payload.ts";
import { createFakeClock, type FakeClock } from "../testing/fake_clock.ts";
import type { Arrival } from "./journal.ts";
import { type JournalOptions, openJournal, type SqliteJournal } from "./mod.ts";

/** A journal in a directory of its own. */
export interface TestJournal {
  readonly journal: SqliteJournal;
  readonly clock: FakeClock;
  readonly directory: string;
  /** Closes it and opens it again; `meanwhile` runs in between. */
  reopen(options?: Partial<JournalOptions>, meanwhile?: () => void | Promise<void>): Promise<SqliteJournal>;
}

/** Runs `test` with a journal, and removes it afterwards. */
export async function withJournal(
  test: (journal: TestJournal) => Promise<void>,
  options: Partial<JournalOptions> = {},
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "vigie-journal-" });
  const clock = createFakeClock();
  const open = (more: Partial<JournalOptions> = {}) =>
    openJournal(directory, { clock, limitBytes: 1e9, duplicateWindowMs: 300_000, ...options, ...more });
  let journal = await open();
  try {
    await test({
      journal,
      clock,
      directory,
      async reopen(more, meanwhile) {
        await journal[Symbol.asyncDispose]();
        await meanwhile?.();
        return journal = await open(more);
      },
    });
  } finally {
    await journal[Symbol.asyncDispose]();
    await Deno.remove(directory, { recursive: true });
  }
}

/** An arrival with what a test does not care about filled in. */
export function arrival(clock: FakeClock, more: Partial<Arrival> = {}): Arrival {
  return {
    receivedMs: clock.now(),
    origin: "alert",
    notification: decodeNotification({ alerts: [], status: "firing" }),
    body: new TextEncoder().encode('{"alerts":[]}'),
    group: "g",
    deliveries: [],
    ...more,
  };
}
