import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { createHmac } from "node:crypto";
import { hashSync } from "bcryptjs";
import { Webhook } from "standardwebhooks";
import { createFakeClock } from "../testing/fake_clock.ts";
import { BadUsers, createAuth, type Credentials } from "./mod.ts";

const NONE: Credentials = { bearers: [], users: [], hmacs: [] };
const BODY = new TextEncoder().encode('{"alerts":[]}');
const clock = createFakeClock();
const seconds = (ms = clock.now()) => String(Math.floor(ms / 1_000));

function judge(credentials: Partial<Credentials>) {
  const auth = createAuth({ ...NONE, ...credentials }, clock);
  return (headers: Record<string, string>, mayBeSigned = true) =>
    auth.judge(new Map(Object.entries(headers)), mayBeSigned);
}

const basic = (text: string) => ({ authorization: `Basic ${btoa(text)}` });

Deno.test("createAuth lets everybody in when it has no credentials", () => {
  equal(judge({})({}), "allowed");
  equal(createAuth(NONE).challenge, "");
});

Deno.test("createAuth takes any of several bearer tokens", () => {
  const ask = judge({ bearers: ["old-token", "new-token"] });
  equal(ask({ authorization: "Bearer old-token" }), "allowed");
  equal(ask({ authorization: "bearer  new-token" }), "allowed");
  for (
    const authorization of [
      "",
      "Bearer",
      "Bearer ",
      "Bearer old",
      "Bearer old-tokenx",
      "Bearer old-token new-token",
      "Basic old-token",
      "old-token",
      "Bearer undefined",
    ]
  ) equal(ask({ authorization }), "refused", authorization);
  equal(ask({}), "refused");
});

Deno.test("createAuth takes users by their bcrypt hashes, of each kind", async () => {
  const hash = hashSync("pass:wörd", 4);
  const users = [
    `ann:${hash}`,
    `bob:${hash.replace("$2b$", "$2y$")}`,
    `cid:${hash.replace("$2b$", "$2a$")}`,
  ];
  const ask = judge({ users });
  const proof = (user: string, password: string) => ({
    authorization: `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${user}:${password}`)))}`,
  });
  for (const user of ["ann", "bob", "cid"]) {
    equal(await ask(proof(user, "pass:wörd")), "allowed", user);
    equal(await ask(proof(user, "pass:word")), "refused", user);
  }
  for (const text of ["ann:", ":pass:wörd", "ann", "", ":", "__proto__:x", "eve:pass:wörd"]) {
    equal(await ask(basic(encodeURIComponent(text))), "refused", text);
  }
  equal(await ask({ authorization: "Basic !!!" }), "refused");
});

Deno.test("createAuth works once for credentials that come again, right or wrong", async () => {
  const ask = judge({ users: [`ann:${hashSync("right", 4)}`] });
  ok(ask(basic("ann:right")) instanceof Promise, "It is checked");
  equal(await ask(basic("ann:right")), "allowed");
  equal(ask(basic("ann:right")), "allowed", "without another check");
  equal(await ask(basic("ann:wrong")), "refused");
  equal(ask(basic("ann:wrong")), "refused", "without another check");
  equal(ask(basic("ann:right")), "allowed");
  ok(ask(basic("ann:another")) instanceof Promise);
});

Deno.test("createAuth works as much for users that it does not know", async () => {
  const ask = judge({ users: [`ann:${hashSync("right", 10)}`] });
  const took = async (text: string) => {
    const beganMs = performance.now();
    equal(await ask(basic(text)), "refused");
    return performance.now() - beganMs;
  };
  const known = Math.min(await took("ann:1"), await took("ann:2"), await took("ann:3"));
  const unknown = Math.min(await took("eve:1"), await took("eve:2"), await took("eve:3"));
  ok(unknown > known / 3, `${unknown} ms for an unknown user, ${known} ms for a known one`);
});

Deno.test("createAuth rests after a check four times as long as it took, whatever is done to the clock", async () => {
  const rests: number[] = [];
  let [nowMs, stepMs] = [1_000_000, 10];
  const ticking = {
    now: () => nowMs += stepMs,
    after(ms: number, action: () => void) {
      rests.push(ms);
      action();
      return () => {};
    },
  };
  const auth = createAuth({ ...NONE, users: [`ann:${hashSync("right", 4)}`] }, ticking);
  const ask = (text: string) => auth.judge(new Map(Object.entries(basic(text))), false);
  equal(await ask("ann:1"), "refused");
  equal(await ask("ann:2"), "refused");
  [nowMs, stepMs] = [0, 1];
  equal(await ask("ann:3"), "refused");
  deepEqual(rests, [30, 40]);
});

Deno.test("createAuth checks one password at a time, and says when too many wait", async () => {
  const ask = judge({ users: [`ann:${hashSync("right", 4)}`] });
  const verdicts = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(basic(`ann:${i}`))));
  deepEqual(verdicts, [...Array(16).fill("refused"), ...Array(4).fill("busy")]);
  equal(await ask(basic("ann:right")), "allowed");
});

Deno.test("createAuth names the entry of users that it cannot use, and repeats nothing of it", () => {
  const good = `ann:${hashSync("x", 4)}`;
  for (
    const [users, message] of [
      [[good, "bob:s3cret"], /entry 2 .* expected user:hash with a bcrypt hash/],
      [["s3cret"], /entry 1 .* expected user:hash/],
      [[`${good}:more`], /entry 1 /],
      [[good.replace("ann", "")], /entry 1 /],
      [[`bob:$apr1$s3cret`], /entry 1 /],
      [[good, good], /entry 2 .* an entry before it is for the same user/],
      [[good.replace("$04$", "$15$")], /entry 1 .*a bcrypt cost of 14 at most, it is 15/],
    ] as const
  ) {
    throws(() => judge({ users }), (error) => {
      ok(error instanceof BadUsers);
      match(error.message, message);
      return !error.message.includes("s3cret");
    });
  }
});

/** Whether a request with those headers and BODY is taken. */
function isTaken(verdict: ReturnType<ReturnType<typeof judge>>, body = BODY): boolean {
  return typeof verdict === "object" && "verify" in verdict && verdict.verify(body);
}

Deno.test("createAuth takes what Grafana signs, with and without a timestamp", () => {
  const ask = judge({ hmacs: ["other", "key"] });
  const hex = (text: string, key = "key") =>
    createHmac("sha256", key).update(text).update(BODY).digest("hex");
  const signed = (signature: string, timestamp?: string) =>
    ask({
      "x-grafana-alerting-signature": signature,
      ...timestamp === undefined ? {} : { "x-grafana-alerting-timestamp": timestamp },
    });
  ok(isTaken(signed(hex(""))));
  ok(isTaken(signed(hex("").toUpperCase())));
  ok(isTaken(signed(hex(`${seconds()}:`), seconds())));
  ok(!isTaken(signed(hex("")), BODY.subarray(1)), "another body");
  ok(!isTaken(signed(hex("", "wrong"))), "another key");
  ok(!isTaken(signed(hex(`${seconds()}:`))), "its timestamp left out");
  ok(!isTaken(signed(hex(""), seconds())), "a timestamp put in");
  const old = seconds(clock.now() - 301_000);
  equal(signed(hex(`${old}:`), old), "refused", "too old");
  const early = seconds(clock.now() + 301_000);
  equal(signed(hex(`${early}:`), early), "refused", "from the future");
  for (const bad of ["", "xyz", hex("").slice(1), `${hex("")}00`]) equal(signed(bad), "refused", bad);
});

Deno.test("createAuth takes what Standard Webhooks' own library signs", () => {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const text = new TextDecoder().decode(BODY);
  const headers = (id: string, ms: number, key = secret) => ({
    "webhook-id": id,
    "webhook-timestamp": seconds(ms),
    "webhook-signature": new Webhook(key).sign(id, new Date(ms), text),
  });
  for (const configured of [secret, secret.slice(6)]) {
    const ask = judge({ hmacs: ["other", configured] });
    const good = headers("msg_1", clock.now());
    ok(isTaken(ask(good)));
    ok(isTaken(ask({ ...good, "webhook-signature": `v1a,abc ${good["webhook-signature"]}` })));
    ok(!isTaken(ask({ ...good, "webhook-id": "msg_2" })));
    ok(!isTaken(ask({ ...good, "webhook-timestamp": seconds(clock.now() + 1_000) })));
    ok(!isTaken(ask(good), BODY.subarray(1)));
    ok(!isTaken(ask(headers("msg_1", clock.now(), "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"))));
    equal(ask(headers("msg_1", clock.now() - 301_000)), "refused");
    for (const name of ["webhook-id", "webhook-timestamp", "webhook-signature"]) {
      equal(ask({ ...good, [name]: "" }), "refused", name);
    }
    equal(ask({ ...good, "webhook-signature": "v1,short" }), "refused");
    equal(ask(good, false), "refused", "where nothing but the body would be signed");
  }
});

Deno.test("createAuth takes any of the ways that it has credentials for, and says which", async () => {
  const credentials = { bearers: ["token"], users: [`ann:${hashSync("right", 4)}`], hmacs: ["key"] };
  const ask = judge(credentials);
  equal(ask({ authorization: "Bearer token" }), "allowed");
  equal(await ask(basic("ann:right")), "allowed");
  const signature = createHmac("sha256", "key").update(BODY).digest("hex");
  ok(isTaken(ask({ "x-grafana-alerting-signature": signature })));
  equal(ask({}), "refused");
  equal(
    createAuth(credentials, clock).challenge,
    'Bearer realm="webhook", Basic realm="webhook", charset="UTF-8", Signature realm="webhook"',
  );
});
