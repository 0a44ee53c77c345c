/**
 * Bytes of a connection → requests, strictly: what servers have been seen to disagree on is refused, never guessed (RFC 9112, 11.2).
 *
 * No library: the one for this, http-parser-js, loops for ever on a chunk of length -5, takes bare line feeds and "0x10" for a length, and
 * Node's own parser comes only with Node's server.
 */

import { parseHead } from "./head.ts";

/** A request that cannot be understood, and the status to answer. */
export class BadRequest extends Error {
  override readonly name = "BadRequest";
  constructor(message: string, readonly status: 400 | 408 | 431 | 501 | 505 = 400) {
    super(message);
  }
}

/** The head of a request; its body is read separately. */
export interface Head {
  readonly method: string;
  /** As it came: a path with its query, or an absolute URL. */
  readonly target: string;
  /** The path in it as it came, percent-encoded and without its query. */
  readonly path: string;
  /** By name in lower case; several of one name joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  /** Of the body, bytes; undefined when it comes in chunks. */
  readonly length: number | undefined;
  readonly keepAlive: boolean;
  /** Whether the client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
}

/** Reads the requests of one connection, one after another. */
export interface RequestReader {
  /** Where to put the next bytes. */
  space(): Uint8Array;
  /** Takes the first `count` bytes of what `space` gave. */
  filled(count: number): void;
  /** Goes on to the next request once its head is complete; the body before it must be. @throws {BadRequest} */
  next(): Head | undefined;
  /** What has come of the body since the last call; undefined when nothing has. @throws {BadRequest} */
  takeBody(): Uint8Array | undefined;
  /**
   * The whole body, when it has come and has no chunks; otherwise undefined, and nothing is taken. It is where it was read to: what is read
   * next may take its place.
   */
  takeWhole(): Uint8Array | undefined;
  /** Whether the whole body has come, and has no chunks. */
  hasWhole(): boolean;
  /** Whether the whole body was taken. */
  bodyComplete(): boolean;
  /** Whether there are bytes that nobody has taken. */
  hasMore(): boolean;
}

const HEAD_BYTES = 16 * 1024;
const SMALLEST_BUFFER = 8 * 1024;
const LARGEST_BUFFER = 64 * 1024;
// A chunk's length in hexadecimal and its extensions, which nobody uses.
const CHUNK_LINE_BYTES = 256;
const CHUNK_LINE = /^([0-9a-f]{1,8})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/i;
const [CR, LF] = [13, 10];

/** What is expected next. `size`: a chunk's length; `end`: the line end after a chunk's data. */
type State = "head" | "sized" | "size" | "chunk" | "end" | "trailers";

/** A reader of one connection. */
export function createRequestReader(): RequestReader {
  let buffer = new Uint8Array(SMALLEST_BUFFER);
  let [start, end] = [0, 0];
  // How far the end of the head was looked for already, so that a head that comes byte by byte is not read again and again.
  let searched = 0;
  let state: State = "head";
  let left = 0;
  let trailerBytes = 0;
  // The head before, and its bytes: most clients send the same one again and again.
  let head: Head | undefined;
  let headBytes = new Uint8Array();

  /** Whether the head before has come once more. */
  function isSameHead(): boolean {
    const { length } = headBytes;
    if (head === undefined || end - start < length) return false;
    // Where heads differ, they differ near their end: in the length of the body.
    for (let i = length - 1; i >= 0; i--) if (buffer[start + i] !== headBytes[i]) return false;
    return true;
  }

  function textOf(from: number, to: number): string {
    return String.fromCharCode.apply(null, buffer.subarray(from, to) as unknown as number[]);
  }

  /** Where the empty line begins that ends the head; undefined while it has not come. */
  function endOfHead(): number | undefined {
    const at = findEmptyLine(buffer, start, Math.max(start, searched), end);
    if ((at < 0 ? end : at) - start > HEAD_BYTES) throw new BadRequest("Head too large", 431);
    if (at >= 0) return at;
    searched = end;
    return undefined;
  }

  /** The line that begins at `start`, which moves past it; undefined while its end has not come. */
  function line(longest: number): string | undefined {
    const at = buffer.subarray(start, end).indexOf(LF);
    if (at > longest || (at < 0 && end - start > longest)) {
      throw new BadRequest("A line of the body's framing is too long");
    }
    if (at < 0) return undefined;
    if (at === 0 || buffer[start + at - 1] !== CR) throw new BadRequest("A line does not end with CR LF");
    const text = textOf(start, start + at - 1);
    start += at + 1;
    return text;
  }

  function hasWhole(): boolean {
    return state === "head" || (state === "sized" && end - start >= left);
  }

  /** Copies what has come of `left` bytes. */
  function data(): Uint8Array | undefined {
    const count = Math.min(left, end - start);
    if (count === 0) return undefined;
    const piece = buffer.slice(start, start + count);
    start += count;
    left -= count;
    return piece;
  }

  /** Steps over framing until there is data to take, nothing is left to read, or the body is complete. */
  function unchunk(): void {
    for (;;) {
      if (state === "size") {
        const text = line(CHUNK_LINE_BYTES);
        if (text === undefined) return;
        const size = CHUNK_LINE.exec(text);
        if (!size) throw new BadRequest("A chunk's length is not valid");
        left = parseInt(size[1]!, 16);
        state = left === 0 ? "trailers" : "chunk";
        trailerBytes = 0;
      } else if (state === "end") {
        const text = line(CHUNK_LINE_BYTES);
        if (text === undefined) return;
        if (text !== "") throw new BadRequest("A chunk is longer than its length");
        state = "size";
      } else if (state === "trailers") {
        const text = line(HEAD_BYTES);
        if (text === undefined) return;
        if (text === "") state = "head";
        trailerBytes += text.length;
        if (trailerBytes > HEAD_BYTES) throw new BadRequest("Trailers too large", 431);
      } else return;
    }
  }

  return {
    space() {
      if (start === end) start = end = searched = 0;
      if (end === buffer.length && start > 0) {
        buffer.copyWithin(0, start, end);
        [start, end, searched] = [0, end - start, Math.max(0, searched - start)];
      }
      if (end === buffer.length) {
        const larger = new Uint8Array(buffer.length * 2);
        larger.set(buffer);
        buffer = larger;
      }
      return buffer.subarray(end);
    },
    filled(count) {
      end += count;
      // A client that has much to say is read in larger pieces.
      if (start === 0 && end === buffer.length && buffer.length < LARGEST_BUFFER) {
        const larger = new Uint8Array(buffer.length * 2);
        larger.set(buffer);
        buffer = larger;
      }
    },
    next() {
      // Line ends before a request are left over from the one before (RFC 9112, 2.2).
      while (end - start >= 2 && buffer[start] === CR && buffer[start + 1] === LF) start += 2;
      if (!isSameHead()) {
        const at = endOfHead();
        if (at === undefined) return undefined;
        head = parseHead(textOf(start, at));
        headBytes = buffer.slice(start, at + 4);
      }
      start += headBytes.length;
      searched = 0;
      left = head!.length ?? 0;
      state = head!.length === undefined ? "size" : left > 0 ? "sized" : "head";
      return head;
    },
    takeBody() {
      if (state === "sized") {
        const piece = data();
        if (left === 0) state = "head";
        return piece;
      }
      unchunk();
      if (state !== "chunk") return undefined;
      const piece = data();
      if (left === 0) state = "end";
      unchunk();
      return piece;
    },
    hasWhole,
    takeWhole() {
      if (state === "head") return new Uint8Array();
      if (!hasWhole()) return undefined;
      state = "head";
      start += left;
      return buffer.subarray(start - left, start);
    },
    bodyComplete: () => state === "head",
    hasMore: () => end > start,
  };
}

/** Where CR LF CR LF begins; -1 when it has not come. @throws {BadRequest} on a line end of another kind. */
function findEmptyLine(bytes: Uint8Array, start: number, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    if (bytes[at] !== LF) continue;
    if (at === start || bytes[at - 1] !== CR) throw new BadRequest("A line does not end with CR LF");
    if (at >= start + 3 && bytes[at - 2] === LF) return at - 3;
  }
  return -1;
}
