/** A request's body as JSON, or why it is not taken. */

import type { Rejection } from "./metrics.ts";

/** A request that is not taken: what to answer and what to count. */
export class Rejected extends Error {
  override readonly name = "Rejected";
  constructor(
    readonly status: 400 | 413 | 415 | 422 | 503,
    readonly reason: Rejection,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** How much is read. */
export interface BodyLimits {
  /** One body, bytes. */
  readonly bodyBytes: number;
  /** All bodies that are being read at one time, bytes. */
  readonly heldBytes: number;
}

/** Reads bodies. */
export interface BodyReader {
  /**
   * The JSON value of a request. Its head is judged before the first byte of the body is read.
   *
   * @param pieces The body as it comes.
   * @throws {Rejected} when it is not JSON in UTF-8, or too large.
   */
  json(headers: Headers, pieces: AsyncIterable<Uint8Array>): Promise<unknown>;
}

const MIB = 1024 * 1024;

/** Limits that fit a webhook: 10,000 alerts are about 10 MiB. */
export const BODY_LIMITS: BodyLimits = { bodyBytes: 32 * MIB, heldBytes: 128 * MIB };

/** A reader for all requests of one application. */
export function createBodyReader({ bodyBytes, heldBytes }: BodyLimits): BodyReader {
  let held = 0;

  async function bytes(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let length = 0;
    try {
      for await (const piece of pieces) {
        length += piece.length;
        held += piece.length;
        if (length > bodyBytes) throw tooLarge(bodyBytes);
        if (held > heldBytes) throw new Rejected(503, "overloaded", "Too much at a time: try again");
        parts.push(piece);
      }
    } catch (error) {
      if (error instanceof Rejected) throw error;
      throw new Rejected(400, "cut_short", "The body ends before it is complete");
    } finally {
      held -= length;
    }
    return parts.length === 1 ? parts[0]! : joined(parts, length);
  }

  return {
    async json(headers, pieces) {
      judgeHead(headers, bodyBytes);
      const raw = await bytes(pieces);
      if (raw.length < Number(headers.get("content-length") ?? 0)) {
        throw new Rejected(400, "cut_short", "The body ends before it is complete");
      }
      let text: string;
      try {
        text = new TextDecoder("utf-8", { fatal: true }).decode(raw);
      } catch {
        throw new Rejected(400, "not_utf8", "The body is not UTF-8");
      }
      try {
        return JSON.parse(text);
      } catch {
        // The parser's own message quotes the body, which may hold what logs must not.
        throw new Rejected(400, "not_json", "The body is not JSON");
      }
    },
  };
}

function judgeHead(headers: Headers, bodyBytes: number): void {
  const type = headers.get("content-type")?.split(";", 1).join().trim().toLowerCase();
  // Browsers send this type to another site only after asking it, which is refused.
  if (type !== "application/json") {
    throw new Rejected(415, "media_type", "Content-Type must be application/json", {
      accept: "application/json",
    });
  }
  const encoding = headers.get("content-encoding")?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== "identity") {
    throw new Rejected(415, "encoding", "The body must not be compressed", { "accept-encoding": "identity" });
  }
  if (Number(headers.get("content-length") ?? 0) > bodyBytes) throw tooLarge(bodyBytes);
}

function tooLarge(bodyBytes: number): Rejected {
  return new Rejected(413, "too_large", `The body is larger than ${bodyBytes} bytes`);
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
