/** What is answered to a request, and how it is asked for. */

import { STATUS_CODES } from "node:http";
import type { Head } from "./request_reader.ts";

/** An answer as plain data. */
export interface Answer {
  readonly status: number;
  /** A stream is sent as it comes, for as long as it goes on, and the connection ends with it. */
  readonly body: string | Uint8Array | ReadableStream<Uint8Array>;
  /** Without `content-length` and `connection`, which the connection knows; `text/plain` is said where no type is. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A body on its way. */
export interface IncomingBody extends AsyncIterable<Uint8Array> {
  /**
   * All of it, when it has come already; otherwise undefined, and it is to be iterated. Its bytes are good until the request is answered:
   * whoever needs them for longer copies them. @throws {BadRequest}
   */
  whole(): Uint8Array | undefined;
}

/**
 * Answers one request. It must not throw. Unless it reads the body the connection ends after its answer.
 *
 * @param body Iterating throws {BodyCutShort} when the client leaves or stops sending, {BadRequest} when it breaks the protocol.
 */
export type AnswerRequest = (head: Head, body: IncomingBody) => Answer | Promise<Answer>;

const PLAIN_TEXT = { "content-type": "text/plain; charset=utf-8" };
const encoder = new TextEncoder();

// Most answers of one second are the same short one.
const LARGEST_KEPT = 1_024;
let before: { answer: Answer; method: string; last: boolean; date: string; bytes: Uint8Array } | undefined;

/**
 * An answer as HTTP/1.1; its bytes are not to be changed, as they may be given again.
 *
 * @param last Whether the connection ends after it. @param date As RFC 9110 writes it.
 */
export function serializeAnswer(answer: Answer, method: string, last: boolean, date: string): Uint8Array {
  if (before?.answer === answer && before.date === date && before.last === last && before.method === method) {
    return before.bytes;
  }
  const bytes = serialize(answer, method, last, date);
  if (bytes.length <= LARGEST_KEPT) before = { answer, method, last, date, bytes };
  return bytes;
}

function serialize(
  { status, body, headers = PLAIN_TEXT }: Answer,
  method: string,
  last: boolean,
  date: string,
): Uint8Array {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\ndate: ${date}\r\n`;
  for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
  if (last) head += "connection: close\r\n";
  // To HEAD the length would have to be that of GET, which is not known here; without it is right too.
  if (method === "HEAD" || hasNoBody(status) || body instanceof ReadableStream) {
    return encoder.encode(`${head}\r\n`);
  }
  if (typeof body === "string") {
    return encoder.encode(`${head}content-length: ${utf8Length(body)}\r\n\r\n${body}`);
  }
  const headBytes = encoder.encode(`${head}content-length: ${body.length}\r\n\r\n`);
  const all = new Uint8Array(headBytes.length + body.length);
  all.set(headBytes);
  all.set(body, headBytes.length);
  return all;
}

function hasNoBody(status: number): boolean {
  return status === 204 || status === 304;
}

function utf8Length(text: string): number {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return encoder.encode(text).length;
  return text.length;
}

let dateSecond = -1;
let dateText = "";

/** A time as the header `date` has it. Whoever asks again within the second gets the same text. @param ms Since 1970. */
export function httpDate(ms: number): string {
  const second = Math.floor(ms / 1_000);
  if (second !== dateSecond) [dateSecond, dateText] = [second, new Date(second * 1_000).toUTCString()];
  return dateText;
}
