import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { SECRET, type TestApi, withApi } from "../webhook/api/testing.ts";
import { EXIT, UsageError } from "./cli.ts";
import { actionOf, deadLetters, formatDeadLetters } from "./dead_letters.ts";
import { runCaptured } from "./testing.ts";

const run = (...args: string[]) => runCaptured(deadLetters, args);

/** A webhook with a dead letter for `slack`, one for `console` and one for a channel that is gone. */
async function withWebhook(test: (api: TestApi, url: string, ids: number[]) => Promise<void>): Promise<void> {
  await withApi(async (api) => {
    const listening = Promise.withResolvers<number>();
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: ({ port }) => listening.resolve(port) },
      api.fetch,
    );
    try {
      const ids: number[] = [];
      for (const channel of ["slack", "console", "gone"]) {
        const notification = await api.keep({ alertname: `For\u001b[2J${channel}` }, [channel]);
        ids.push(...await api.kill(notification, `no_service\u202e for ${SECRET}`));
      }
      await test(api, `http://127.0.0.1:${await listening.promise}`, ids);
    } finally {
      await server.shutdown();
    }
  });
}

Deno.test("dead-letters lists what was given up, and lets no text of a stranger at the terminal", () =>
  withWebhook(async (_, url, ids) => {
    const { code, out } = await run("--url", url);
    assert.equal(code, EXIT.done);
    const lines = out.split("\n");
    assert.match(lines[0]!, /^ID +CHANNEL +AGO +ALERTS +REASON$/);
    assert.deepEqual(lines.slice(1).map((line) => Number(line.split(" ")[0])), ids.toReversed());
    assert.match(lines[3]!, /slack .*For<U\+001B>\[2Jslack +no_service<U\+202E> for <secret>$/);
    const only = JSON.parse((await run("list", "--url", url, "--channel", "console", "--json")).out);
    assert.deepEqual([only.deadLetters.length, only.deadLetters[0].channel, only.more], [
      1,
      "console",
      false,
    ]);
  }));

Deno.test("dead-letters shows one with what it would say", () =>
  withWebhook(async (_, url, [id]) => {
    const { code, out } = await run("show", String(id), "--url", url);
    assert.equal(code, EXIT.done);
    assert.match(out, new RegExp(`^Dead letter ${id}\n  channel +slack\n`));
    assert.match(out, /given up +2026-11-22T10:00:00\.000Z, after 1 attempt\n/);
    assert.match(out, /\n\nplain <secret>$/);
    const none = await run("show", "7", "--url", url);
    assert.equal(none.code, EXIT.wrong);
    assert.match(none.err, /^error: There is no dead letter 7/);
  }));

Deno.test("dead-letters replay queues some again, those of a channel, or all that have a channel", () =>
  withWebhook(async ({ journal, keep, kill }, url, [slack, console, gone]) => {
    const depth = (name: string) => journal.depths().get(name);
    assert.equal((await run("replay", String(slack), "--url", url)).out, "1 queued again");
    assert.deepEqual([depth("slack")!.queued, depth("slack")!.dead], [1, 0]);
    assert.match((await run("replay", String(slack), "--url", url)).err, /is no dead letter: it is queued/);
    assert.equal((await run("replay", "--channel", "console", "--url", url)).out, "1 queued again");
    assert.equal(
      (await run("replay", String(slack), String(console), "--url", url)).out,
      "There was nothing to send again",
    );
    await kill(await keep({}, ["slack", "console"]));
    assert.deepEqual(JSON.parse((await run("replay", "--all", "--url", url, "--json")).out), { replayed: 2 });
    assert.equal(depth("gone")!.dead, 1, "it has nowhere to go");
    const refused = await run("replay", String(gone), "--url", url);
    assert.match(refused.err, /No channel of the configuration is called "gone"; there are: console, slack/);
  }));

Deno.test("dead-letters says what to do when the webhook does not answer or wants a token", async () => {
  const file = await Deno.makeTempFile({ prefix: "vigie-token-" });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) =>
      request.headers.get("authorization") === "Bearer t0k3n"
        ? Response.json({ items: [], next: null })
        : new Response("Unauthorized", { status: 401 }),
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  try {
    const stranger = await run("--url", url);
    assert.equal(stranger.code, EXIT.wrong);
    assert.match(
      stranger.err,
      /wants to know who asks\ncure: name a file with a token of it: --token-file FILE/,
    );
    await Deno.writeTextFile(file, "t0k3n\n");
    assert.equal((await run("--url", url, "--token-file", file)).out, "There are no dead letters");
  } finally {
    await server.shutdown();
    await Deno.remove(file);
  }
  const silent = await run("--url", url);
  assert.equal(silent.code, EXIT.wrong);
  assert.match(silent.err, /Cannot reach .*\ncure: `deno task status` shows whether the webhook runs/);
});

Deno.test("actionOf understands what is to be done", () => {
  const action = (...args: string[]) => actionOf({ args, flags: {} });
  assert.deepEqual(action(), { kind: "list", channel: undefined });
  assert.deepEqual(action("show", "2048"), { kind: "show", id: 2048 });
  assert.deepEqual(action("replay", "1", "2"), { kind: "replay", ids: [1, 2] });
  assert.deepEqual(actionOf({ args: ["replay"], flags: { all: true } }), { kind: "replay-all" });
});

Deno.test("actionOf refuses what is not clear", () => {
  const wrong: [string[], Record<string, string | boolean>, RegExp][] = [
    [["remove"], {}, /Cannot use the argument "remove": expected "list", "show ID"/],
    [["list", "1"], {}, /Cannot use the argument "1"/],
    [["list"], { all: true }, /Cannot use --all without replay/],
    [["show"], {}, /Cannot use "show" without exactly one id/],
    [["show", "x"], {}, /Cannot use the id "x": expected a number that "dead-letters" lists/],
    [["replay"], {}, /Cannot use "replay" without saying what/],
    [["replay", "1"], { all: true }, /Cannot use "replay" in several ways at once/],
    [["replay"], { all: true, channel: "slack" }, /in several ways at once/],
  ];
  for (const [args, flags, message] of wrong) {
    assert.throws(
      () => actionOf({ args, flags }),
      (error) => error instanceof UsageError && message.test(error.message),
    );
  }
});

Deno.test("formatDeadLetters cuts reasons to what a line takes", () => {
  const notification = { names: ["A"], status: "firing", receivedAt: "2026-11-22T10:00:00.000Z" };
  const letter = {
    id: 1,
    notificationId: 1,
    channel: "c",
    attempts: 1,
    reason: "x".repeat(500),
    settledAt: null,
    notification,
  };
  const [, line] = stripVTControlCharacters(formatDeadLetters([letter], 0)).split("\n");
  assert.ok(line!.length < 140, line!);
});
