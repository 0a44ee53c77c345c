/** Bearer tokens (RFC 6750). */

import { blind, isOneOf } from "./digest.ts";

/** @param tokens Each of them good, so that one can be rotated. @returns whether a token is one of them. */
export function createBearer(tokens: readonly string[]): (token: string) => boolean {
  const wanted = tokens.map(blind);
  return (token) => wanted.length > 0 && isOneOf(blind(token), wanted);
}
