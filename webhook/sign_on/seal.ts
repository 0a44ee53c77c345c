/** What a browser holds for a while without being able to read or change it. */

import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { Buffer } from "node:buffer";

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Seals and opens: AES-256-GCM with a key that only this process has. */
export interface Seal {
  close(value: unknown): string;
  /** @returns undefined when it was not closed by this seal. */
  open(text: string): unknown;
}

/** A new seal. */
export function createSeal(): Seal {
  const key = randomBytes(32);
  return {
    close(value) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, iv);
      const sealed = [cipher.update(JSON.stringify(value), "utf8"), cipher.final()];
      return Buffer.concat([iv, ...sealed, cipher.getAuthTag()]).toString("base64url");
    },
    open(text) {
      const bytes = Buffer.from(text, "base64url");
      if (bytes.length < IV_BYTES + TAG_BYTES) return undefined;
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES));
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
        const opened = [
          decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)),
          decipher.final(),
        ];
        return JSON.parse(Buffer.concat(opened).toString("utf8"));
      } catch {
        // Somebody else's, changed, or of the process before.
        return undefined;
      }
    },
  };
}
