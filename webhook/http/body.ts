/** A request's body, whole and inflated, or why it is not taken. */

import { isUtf8 } from "node:buffer";
import type { IncomingBody } from "./answer.ts";
import { inflate, NotGzip } from "./inflate.ts";
import { Rejected, type Unreadable } from "./rejected.ts";

/** How much is read. */
export interface BodyLimits {
  /** One body as it comes, bytes. */
  readonly bodyBytes: number;
  /** One body after it was inflated, bytes. */
  readonly inflatedBytes: number;
  /** All bodies that are being worked on at one time, bytes. */
  readonly heldBytes: number;
}

/** The part of `Headers` that is needed; a Map of headers by their names in lower case has it too. */
export interface HeaderLookup {
  get(name: string): string | null | undefined;
}

/** A body that was read. */
export interface ReadBody {
  /** As it came. */
  readonly raw: Uint8Array;
  /** Inflated when it came compressed. @throws {Rejected} when it cannot be. */
  inflated(): Uint8Array | Promise<Uint8Array>;
  /** Says that the body is not needed any more. */
  release(): void;
}

/** Reads bodies, and minds that they are not too many. */
export interface BodyReader {
  /** Judges a request by its head alone, before the first byte of its body is read. @throws {Rejected} */
  judge(headers: HeaderLookup): void;
  /**
   * Reads the body of a request that was judged. Whoever gets it releases it.
   *
   * @throws {Rejected} when it ends early, or is too large.
   */
  read(headers: HeaderLookup, body: IncomingBody): ReadBody | Promise<ReadBody>;
}

/** A reader for all requests of one application. @param limits As they are now. */
export function createBodyReader(limits: () => BodyLimits): BodyReader {
  let held = 0;

  function hold(bytes: number): void {
    if (held + bytes > limits().heldBytes) {
      throw new Rejected(503, "overloaded", "Too much at a time: try again");
    }
    held += bytes;
  }

  function taken(headers: HeaderLookup, raw: Uint8Array): ReadBody {
    let own = raw.length;
    return {
      raw,
      inflated: () => isGzip(headers) ? inflated(raw) : raw,
      release() {
        held -= own;
        own = 0;
      },
    };

    async function inflated(raw: Uint8Array): Promise<Uint8Array> {
      const { inflatedBytes } = limits();
      const parts: Uint8Array[] = [];
      let length = 0;
      try {
        for await (const part of inflate(raw)) {
          length += part.length;
          if (length > inflatedBytes) throw tooLarge(inflatedBytes, " when it is inflated");
          hold(part.length);
          own += part.length;
          parts.push(part);
        }
      } catch (error) {
        if (!(error instanceof NotGzip)) throw error;
        throw new Rejected(400, "encoding", "The body is not gzip, or cut short", {}, {
          body: raw,
          bytes: raw.length,
        });
      }
      return joined(parts, length);
    }
  }

  async function collect(body: IncomingBody): Promise<Uint8Array> {
    const { bodyBytes } = limits();
    const parts: Uint8Array[] = [];
    let length = 0;
    try {
      for await (const piece of body) {
        if (length + piece.length > bodyBytes) throw tooLarge(bodyBytes);
        hold(piece.length);
        length += piece.length;
        parts.push(piece);
      }
      return joined(parts, length);
    } catch (error) {
      held -= length;
      if (error instanceof Rejected) throw error;
      throw cutShort({ body: joined(parts, length), bytes: length });
    }
  }

  return {
    judge(headers) {
      const type = headers.get("content-type");
      // Browsers send this type to another site only after asking it, which is refused.
      if (type !== "application/json" && essenceOf(type ?? "") !== "application/json") {
        throw new Rejected(415, "media_type", "Content-Type must be application/json", {
          accept: "application/json",
        });
      }
      const encoding = headers.get("content-encoding")?.trim().toLowerCase();
      if (encoding && encoding !== "identity" && encoding !== "gzip" && encoding !== "x-gzip") {
        throw new Rejected(415, "encoding", "Content-Encoding must be gzip or identity", {
          "accept-encoding": "gzip, identity",
        });
      }
      const { bodyBytes } = limits();
      if (Number(headers.get("content-length") ?? 0) > bodyBytes) throw tooLarge(bodyBytes);
    },
    read(headers, body) {
      const announced = Number(headers.get("content-length") ?? 0);
      const whole = body.whole();
      if (whole) {
        hold(whole.length);
        return taken(headers, whole);
      }
      return collect(body).then((raw) => {
        if (raw.length >= announced) return taken(headers, raw);
        held -= raw.length;
        throw cutShort({ body: raw, bytes: raw.length });
      });
    },
  };
}

const utf8 = new TextDecoder("utf-8");

/** @throws {Rejected} when `bytes` are not JSON in UTF-8. */
export function parseJson(bytes: Uint8Array): unknown {
  // A decoder that refuses what is not UTF-8 takes twice as long.
  if (!isUtf8(bytes)) {
    throw new Rejected(400, "not_utf8", "The body is not UTF-8", {}, { body: bytes, bytes: bytes.length });
  }
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    // The parser's own message quotes the body, which may hold what logs must not.
    throw new Rejected(400, "not_json", "The body is not JSON", {}, { body: bytes, bytes: bytes.length });
  }
}

/** A media type without its parameters. */
function essenceOf(type: string): string {
  return type.replace(/;.*/s, "").trim().toLowerCase();
}

function isGzip(headers: HeaderLookup): boolean {
  const encoding = headers.get("content-encoding");
  return !!encoding && /gzip/i.test(encoding);
}

function cutShort(unreadable: Unreadable): Rejected {
  return new Rejected(400, "cut_short", "The body ends before it is complete", {}, unreadable);
}

function tooLarge(bytes: number, when = ""): Rejected {
  return new Rejected(413, "too_large", `The body is larger than ${bytes} bytes${when}`);
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
