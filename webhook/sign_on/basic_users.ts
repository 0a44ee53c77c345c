/** Machines that sign in with each request: Basic authentication (RFC 7617). */

import { Buffer } from "node:buffer";
import { createHmac, randomBytes } from "node:crypto";
import type { Judge, Judgment } from "./judge.ts";
import { standingOf } from "./judge.ts";
import type { SignOnSettings } from "./settings.ts";

/** Checks credentials; the right ones are known for a while, so that not each request asks the directory. */
export type BasicUsers = (
  settings: SignOnSettings,
  authorization: string,
  address: string,
) => Promise<(Judgment & { readonly user: string; readonly fresh: boolean }) | undefined>;

const KNOWN_MS = 60_000;
const MOST_KNOWN = 1_000;

/** @param now Milliseconds since 1970. */
export function createBasicUsers(judge: Judge, now: () => number): BasicUsers {
  const key = randomBytes(32);
  const known = new Map<
    string,
    { judgment: Judgment & { result: "in" }; untilMs: number; standing: string }
  >();

  return async (settings, authorization, address) => {
    const proof = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization)?.[1];
    if (proof === undefined) return undefined;
    const text = Buffer.from(proof, "base64").toString("utf8");
    const colon = text.indexOf(":");
    if (colon < 0) return undefined;
    const user = text.slice(0, colon);
    const seen = createHmac("sha256", key).update(text).digest("base64url");
    const found = known.get(seen);
    if (found && now() < found.untilMs && standingOf(found.judgment.identity, settings) === found.standing) {
      return { ...found.judgment, user, fresh: false };
    }
    known.delete(seen);
    const judgment = await judge(settings, { user, password: text.slice(colon + 1), address });
    if (judgment.result === "in") {
      const standing = standingOf(judgment.identity, settings)!;
      known.set(seen, { judgment, untilMs: now() + KNOWN_MS, standing });
      if (known.size > MOST_KNOWN) known.delete(known.keys().next().value!);
    }
    return { ...judgment, user, fresh: true };
  };
}
