/** Bodies that their sender has signed by HMAC-SHA256. */

import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import type { HeaderLookup } from "../http/body.ts";
import { blind, isOneOf } from "./digest.ts";
import type { Signed } from "./mod.ts";

// As Standard Webhooks has it: what is older may be somebody's copy.
const TOLERANCE_MS = 5 * 60_000;

/**
 * Understands two ways to sign:
 *
 * - Grafana's: `X-Grafana-Alerting-Signature`, hexadecimal, over the body; with `X-Grafana-Alerting-Timestamp` (seconds since 1970), over
 *   `timestamp:body`. Source: `http/hmac.go` of grafana/alerting.
 * - Standard Webhooks: `webhook-id`, `webhook-timestamp` and `webhook-signature: v1,<base64>` over `id.timestamp.body`, several with spaces
 *   between them. Source: https://www.standardwebhooks.com.
 *
 * @param secrets Each of them good; `whsec_…` and other base64 may stand for bytes.
 * @returns undefined when a request has no signature, or one that is too old.
 */
export function createSignatures(
  secrets: readonly string[],
  now: () => number,
): (headers: HeaderLookup) => Signed | undefined {
  const keys = secrets.flatMap(keysOf);
  const isFresh = (seconds: string) =>
    /^\d{1,12}$/.test(seconds) && Math.abs(now() - Number(seconds) * 1_000) <= TOLERANCE_MS;

  /** Whether one of the keys gives one of `signatures` over `before` and the body. */
  function over(before: string, signatures: readonly Uint8Array[]): Signed {
    const claimed = signatures.map(blind);
    return {
      verify: (body) =>
        keys.map((key) =>
          isOneOf(blind(createHmac("sha256", key).update(before).update(body).digest()), claimed)
        )
          .some(Boolean),
    };
  }

  return (headers) => {
    if (keys.length === 0) return undefined;
    const hex = headers.get("x-grafana-alerting-signature");
    if (hex && /^[0-9a-f]{64}$/i.test(hex)) {
      const timestamp = headers.get("x-grafana-alerting-timestamp");
      if (timestamp && !isFresh(timestamp)) return undefined;
      return over(timestamp ? `${timestamp}:` : "", [Buffer.from(hex, "hex")]);
    }
    const [id, timestamp, list] = ["id", "timestamp", "signature"].map((name) =>
      headers.get(`webhook-${name}`)
    );
    if (!id || !timestamp || !list || !isFresh(timestamp)) return undefined;
    const signatures = list.split(" ").flatMap((one) => {
      const [, base64] = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(one) ?? [];
      return base64 === undefined ? [] : [bytesOf(base64)];
    });
    return signatures.length > 0 ? over(`${id}.${timestamp}.`, signatures) : undefined;
  };
}

/** A secret as text, and as the bytes that it may stand for. */
function keysOf(secret: string): Uint8Array[] {
  const text = new TextEncoder().encode(secret);
  const base64 = secret.replace(/^whsec_/, "");
  if (!/^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)) return [text];
  return [text, bytesOf(base64)];
}

function bytesOf(base64: string): Uint8Array {
  return Buffer.from(base64, "base64");
}
