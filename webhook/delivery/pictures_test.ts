import { deepEqual, equal, ok } from "node:assert/strict";
import type { Outcome, Picture, SendContext } from "../channels/mod.ts";
import type { DrawnPicture, PictureResult, PictureSource } from "./pictures.ts";
import { body, type FakeChannel, OK, type TestDelivery, withDelivery } from "./testing.ts";

const PICTURE: Picture = { name: "Disk.png", bytes: new Uint8Array(100), alt: "Disk" };
const TOLD: Outcome = { result: "delivered", ref: "1" };
const HOUR_MS = 3_600_000;

interface Try extends TestDelivery {
  /** What was done, in order. */
  readonly done: string[];
  readonly counted: PictureResult[];
}

interface Options {
  readonly channel?: FakeChannel;
  readonly draw?: PictureSource["draw"];
  readonly isOn?: boolean;
  readonly send?: (context: SendContext) => Promise<Outcome>;
  readonly channels?: readonly string[];
}

/** Deliveries to channels that take pictures. */
async function withPictures(
  { channel, draw = () => Promise.resolve({ picture: PICTURE }), isOn = true, send, channels = ["a"] }:
    Options,
  test: (made: Try) => Promise<void>,
): Promise<void> {
  const done: string[] = [];
  const counted: PictureResult[] = [];
  const fake = (name: string): FakeChannel => ({
    pace: { burst: 1, everyMs: 0 },
    answer: () => {
      done.push(`${name} text`);
      return TOLD;
    },
    pictureAfter: {
      maxBytes: 1_000,
      async send({ bytes }, { ref }, _settings, context) {
        done.push(`${name} picture of ${bytes.length} after ${ref}`);
        return await send?.(context) ?? OK;
      },
    },
    ...channel,
  });
  await withDelivery({
    channels: Object.fromEntries(channels.map((name) => [name, fake(name)])),
    pictureSource: {
      isOn: () => isOn,
      draw,
      count: (result) => void counted.push(result),
      stop: () => void done.push("stop"),
    },
  }, (made) => test({ ...made, done, counted }));
}

/** A picture that is drawn only when it is let go, or ended. */
function slowDraw() {
  const { promise, resolve } = Promise.withResolvers<DrawnPicture>();
  const draw: PictureSource["draw"] = (_notification, _budgetMs, signal) => {
    const { promise: ended, resolve: end } = Promise.withResolvers<DrawnPicture>();
    signal.addEventListener("abort", () => end({ missing: "late", reason: "ended" }));
    return Promise.race([promise, ended]);
  };
  return { draw, go: () => resolve({ picture: PICTURE }) };
}

Deno.test("createPictureDelivery sends the text first, and the picture after it", async () => {
  await withPictures({}, async ({ accept, done, counted }) => {
    await accept(body("g", ["Disk"]));
    deepEqual(done, ["a text", "a picture of 100 after 1"]);
    deepEqual(counted, ["sent"]);
  });
});

Deno.test("createPictureDelivery holds up no text, however long a picture takes", async () => {
  const { draw, go } = slowDraw();
  await withPictures({ draw }, async ({ accept, done, clock, queued }) => {
    for (const name of ["One", "Two", "Three"]) await accept(body(name, [name]));
    deepEqual(done, ["a text", "a text", "a text"]);
    equal(queued("a").length, 0, "a text is not done with");
    go();
    await clock.settle();
    equal(done.filter((each) => each.includes("picture")).length, 3);
  });
});

Deno.test("createPictureDelivery sends nothing for what does not fire, tests, channels without, and where nothing draws", async () => {
  const texts = async (options: Options, sent: unknown, more = {}) => {
    await withPictures(options, async ({ accept, done, counted }) => {
      await accept(sent, more);
      deepEqual([done, counted], [["a text"], []]);
    });
  };
  await texts({}, body("g", ["~Disk"]));
  await texts({}, body("g", ["Disk"]), { origin: "test" });
  await texts({ channel: { settings: { pictures: false } } }, body("g", ["Disk"]));
  await texts({ isOn: false }, body("g", ["Disk"]));
  await texts({ channel: { pictureAfter: undefined } }, body("g", ["Disk"]));
  await texts({
    channel: { pictureAfter: { maxBytes: 1, isOpen: () => false, send: () => Promise.resolve(OK) } },
  }, body("g", ["Disk"]));
});

Deno.test("createPictureDelivery sends the same alert's picture once an hour", async () => {
  await withPictures({}, async ({ accept, clock, counted }) => {
    await accept(body("g", ["Disk"]));
    await clock.advance(HOUR_MS / 2);
    await accept(body("g", ["Disk"], { reason: "repeat" }));
    deepEqual(counted, ["sent"]);
    await clock.advance(HOUR_MS);
    await accept(body("g", ["Disk"], { reason: "repeat again" }));
    deepEqual(counted, ["sent", "sent"]);
  });
});

Deno.test("createPictureDelivery says once why there is no picture, without secrets, and tells the text all the same", async () => {
  const draw = () => Promise.resolve<DrawnPicture>({ missing: "failed", reason: "no hunter2\nhere" });
  await withPictures({ draw }, async ({ accept, done, counted, logged }) => {
    await accept(body("g", ["Disk"]));
    await accept(body("h", ["Load"]));
    deepEqual([done, counted], [["a text", "a text"], ["failed", "failed"]]);
    const lines = logged.filter((line) => line.includes("no picture"));
    equal(lines.length, 1, lines.join("\n"));
    ok(lines[0]!.includes("<secret>") && !lines[0]!.includes("hunter2"));
  });
});

Deno.test("createPictureDelivery survives a defect of what draws and of what sends", async () => {
  const draw = () => Promise.reject(new Error("broken"));
  await withPictures({ draw }, async ({ accept, done, counted }) => {
    await accept(body("g", ["Disk"]));
    deepEqual([done, counted], [["a text"], ["failed"]]);
  });
  const send = () => Promise.reject(new Error("broken"));
  await withPictures({ send }, async ({ accept, counted, queued }) => {
    await accept(body("g", ["Disk"]));
    deepEqual([counted, queued("a").length], [["refused"], 0]);
  });
});

Deno.test("createPictureDelivery sends none that is larger than the destination takes", async () => {
  const draw = () => Promise.resolve({ picture: { ...PICTURE, bytes: new Uint8Array(1_001) } });
  await withPictures({ draw }, async ({ accept, done, counted }) => {
    await accept(body("g", ["Disk"]));
    deepEqual([done, counted], [["a text"], ["dropped"]]);
  });
});

Deno.test("createPictureDelivery leaves a destination alone for as long as it asks for", async () => {
  const send = () => Promise.resolve<Outcome>({ result: "retry", reason: "429", afterMs: 60_000 });
  await withPictures({ send }, async ({ accept, done, counted, clock }) => {
    await accept(body("g", ["Disk"]));
    await accept(body("h", ["Load"]));
    deepEqual(counted, ["refused", "dropped"]);
    await clock.advance(60_000);
    await accept(body("i", ["Swap"]));
    deepEqual(counted, ["refused", "dropped", "refused"]);
    equal(done.filter((each) => each === "a text").length, 3);
  });
});

Deno.test("createPictureDelivery waits until a destination has rested, and sends texts meanwhile", async () => {
  const pace = { burst: 3, everyMs: 5_000 };
  await withPictures({ channel: { pace } }, async ({ accept, done, clock }) => {
    await accept(body("g", ["Disk"]));
    await accept(body("h", ["Load"]));
    deepEqual(done, ["a text", "a text"]);
    await clock.advance(10_000);
    equal(done.filter((each) => each.includes("picture")).length, 1);
    await clock.advance(30_000);
    equal(done.filter((each) => each.includes("picture")).length, 2);
  });
  // Longer than anybody looks for a picture.
  await withPictures(
    { channel: { pace: { burst: 1, everyMs: 60_000 } } },
    async ({ accept, counted, clock }) => {
      await accept(body("g", ["Disk"]));
      await clock.advance(60_000);
      deepEqual(counted, ["dropped"]);
    },
  );
});

Deno.test("createPictureDelivery gives up on a destination that does not answer", async () => {
  const send = () => new Promise<Outcome>(() => {});
  await withPictures({ send }, async ({ accept, counted, clock }) => {
    await accept(body("g", ["Disk"]));
    await clock.advance(10_000);
    deepEqual(counted, ["refused"]);
  });
});

Deno.test("createPictureDelivery keeps no more than a few under way", async () => {
  const { draw } = slowDraw();
  await withPictures({ draw }, async ({ accept, counted, done }) => {
    for (let i = 0; i < 20; i++) await accept(body(`g${i}`, [`Alert${i}`]));
    equal(done.filter((each) => each === "a text").length, 20);
    equal(counted.filter((result) => result === "dropped").length, 4);
  });
});

Deno.test("createPictureDelivery stops at once, whatever is under way", async () => {
  const hangs = () => new Promise<Outcome>(() => {});
  for (
    const options of [{ draw: slowDraw().draw }, { send: hangs }, {
      channel: { pace: { burst: 3, everyMs: 9_000 } },
    }]
  ) {
    await withPictures(options, async ({ accept, delivery, clock }) => {
      await accept(body("g", ["Disk"]));
      await accept(body("h", ["Load"]));
      let isStopped = false;
      const stopped = delivery().stop(4_000).then(() => void (isStopped = true));
      await clock.settle();
      equal(isStopped, true);
      await stopped;
    });
  }
});

Deno.test("createPictureDelivery gives a message its picture within a second, or lets it go without", async () => {
  const tell = async (
    draw: PictureSource["draw"],
    advanceMs: number,
    sent: unknown = body("g", ["Disk"]),
  ) => {
    const got: (Picture | undefined)[] = [];
    const channel: FakeChannel = {
      pictureAfter: undefined,
      pictureWithin: true,
      async answer(_sent, { picture }) {
        got.push(await picture?.());
        return TOLD;
      },
    };
    await withPictures({ channel, draw }, async ({ accept, clock }) => {
      await accept(sent);
      await clock.advance(advanceMs);
    });
    return got;
  };
  const good = () => Promise.resolve({ picture: PICTURE });
  deepEqual(await tell(good, 0), [PICTURE]);
  deepEqual(await tell(good, 0, body("g", ["~Disk"])), [undefined]);
  deepEqual(await tell(() => new Promise<DrawnPicture>(() => {}), 1_000), [undefined]);
  deepEqual(await tell(() => Promise.reject(new Error("broken")), 0), [undefined]);
  const large = { ...PICTURE, bytes: new Uint8Array(1_000_001) };
  deepEqual(await tell(() => Promise.resolve({ picture: large }), 0), [undefined]);
});
