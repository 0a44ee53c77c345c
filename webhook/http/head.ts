/** The head of an HTTP/1.1 request. */

import { BadRequest, type Head } from "./request_reader.ts";

// RFC 9110, 5.6.2 and 5.5.
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const REQUEST_LINE = /^([A-Z][A-Z-]{0,31}) ([\x21-\x7e\x80-\xff]+) HTTP\/(\d)\.(\d)$/;

/**
 * Reads a head: the request line and the headers.
 *
 * @param text Bytes as Latin-1, without the empty line at the end.
 * @throws {BadRequest} when it is not HTTP/1.x, or when servers could read it in two ways.
 */
export function parseHead(text: string): Head {
  let at = text.indexOf("\r\n");
  const first = REQUEST_LINE.exec(at < 0 ? text : text.slice(0, at));
  if (!first) throw new BadRequest("Not an HTTP/1.1 request");
  const [, method, target, major, minor] = first as unknown as [string, string, string, string, string];
  if (major !== "1") throw new BadRequest("Only HTTP/1.1 is spoken here", 505);
  const headers = new Map<string, string>();
  while (at >= 0) {
    const from = at + 2;
    at = text.indexOf("\r\n", from);
    const end = at < 0 ? text.length : at;
    const colon = text.indexOf(":", from);
    const name = text.slice(from, colon);
    // A folded line begins with a space, which no name does.
    if (colon < 0 || colon >= end || !TOKEN.test(name)) throw new BadRequest("A header is not valid");
    const value = trimmed(text, colon + 1, end);
    if (!VALUE.test(value)) throw new BadRequest("A header is not valid");
    const key = name.toLowerCase();
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  const modern = minor !== "0";
  const connection = headers.get("connection")?.toLowerCase();
  return {
    method,
    target,
    path: pathOf(method, target),
    headers,
    length: bodyLength(headers, modern),
    keepAlive: modern ? !names(connection, "close") : names(connection, "keep-alive"),
    expectsContinue: modern && headers.get("expect")?.toLowerCase() === "100-continue",
  };
}

/** Spaces and tabs around a value are no part of it; `trim` would take others too. */
function trimmed(text: string, from: number, end: number): string {
  while (from < end && isBlank(text.charCodeAt(from))) from++;
  while (end > from && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(from, end);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

function names(list: string | undefined, option: string): boolean {
  return list !== undefined && (list === option || list.split(",").some((entry) => entry.trim() === option));
}

/** Undefined for chunks. RFC 9112, 6.3. */
function bodyLength(headers: ReadonlyMap<string, string>, modern: boolean): number | undefined {
  const length = headers.get("content-length");
  const encoding = headers.get("transfer-encoding");
  const host = headers.get("host");
  if (modern && host === undefined) throw new BadRequest("Host is missing");
  if (host?.includes(",")) throw new BadRequest("Host is not valid");
  if (length !== undefined && !/^\d{1,15}$/.test(length)) {
    throw new BadRequest("Content-Length is not valid");
  }
  if (encoding === undefined) return Number(length ?? 0);
  if (encoding.toLowerCase() !== "chunked") {
    throw new BadRequest("Only chunked is understood as Transfer-Encoding", 501);
  }
  if (length !== undefined) throw new BadRequest("Both Content-Length and Transfer-Encoding");
  if (!modern) throw new BadRequest("HTTP/1.0 has no Transfer-Encoding");
  return undefined;
}

function pathOf(method: string, target: string): string {
  if (target.charCodeAt(0) === 47) {
    const query = target.search(/[?#]/);
    return query < 0 ? target : target.slice(0, query);
  }
  const url = method === "CONNECT" ? null : URL.parse(target);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new BadRequest("The request's target or method is not valid");
  }
  return url.pathname;
}
