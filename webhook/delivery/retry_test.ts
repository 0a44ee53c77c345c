import assert from "node:assert/strict";
import type { Outcome } from "../channels/mod.ts";
import { type Answer, body, OK, type Sent, withDelivery } from "./testing.ts";

const RETRY: Outcome = { result: "retry", reason: "503 busy" };

/** Answers one after another, then delivers. */
function inTurn(...answers: Outcome[]): Answer {
  return () => answers.shift() ?? OK;
}

/** Seconds from the first request to each. */
function seconds(sent: readonly Sent[]): number[] {
  return sent.map(({ atMs }) => (atMs - sent[0]!.atMs) / 1_000);
}

Deno.test("createDelivery tries again with exponential backoff and jitter, and keeps why", async () => {
  const answer = inTurn(RETRY, RETRY, RETRY);
  await withDelivery(
    { channels: { a: { answer } } },
    async ({ accept, clock, sent, events, queued, logged }) => {
      await accept(body("g", ["Disk"]));
      assert.deepEqual(queued("a").map(({ attempts, reason }) => [attempts, reason]), [[1, "503 busy"]]);
      await clock.advance(600_000);
      // Half of 1 to 2 s, of 1 to 4 s, of 1 to 8 s.
      assert.deepEqual(seconds(sent), [0, 1.5, 4, 8.5]);
      assert.deepEqual(events.map(({ type, reason }) => [type, reason]), [
        ["failed", "503 busy"],
        ["failed", "503 busy"],
        ["failed", "503 busy"],
        ["delivered", undefined],
      ]);
      assert.deepEqual(queued("a"), []);
      assert.equal(logged.length, 3);
      assert.match(
        logged[0]!,
        /level=ERROR msg="Cannot deliver yet" channel=a .*attempts=1 reason="503 busy"/,
      );
    },
  );
});

Deno.test("createDelivery leaves a whole channel alone for as long as it asks, across a restart", async () => {
  const answer = inTurn({ ...RETRY, afterMs: 90_000 });
  await withDelivery({ channels: { a: { answer }, b: {} } }, async (t) => {
    await t.accept(body("g", ["Disk"]));
    await t.accept(body("h", ["Net"]));
    assert.deepEqual(t.told(), ["a: Disk", "b: Disk", "b: Net"]);
    const [state] = t.delivery().channels();
    assert.equal(state!.pausedUntilMs, t.sent[0]!.atMs + 90_000);
    await t.clock.advance(60_000);
    await t.restart();
    await t.clock.advance(25_999);
    assert.equal(t.sent.length, 3);
    await t.clock.advance(1);
    assert.deepEqual(t.told().slice(3), ["a: Net", "a: Disk"]);
    assert.equal(t.delivery().channels()[0]!.pausedUntilMs, undefined);
  });
});

Deno.test("createDelivery takes no pause that is longer than a day, nor one without an end", async () => {
  const answer = inTurn({ ...RETRY, afterMs: Infinity }, { ...RETRY, afterMs: NaN });
  await withDelivery(
    { channels: { a: { answer, maxAgeMs: 7 * 86_400_000 } } },
    async ({ accept, clock, sent }) => {
      await accept(body("g", ["Disk"]));
      await clock.advance(86_399_000);
      assert.equal(sent.length, 1);
      await clock.advance(11_000);
      assert.deepEqual(seconds(sent), [0, 86_400, 86_402.5]);
    },
  );
});

Deno.test("createDelivery makes one plain attempt of what is refused, and then it is a dead letter", async () => {
  const answer: Answer = ({ plain }) => ({
    result: "refused",
    reason: plain ? "400 too plain" : "400 too rich",
  });
  await withDelivery({ channels: { a: { answer } } }, async (t) => {
    await t.accept(body("g", ["Disk"]));
    await t.clock.advance(600_000);
    assert.deepEqual(t.told(), ["a: Disk", "a (plain): Disk"]);
    assert.deepEqual(t.sent[1]!.message.notes, ["Plain text: the destination refused the full form"]);
    assert.deepEqual(t.events.map(({ type, reason }) => [type, reason]), [
      ["failed", "400 too rich"],
      ["dead", "400 too plain"],
    ]);
    assert.deepEqual(t.journal().depths().get("a"), { queued: 0, dead: 1 });
  });
});

Deno.test("createDelivery remembers across a restart that only the plain attempt is left", async () => {
  const answer = inTurn({ result: "refused", reason: "400" }, { ...RETRY, afterMs: 60_000 });
  await withDelivery({ channels: { a: { answer } } }, async (t) => {
    await t.accept(body("g", ["Disk"]));
    await t.restart();
    await t.clock.advance(60_000);
    assert.deepEqual(t.told(), ["a: Disk", "a (plain): Disk", "a (plain): Disk"]);
    assert.equal(t.events.at(-1)!.type, "delivered");
  });
});

Deno.test("createDelivery lets no refused message draw a newer one with it", async () => {
  const answer: Answer = ({ message }) =>
    message.notification.alerts[0]!.labels.alertname === "Poison"
      ? { result: "refused", reason: "400" }
      : { result: "delivered" };
  await withDelivery({ channels: { a: { answer, pace: { burst: 1, everyMs: 60_000 } } } }, async (t) => {
    await t.accept(body("g", ["Poison"]));
    await t.accept(body("g", ["Disk"]));
    await t.clock.advance(600_000);
    assert.deepEqual(t.told(), ["a: Poison", "a (plain): Poison", "a: Disk"]);
    assert.deepEqual(t.journal().depths().get("a"), { queued: 0, dead: 1 });
  });
});

Deno.test("createDelivery gives up at once what is gone", async () => {
  const answer = inTurn({ result: "gone", reason: "410" });
  await withDelivery({ channels: { a: { answer } } }, async ({ accept, told, events, clock }) => {
    await accept(body("g", ["Disk"]));
    await clock.advance(600_000);
    assert.deepEqual(told(), ["a: Disk"]);
    assert.deepEqual(events.map(({ type, reason }) => [type, reason]), [["dead", "410"]]);
  });
});

Deno.test("createDelivery takes a defect of a kind for a refusal that says so", async () => {
  const answer: Answer = ({ plain }) => {
    if (!plain) throw new TypeError("x is undefined");
    return { result: "delivered" };
  };
  const render = () => {
    throw new RangeError("too many blocks");
  };
  await withDelivery({ channels: { a: { answer }, b: { render } } }, async ({ accept, told, events }) => {
    await accept(body("g", ["Disk"]));
    // The channels do not wait for each other.
    assert.deepEqual(told().sort(), ["a (plain): Disk", "a: Disk", "b (plain): Disk"]);
    const failed = events.filter(({ type }) => type === "failed");
    assert.deepEqual(failed.map(({ channel, reason }) => [channel, reason]).sort(), [
      ["a", "Defect: TypeError: x is undefined"],
      ["b", "Defect: RangeError: too many blocks"],
    ]);
  });
});

Deno.test("createDelivery leaves a channel's own texts out of the plain attempt", async () => {
  const answer = inTurn({ result: "refused", reason: "400" });
  const templatesOf = () => ({ text: () => "Our own text" });
  await withDelivery({ channels: { a: { answer } }, templatesOf }, async ({ accept, sent }) => {
    await accept(body("g", ["Disk"]));
    assert.deepEqual(sent.map(({ plain, message }) => [plain, message.text]), [[false, "Our own text"], [
      true,
      "",
    ]]);
  });
});

Deno.test("createDelivery takes a kind that renders nothing for a defect", async () => {
  await withDelivery({ channels: { a: { parts: 0 } } }, async ({ accept, told, events }) => {
    await accept(body("g", ["Disk"]));
    assert.deepEqual(told(), ["a (plain): Disk"]);
    assert.equal(events[0]!.reason, 'Defect: RangeError: The kind "fake" renders no request');
  });
});

Deno.test("createDelivery keeps what a destination calls the first part of a message", async () => {
  const answer = inTurn({ result: "delivered", ref: "1" }, { result: "delivered", ref: "2" });
  await withDelivery({ channels: { a: { answer, parts: 2 } } }, async ({ accept, sent }) => {
    await accept(body("g", ["Disk"]));
    await accept(body("g", ["~Disk"]));
    assert.equal(sent.at(-1)!.ref, "1");
  });
});

Deno.test("createDelivery hands an ended signal to a kind that asks for it late", async () => {
  let asked: AbortSignal | undefined;
  const answer: Answer = async (_sent, context) => {
    await later.promise;
    asked = context.signal;
    return OK;
  };
  const later = Promise.withResolvers<void>();
  await withDelivery({ channels: { a: { answer } } }, async ({ accept, clock }) => {
    await accept(body("g", ["Disk"]));
    await clock.advance(10_000);
    later.resolve();
    await clock.settle();
    assert.equal(asked?.aborted, true);
    assert.equal(asked?.reason.name, "TimeoutError");
  });
});

Deno.test("createDelivery ends a request that takes too long, whatever its kind does", async () => {
  const hangs: Answer = () => new Promise(() => {});
  const heeds: Answer = (_sent, { signal }) =>
    new Promise((resolve) =>
      signal.addEventListener(
        "abort",
        () => resolve({ result: "retry", reason: `heard ${signal.reason.name}` }),
      )
    );
  await withDelivery({ channels: { a: { answer: hangs }, b: { answer: heeds } } }, async (t) => {
    await t.accept(body("g", ["Disk"]));
    await t.clock.advance(9_999);
    assert.deepEqual(t.events, []);
    await t.clock.advance(501);
    assert.deepEqual(t.events.map(({ channel, reason, tookMs }) => [channel, reason, tookMs]), [
      ["b", "heard TimeoutError", 10_000],
      ["a", "no answer within 10 s", 10_500],
    ]);
  });
});

Deno.test("createDelivery goes on with the part of a message that failed, across a restart", async () => {
  const answer = inTurn(OK, { ...RETRY, afterMs: 30_000 });
  await withDelivery({ channels: { a: { answer, parts: 3 } } }, async (t) => {
    await t.accept(body("g", ["Disk"]));
    await t.restart();
    await t.clock.advance(60_000);
    assert.deepEqual(t.sent.map(({ part }) => part), [0, 1, 1, 2]);
  });
});

Deno.test("createDelivery sends a message whole that is not cut as it was", async () => {
  const a = { answer: inTurn(OK, OK, RETRY), parts: 3 };
  await withDelivery({ channels: { a } }, async (t) => {
    await t.accept(body("g", ["Disk"]));
    a.parts = 2;
    await t.clock.advance(60_000);
    assert.deepEqual(t.sent.map(({ part }) => part), [0, 1, 2, 0, 1]);
  });
});

Deno.test("createDelivery hands on what a destination calls its message about a group", async () => {
  const answer = inTurn({ result: "delivered", ref: "ts-1" });
  await withDelivery({ channels: { a: { answer } } }, async ({ accept, sent }) => {
    await accept(body("g", ["Disk"]));
    await accept(body("h", ["Net"]));
    await accept(body("g", ["~Disk"]));
    assert.deepEqual(sent.map(({ ref }) => ref), [undefined, undefined, "ts-1"]);
  });
});

Deno.test("createDelivery puts no secret into reasons, logs or the journal", async () => {
  const answer = inTurn({ result: "retry", reason: "bad url https://x/hunter2\r\nno" }, {
    result: "gone",
    reason: "hunter2",
  });
  await withDelivery({ channels: { a: { answer, fallback: "b" }, b: {} } }, async (t) => {
    await t.accept(body("g", ["Disk"]));
    await t.clock.advance(10_000);
    assert.deepEqual(t.events.filter(({ channel }) => channel === "a").map(({ reason }) => reason), [
      "bad url https://x/<secret> no",
      "<secret>",
      "<secret>",
    ]);
    const everything = JSON.stringify([t.events, t.logged, t.sent, t.delivery().channels()]);
    assert.equal(everything.includes("hunter2"), false);
  });
});

Deno.test("createDelivery keeps the pace between the parts of a message too", async () => {
  const pace = { burst: 2, everyMs: 5_000 };
  await withDelivery({ channels: { a: { pace, parts: 4 } } }, async ({ accept, clock, sent }) => {
    await accept(body("g", ["Disk"]));
    await clock.advance(60_000);
    assert.deepEqual(seconds(sent), [0, 0, 5, 10]);
  });
});

Deno.test("createDelivery sends no faster than the channel's pace, and drops nothing", async () => {
  await withDelivery(
    { channels: { a: { pace: { burst: 2, everyMs: 5_000 } } } },
    async ({ accept, clock, sent }) => {
      for (const group of ["g", "h", "i", "j", "k"]) await accept(body(group, ["Disk"]));
      await clock.advance(60_000);
      assert.deepEqual(seconds(sent), [0, 0, 5, 10, 15]);
    },
  );
});

Deno.test("createDelivery keeps the order of a group, and lets no group wait for another", async () => {
  const answer: Answer = ({ message, atMs }) =>
    message.notification.groupKey === "bad" && atMs < start + 30_000 ? RETRY : OK;
  let start = 0;
  await withDelivery({ channels: { a: { answer } } }, async ({ accept, clock, told }) => {
    start = clock.now();
    await accept(body("bad", ["Disk"]));
    for (const name of ["A", "~A", "B"]) await accept(body("good", [name]));
    assert.deepEqual(told(), ["a: Disk", "a: A", "a: ~A", "a: B"]);
    await clock.advance(120_000);
    assert.equal(told().at(-1), "a: Disk");
  });
});

Deno.test("createDelivery tells first what has been due the longest, whichever group it is of", async () => {
  await withDelivery({}, async ({ accept, clock, told }) => {
    const at = (ms: number) => ({ deliveries: [{ channel: "a", notBeforeMs: clock.now() + 10_000 + ms }] });
    for (const [i, name] of ["G1", "H1", "G2", "H2", "G3"].entries()) {
      await accept(body(name[0]!, [name]), at(i));
    }
    clock.set(clock.now() + 20_000);
    await clock.advance(60_000);
    assert.deepEqual(told(), ["a: G1", "a: H1", "a: G2", "a: H2", "a: G3"]);
  });
});

Deno.test("createDelivery lets senders in a rush go first, and catches up", async () => {
  const pace = { burst: 1, everyMs: 0, concurrency: 2 };
  await withDelivery({ channels: { a: { pace } } }, async ({ accept, delivery, clock, sent }) => {
    const rush = async () => {
      for (let i = 0; i < 30; i++) delivery().wake();
      await clock.settle();
    };
    const later = { deliveries: [{ channel: "a", notBeforeMs: clock.now() + 1_000 }] };
    for (let i = 0; i < 6; i++) await accept(body(`g${i}`, ["G"]), later);
    clock.set(clock.now() + 1_000);
    await rush();
    assert.equal(sent.length, 2);
    await rush();
    assert.equal(sent.length, 2);
    await clock.advance(5);
    assert.equal(sent.length, 4);
    await clock.advance(5);
    assert.equal(sent.length, 6);
  });
});

Deno.test("createDelivery lets senders in a flood go first for longer, but not when the journal fills up", async () => {
  const pace = { burst: 1, everyMs: 0, concurrency: 2 };
  await withDelivery({ channels: { a: { pace } } }, async ({ accept, delivery, journal, clock, sent }) => {
    const flood = async () => {
      for (let i = 0; i < 200; i++) delivery().wake();
      await clock.settle();
    };
    const later = { deliveries: [{ channel: "a", notBeforeMs: clock.now() + 1_000 }] };
    for (let i = 0; i < 6; i++) await accept(body(`g${i}`, ["G"]), later);
    clock.set(clock.now() + 1_000);
    await flood();
    assert.equal(sent.length, 2);
    await clock.advance(149);
    assert.equal(sent.length, 2);
    await clock.advance(1);
    assert.equal(sent.length, 4);
    Object.assign(journal(), { size: () => ({ bytes: 60, limitBytes: 100 }) });
    // The pause that has begun is as long as it was.
    await clock.advance(150);
    assert.equal(sent.length, 6);
    for (let i = 6; i < 10; i++) await accept(body(`g${i}`, ["G"]), { deliveries: [{ channel: "a" }] });
    const before = sent.length;
    await flood();
    await clock.advance(5);
    await clock.advance(5);
    assert.equal(sent.length, 10, `${before} before`);
  });
});

Deno.test("createDelivery tells as many groups at one time as its channel takes, each once", async () => {
  const open = Promise.withResolvers<void>();
  const answer: Answer = async () => {
    await open.promise;
    return OK;
  };
  const pace = { burst: 1_000, everyMs: 1, concurrency: 3 };
  await withDelivery(
    { channels: { a: { answer, pace } } },
    async ({ accept, delivery, sent, told, journal }) => {
      for (let i = 0; i < 10; i++) await accept(body(`g${i}`, [`A${i}`]));
      assert.deepEqual(told(), ["a: A0", "a: A1", "a: A2"]);
      open.resolve();
      await delivery().idle();
      assert.equal(new Set(told()).size, 10);
      assert.equal(sent.length, 10);
      assert.deepEqual(journal().depths().get("a")?.queued ?? 0, 0);
    },
  );
});
