import assert from "node:assert/strict";
import { withDelivery } from "./delivery/testing.ts";
import { JournalFailure } from "./journal/journal.ts";
import { createLog } from "./log.ts";
import { createOwnVoice, type OwnVoice } from "./own_voice.ts";
import type { TestDelivery } from "./delivery/testing.ts";

const MINUTE = 60_000;

async function withVoice(test: (parts: TestDelivery & { voice: OwnVoice }) => Promise<void>): Promise<void> {
  await withDelivery({ channels: { a: {}, b: {} } }, async (t) => {
    const voice = createOwnVoice({
      journal: t.journal(),
      clock: t.clock,
      settings: t.settings,
      deliveries: t.delivery(),
      log: createLog((line) => void t.logged.push(line), t.clock.now),
    });
    try {
      await test({ ...t, voice });
    } finally {
      voice.stop();
    }
  });
}

function summaries({ sent }: TestDelivery): string[] {
  return sent.map(({ channel, message }) => `${channel}: ${message.status}: ${message.alerts[0]!.summary}`);
}

Deno.test("say tells every channel, by way of the journal, that the webhook itself speaks", async () => {
  await withVoice(async (t) => {
    await t.voice.say({ kind: "journal-salvaged", report: "3 rows were lost" });
    await t.clock.settle();
    assert.deepEqual(t.told(), ["a: WebhookJournalSalvaged", "b: WebhookJournalSalvaged"]);
    assert.deepEqual(t.sent[0]!.message.notes, ["The webhook itself says this"]);
    assert.equal(t.journal().notification(t.sent[0]!.message.id)!.origin, "own");
  });
});

Deno.test("say tells only the channels that it is given, what begins and what ends in one group", async () => {
  await withVoice(async (t) => {
    const notice = { kind: "watchdog", alertname: "Watchdog", withinMs: 10 * MINUTE } as const;
    const startsMs = t.clock.now();
    await t.voice.say(notice, { startsMs }, ["b", "gone"]);
    await t.clock.advance(MINUTE);
    await t.voice.say(notice, { startsMs, endsMs: t.clock.now() }, ["b"]);
    await t.clock.settle();
    assert.deepEqual(summaries(t), [
      'b: firing: The alert "Watchdog" has not come for 10 min',
      'b: resolved: The alert "Watchdog" comes again',
    ]);
    assert.equal(t.sent[0]!.message.group, t.sent[1]!.message.group);
  });
});

Deno.test("tooLarge says at once that a body was too large, and then every 10 min how many", async () => {
  await withVoice(async (t) => {
    for (let i = 0; i < 4; i++) t.voice.tooLarge(32 * 1024 * 1024);
    await t.clock.settle();
    const one = "firing: A notification was refused because it was too large";
    const three = "firing: 3 notifications were refused because they were too large";
    assert.deepEqual(summaries(t).sort(), [`a: ${one}`, `b: ${one}`]);
    await t.clock.advance(10 * MINUTE);
    assert.deepEqual(summaries(t).slice(2).sort(), [`a: ${three}`, `b: ${three}`]);
    await t.clock.advance(30 * MINUTE);
    assert.equal(t.sent.length, 4);
    t.voice.tooLarge(1);
    await t.clock.settle();
    assert.deepEqual(summaries(t).slice(4).sort(), [`a: ${one}`, `b: ${one}`]);
  });
});

Deno.test("journalFailed says past the journal that it fails, once, and through it that it works again", async () => {
  await withVoice(async (t) => {
    const journal = t.journal();
    const { accept, put } = journal;
    const fail = () => Promise.reject(new JournalFailure("Cannot write the journal: the disk is full"));
    Object.assign(journal, { accept: fail, put: fail });
    t.voice.journalFailed("Cannot write the journal: the disk is full");
    t.voice.journalFailed("Cannot write the journal: the disk is full");
    await t.clock.advance(5 * MINUTE);
    const failing = "firing: The webhook cannot keep alerts any more";
    assert.deepEqual(summaries(t).sort(), [`a: ${failing}`, `b: ${failing}`]);
    assert.equal(
      t.sent[0]!.message.alerts[0]!.description,
      "Cannot write the journal: the disk is full. No alert is accepted before that is repaired; Alertmanager sends them again.",
    );
    Object.assign(journal, { accept, put });
    await t.clock.advance(MINUTE);
    const works = "resolved: The webhook keeps alerts again";
    assert.deepEqual(summaries(t).slice(2).sort(), [`a: ${works}`, `b: ${works}`]);
    assert.equal(t.sent[0]!.message.group, t.sent[2]!.message.group);
  });
});

Deno.test("journalFailed says nothing of a failure that is soon over", async () => {
  await withVoice(async (t) => {
    t.voice.journalFailed("Cannot write the journal: another process uses it");
    await t.clock.advance(5 * MINUTE);
    assert.deepEqual(t.sent, []);
    assert.match(t.logged.at(-1)!, /The journal can be written again/);
  });
});
