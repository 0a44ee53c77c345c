/** Random values that stand for somebody, and what is derived from them. */

import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** 256 bits from the system's generator, safe in a cookie and in a URL. */
export function makeToken(): string {
  return randomBytes(32).toString("base64url");
}

/** Whether `text` has the form of a token. */
export function isToken(text: string): boolean {
  return /^[\w-]{43}$/.test(text);
}

/** What is kept of a token. It is random, so that no salt and no slow hash is needed: nobody finds it by trying. */
export function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

/** What only somebody who has `token` can say about `text`. */
export function proofOf(token: string, text: string): string {
  return createHmac("sha256", token).update(text).digest("base64url");
}

/** Whether two texts are the same, in a time that does not tell where they differ. */
export function isSame(a: string, b: string): boolean {
  const [first, second] = [a, b].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(first!, second!);
}
