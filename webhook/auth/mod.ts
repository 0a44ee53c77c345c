/** Who may post and ask. */

import { type Clock, systemClock } from "../clock.ts";
import type { HeaderLookup } from "../http/body.ts";
import { createBasic } from "./basic.ts";
import { createBearer } from "./bearer.ts";
import { createSignatures } from "./signature.ts";

/** Secrets that clients prove themselves with; without any everybody may. */
export interface Credentials {
  /** Bearer tokens, each of them good. */
  readonly bearers: readonly string[];
  /** Lines `user:hash`, the hash bcrypt's. */
  readonly users: readonly string[];
  /** Keys of HMAC-SHA256, each of them good. */
  readonly hmacs: readonly string[];
}

/** What a head says about its sender. `signed`: it depends on the body. `busy`: passwords are being checked, come again. */
export type Verdict = "allowed" | "refused" | "busy" | Signed;

/** A signature that is to be compared with the body. */
export interface Signed {
  /** @param body As it came, before it is inflated. */
  verify(body: Uint8Array): boolean;
}

/** Judges requests. */
export interface Auth {
  /** Judges by the head alone. Whether the body is signed counts only where `mayBeSigned`, as nothing else of the request is. */
  judge(headers: HeaderLookup, mayBeSigned: boolean): Verdict | Promise<Verdict>;
  /** What `WWW-Authenticate` says to who was refused (RFC 9110, 11.6.1). */
  readonly challenge: string;
}

export { BadUsers } from "./basic.ts";

/**
 * A judge that asks for one of `credentials`, whichever the client has; one that lets everybody in without any.
 *
 * @throws {BadUsers} when an entry of `users` cannot be used.
 */
export function createAuth({ bearers, users, hmacs }: Credentials, clock: Clock = systemClock): Auth {
  const bearer = createBearer(bearers);
  const basic = createBasic(users, clock);
  const signatures = createSignatures(hmacs, clock.now);
  const challenge = [
    bearers.length > 0 ? 'Bearer realm="webhook"' : [],
    users.length > 0 ? 'Basic realm="webhook", charset="UTF-8"' : [],
    // There is no registered scheme for a signed body, and the header must not be left out.
    hmacs.length > 0 ? 'Signature realm="webhook"' : [],
  ].flat().join(", ");
  if (challenge === "") return { judge: () => "allowed", challenge };
  return {
    challenge,
    judge(headers, mayBeSigned) {
      const authorization = headers.get("authorization");
      const [, scheme, proof] = /^([A-Za-z]+) +([^ ]+) *$/.exec(authorization ?? "") ?? [];
      const kind = scheme?.toLowerCase();
      if (kind === "bearer" && bearer(proof!)) return "allowed";
      const signed = mayBeSigned ? signatures(headers) : undefined;
      if (signed) return signed;
      return kind === "basic" ? basic(proof!) : "refused";
    },
  };
}
