/** Bytes of a connection → requests. The one door to the HTTP parser. */

import { Buffer } from "node:buffer";
import { HTTPParser } from "http-parser-js";

/** A request that cannot be understood, and the status to answer. */
export class BadRequest extends Error {
  override readonly name = "BadRequest";
  constructor(message: string, readonly status = 400) {
    super(message);
  }
}

/** The head of a request; its body is read separately. */
export interface Head {
  /** Method, URL and headers; never a body. */
  readonly request: Request;
  readonly keepAlive: boolean;
  /** Whether the client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
}

/** Reads requests; the methods but `push` are about the oldest request that `next` has not gone past. */
export interface RequestReader {
  /** Takes bytes as they came; they may be overwritten afterwards. @throws {BadRequest} */
  push(bytes: Uint8Array): void;
  /** Goes on to the next request whose head is complete, if there is one. */
  next(): Head | undefined;
  /** The pieces of the body that came since the last call. */
  takeBody(): Uint8Array[];
  /** Whether the whole body has come and was taken. */
  bodyComplete(): boolean;
}

interface Message {
  readonly head: Head;
  pieces: Uint8Array[];
  complete: boolean;
}

const HEAD_BYTES = 16 * 1024;
const METHODS = HTTPParser.methods;

/** A reader of one connection. */
export function createRequestReader(): RequestReader {
  // A client that does not wait for answers may send several requests in one piece.
  const queue: Message[] = [];
  let current: Message | undefined;
  const newest = () => queue.at(-1) ?? current!;
  const parser = new HTTPParser(HTTPParser.REQUEST);
  parser.maxHeaderSize = HEAD_BYTES;
  parser[HTTPParser.kOnHeadersComplete] = (info) => {
    queue.push({ head: readHead(info), pieces: [], complete: false });
  };
  parser[HTTPParser.kOnBody] = (piece, offset, length) => {
    newest().pieces.push(Uint8Array.from(piece.subarray(offset, offset + length)));
  };
  parser[HTTPParser.kOnMessageComplete] = () => {
    newest().complete = true;
  };
  return {
    push(bytes) {
      let result: number | Error;
      try {
        result = parser.execute(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      } catch (error) {
        if (error instanceof BadRequest) throw error;
        result = error as Error;
      }
      if (typeof result === "number") return;
      if (result.message === "max header size exceeded") throw new BadRequest("Head too large", 431);
      throw new BadRequest("Not an HTTP/1.1 request");
    },
    next() {
      if (queue.length === 0) return undefined;
      current = queue.shift()!;
      return current.head;
    },
    takeBody() {
      const pieces = current!.pieces;
      current!.pieces = [];
      return pieces;
    },
    bodyComplete: () => current!.complete && current!.pieces.length === 0,
  };
}

interface Info {
  readonly versionMajor: number;
  readonly versionMinor: number;
  readonly headers: string[];
  readonly method: number;
  readonly url: string;
  readonly upgrade: boolean;
  readonly shouldKeepAlive: boolean;
}

/** Refuses what servers have been seen to disagree on (RFC 9112, 6.3 and 11.2). */
function readHead(info: Info): Head {
  const headers = new Headers();
  try {
    for (let i = 0; i < info.headers.length; i += 2) headers.append(info.headers[i]!, info.headers[i + 1]!);
  } catch {
    throw new BadRequest("A header is not valid");
  }
  if (info.versionMajor !== 1) throw new BadRequest("Only HTTP/1.1 is spoken here", 505);
  const length = headers.get("content-length");
  const encoding = headers.get("transfer-encoding");
  if (length !== null && !/^\d{1,15}$/.test(length)) throw new BadRequest("Content-Length is not valid");
  if (encoding !== null && encoding.toLowerCase() !== "chunked") {
    throw new BadRequest("Only chunked is understood as Transfer-Encoding", 501);
  }
  if (length !== null && encoding !== null) throw new BadRequest("Both Content-Length and Transfer-Encoding");
  // The parser takes a chunked body for the next request when another protocol is asked for.
  if (info.upgrade && encoding !== null) throw new BadRequest("No other protocol is spoken here");
  if (info.versionMinor > 0 && !headers.has("host")) throw new BadRequest("Host is missing");
  return {
    request: toRequest(METHODS[info.method]!, info.url, headers),
    keepAlive: info.shouldKeepAlive ||
      (info.versionMinor > 0 && !/\bclose\b/i.test(headers.get("connection") ?? "")),
    expectsContinue: headers.get("expect")?.toLowerCase() === "100-continue",
  };
}

function toRequest(method: string, target: string, headers: Headers): Request {
  try {
    // The host that the client names is not to be trusted, and nothing here depends on it.
    return new Request(target.startsWith("/") ? `http://webhook${target}` : target, { method, headers });
  } catch {
    throw new BadRequest("The request's target or method is not valid");
  }
}
