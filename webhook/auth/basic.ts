/** Basic authentication (RFC 7617) against bcrypt hashes. */

import { Buffer } from "node:buffer";
import { compare } from "bcryptjs";
import type { Clock } from "../clock.ts";
import { blind, isOneOf } from "./digest.ts";

/** An entry of the users' file that cannot be used; the message names it and repeats nothing of it. */
export class BadUsers extends Error {
  override readonly name = "BadUsers";
}

// A cost of 14 takes a second or more of the one thread that also takes alerts.
const HIGHEST_COST = 14;
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
// One check takes about 60 ms; so many may wait.
const LONGEST_QUEUE = 16;
// Of the time, checks take a fifth at most: who guesses passwords shall not keep alerts from being taken.
const PAUSE_FACTOR = 4;
const REFUSED_KEPT = 1_000;

/**
 * Checks credentials. The right ones cost bcrypt's work once, as do wrong ones of a client that keeps sending them; unknown users cost the
 * same as known ones.
 *
 * @param lines `user:hash`, as `htpasswd -B` writes them.
 * @returns what judges the base64 text after `Basic`.
 * @throws {BadUsers}
 */
export function createBasic(
  lines: readonly string[],
  clock: Clock,
): (proof: string) => "refused" | Promise<"allowed" | "refused" | "busy"> | "allowed" {
  const hashes = new Map<string, string>();
  let cost = 4;
  lines.forEach((line, i) => {
    const [user, hash, ...more] = line.split(":");
    const match = BCRYPT.exec(hash ?? "");
    const where = `Cannot use entry ${i + 1} of the users' file`;
    if (!user || !match || more.length > 0) {
      throw new BadUsers(`${where}: expected user:hash with a bcrypt hash, as "htpasswd -B" writes it`);
    }
    if (Number(match[1]) > HIGHEST_COST) {
      throw new BadUsers(`${where}: expected a bcrypt cost of ${HIGHEST_COST} at most, it is ${match[1]}`);
    }
    if (hashes.has(user)) throw new BadUsers(`${where}: an entry before it is for the same user`);
    hashes.set(user, hash!);
    cost = Math.max(cost, Number(match[1]));
  });
  if (hashes.size === 0) return () => "refused";

  // No password has this one.
  const nobody = `$2b$${String(cost).padStart(2, "0")}$${".".repeat(53)}`;
  const allowed = new Map<string, Uint8Array>();
  const refused = new Set<string>();
  let waiting = 0;
  let turn: Promise<void> = Promise.resolve();
  let rest = { untilMs: 0, ms: 0 };

  async function check(user: string, password: string): Promise<boolean> {
    const before = turn;
    const done = Promise.withResolvers<void>();
    turn = done.promise;
    await before;
    try {
      // Never longer than it was meant to be, as when somebody sets the clock back.
      const restMs = Math.min(rest.untilMs - clock.now(), rest.ms);
      if (restMs > 0) await new Promise<void>((resolve) => clock.after(restMs, resolve));
      const beganMs = clock.now();
      const isRight = await compare(password, hashes.get(user) ?? nobody);
      const endedMs = clock.now();
      rest = {
        ms: PAUSE_FACTOR * (endedMs - beganMs),
        untilMs: endedMs + PAUSE_FACTOR * (endedMs - beganMs),
      };
      return isRight && hashes.has(user);
    } finally {
      done.resolve();
    }
  }

  return (proof) => {
    const text = Buffer.from(proof, "base64").toString("utf8");
    const colon = text.indexOf(":");
    if (colon < 0) return "refused";
    const user = text.slice(0, colon);
    const seen = blind(text);
    const known = allowed.get(user);
    if (known && isOneOf(seen, [known])) return "allowed";
    const key = Buffer.from(seen).toString("hex");
    if (refused.has(key)) return "refused";
    if (waiting >= LONGEST_QUEUE) return Promise.resolve("busy");
    waiting++;
    return check(user, text.slice(colon + 1)).then((isRight) => {
      if (isRight) allowed.set(user, seen);
      else {
        refused.add(key);
        if (refused.size > REFUSED_KEPT) refused.delete(refused.values().next().value!);
      }
      return isRight ? "allowed" : "refused";
    }).finally(() => waiting--);
  };
}
