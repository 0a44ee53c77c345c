/** Comparing secrets so that the time it takes tells nothing of them. */

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

// Known to this process only: whoever reads a digest of a secret, or times its comparison, learns nothing of the secret.
const KEY = randomBytes(32);

/** What stands for a secret in comparisons; always as long. */
export function blind(secret: string | Uint8Array): Uint8Array {
  return createHmac("sha256", KEY).update(secret).digest();
}

/** Whether `found` is one of `wanted`; all of them are compared, whatever comes out. */
export function isOneOf(found: Uint8Array, wanted: readonly Uint8Array[]): boolean {
  let yes = false;
  for (const one of wanted) if (one.length === found.length && timingSafeEqual(one, found)) yes = true;
  return yes;
}
