import assert from "node:assert/strict";
import { withJournal } from "./journal/testing.ts";
import { createLog } from "./log.ts";
import type { OwnNotice } from "./own_notice.ts";
import { decodeNotification } from "./payload.ts";
import { webhookSchema } from "./schema.ts";
import type { FakeClock } from "./testing/fake_clock.ts";
import { createWatchdog, type Watchdog } from "./watchdog.ts";

const MINUTE = 60_000;

function watchdog(status = "firing", alertname = "Watchdog") {
  return decodeNotification({ alerts: [{ status, labels: { alertname } }] });
}

interface Parts {
  readonly clock: FakeClock;
  readonly said: string[];
  readonly notices: OwnNotice[];
  readonly settings: { config: ReturnType<typeof webhookSchema.parse> };
  watchdog(): Watchdog;
  restart(): Promise<void>;
}

async function withWatchdog(test: (parts: Parts) => Promise<void>, config: unknown = { watchdog: {} }) {
  await withJournal(async ({ journal: opened, clock, reopen }) => {
    let journal = opened;
    const said: string[] = [];
    const notices: OwnNotice[] = [];
    const settings = { config: webhookSchema.parse(config) };
    const minutes = (ms: number) => (ms - Date.parse("2026-11-22T10:00:00Z")) / MINUTE;
    const start = () =>
      createWatchdog({
        journal,
        clock,
        settings: () => settings,
        voice: {
          async say(notice, { startsMs, endsMs } = {}, channels) {
            notices.push(notice);
            const status = endsMs === undefined ? "missing" : `back at ${minutes(endsMs)}`;
            said.push(`${status} since ${minutes(startsMs!)} to ${channels ?? "all"}`);
            await Promise.resolve();
          },
        },
        log: createLog(() => {}, clock.now),
      });
    let dog = start();
    try {
      await test({
        clock,
        said,
        notices,
        settings,
        watchdog: () => dog,
        async restart() {
          await clock.settle();
          dog.stop();
          journal = await reopen();
          dog = start();
        },
      });
    } finally {
      await clock.settle();
      dog.stop();
    }
  });
}

Deno.test("createWatchdog alarms once when the alert does not come, and says when it comes again", async () => {
  await withWatchdog(async ({ clock, said, notices, watchdog: dog }) => {
    await clock.advance(10 * MINUTE - 1);
    assert.deepEqual([said, dog().isMissing()], [[], false]);
    await clock.advance(1);
    assert.deepEqual([said, dog().isMissing()], [["missing since 10 to all"], true]);
    await clock.advance(60 * MINUTE);
    assert.equal(said.length, 1);
    dog().seen(watchdog());
    await clock.settle();
    assert.deepEqual(said.slice(1), ["back at 70 since 10 to all"]);
    assert.deepEqual([dog().isMissing(), dog().seenMs()], [false, clock.now()]);
    await clock.advance(10 * MINUTE);
    assert.deepEqual(said.slice(2), ["missing since 80 to all"]);
    assert.deepEqual(notices.map((notice) => notice.kind === "watchdog" && notice.lastMs), [
      undefined,
      clock.now() - 10 * MINUTE,
      clock.now() - 10 * MINUTE,
    ]);
  });
});

Deno.test("createWatchdog counts from when the alert last came", async () => {
  await withWatchdog(async ({ clock, said, watchdog: dog }) => {
    for (let i = 0; i < 5; i++) {
      await clock.advance(9 * MINUTE);
      dog().seen(watchdog());
    }
    assert.deepEqual(said, []);
    await clock.advance(10 * MINUTE);
    assert.deepEqual(said, ["missing since 55 to all"]);
  });
});

Deno.test("createWatchdog takes neither another alert nor a resolved one for it", async () => {
  await withWatchdog(async ({ clock, said, watchdog: dog }) => {
    await clock.advance(9 * MINUTE);
    dog().seen(watchdog("resolved"));
    dog().seen(watchdog("firing", "Disk"));
    await clock.advance(MINUTE);
    assert.equal(said.length, 1);
    dog().seen(watchdog("resolved"));
    assert.equal(dog().isMissing(), true);
  });
});

Deno.test("createWatchdog neither repeats its alarm after a restart nor forgets it", async () => {
  await withWatchdog(async ({ clock, said, watchdog: dog, restart }) => {
    await clock.advance(10 * MINUTE);
    await restart();
    await clock.advance(60 * MINUTE);
    assert.deepEqual([said.length, dog().isMissing()], [1, true]);
    dog().seen(watchdog());
    assert.deepEqual(said[1], "back at 70 since 10 to all");
  });
});

Deno.test("createWatchdog gives the alert its whole time again after a restart", async () => {
  await withWatchdog(async ({ clock, said, watchdog: dog, restart }) => {
    dog().seen(watchdog());
    await clock.advance(9 * MINUTE);
    await restart();
    assert.equal(dog().seenMs(), clock.now() - 9 * MINUTE);
    await clock.advance(9 * MINUTE);
    assert.deepEqual(said, []);
    await clock.advance(MINUTE);
    assert.deepEqual(said, ["missing since 19 to all"]);
  });
});

Deno.test("createWatchdog takes over what a new configuration expects", async () => {
  await withWatchdog(async ({ clock, said, watchdog: dog, settings }) => {
    assert.deepEqual([dog().isMissing(), dog().seenMs()], [undefined, undefined]);
    dog().seen(watchdog());
    const channels = [{ kind: "console", name: "pager" }];
    settings.config = webhookSchema.parse({
      channels,
      watchdog: { alertname: "Alive", within: "1m", channels: ["pager"] },
    });
    dog().configured();
    await clock.advance(MINUTE);
    assert.deepEqual(said, ["missing since 1 to pager"]);
    settings.config = webhookSchema.parse({});
    dog().configured();
    assert.equal(dog().isMissing(), undefined);
    await clock.advance(60 * MINUTE);
    assert.equal(said.length, 1);
  }, {});
});
