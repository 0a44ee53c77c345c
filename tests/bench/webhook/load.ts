/** What load.go does, for a machine without Go: same arguments, same output. A process of its own. */

import { readFileSync } from "node:fs";
import process from "node:process";
import type { Load } from "./load_result.ts";

interface Connection {
  socket?: Deno.TcpConn;
  readonly request: Uint8Array<ArrayBuffer>;
  readonly takenMs: number[];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const HOLE = "@".charCodeAt(0);
const ZERO = "0".charCodeAt(0);

const [address, bodyFile, connections, seconds, first] = process.argv.slice(2);
if (address === undefined || bodyFile === undefined || first === undefined) {
  throw new TypeError("Cannot start: expected HOST:PORT BODY_FILE CONNECTIONS SECONDS FIRST");
}
const { hostname, port } = new URL(`http://${address}`);
const body = readFileSync(bodyFile);
const head = encoder.encode(
  `POST /webhook HTTP/1.1\r\nHost: ${address}\r\nUser-Agent: Alertmanager/0.34.0\r\nContent-Length: ${body.length}\r\n` +
    "Content-Type: application/json\r\n\r\n",
);
const template = new Uint8Array(head.length + body.length);
template.set(head);
template.set(body, head.length);
const holes = [...decoder.decode(template).matchAll(/@+/g)].map(({ index, 0: hole }) =>
  [index, index + hole.length] as const
);
if (template.some((byte) => byte > 127)) throw new TypeError("Cannot fill the body: expected ASCII");
if (holes.some(([start]) => template[start] !== HOLE)) throw new TypeError("Cannot find the numbers");

let number = Number(first);
let failed = 0;
let why = "";
const started = performance.now();
const deadline = started + Number(seconds) * 1_000;
const all = await Promise.all(Array.from({ length: Number(connections) }, async () => {
  const connection: Connection = { request: template.slice(), takenMs: [] };
  while (performance.now() < deadline) await post(connection, ++number);
  connection.socket?.close();
  return connection.takenMs;
}));
const elapsedMs = performance.now() - started;
const sorted = Float64Array.from(all.flat()).sort();
const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
const result: Load = {
  requests: sorted.length,
  failed,
  why,
  seconds: elapsedMs / 1_000,
  p50Ms: at(0.5),
  p99Ms: at(0.99),
};
console.log(JSON.stringify(result));

/** A receiver that closes after each answer costs its sender a new connection each time: that counts. */
async function post(connection: Connection, number: number): Promise<void> {
  const { request, takenMs } = connection;
  for (const [start, end] of holes) {
    for (let at = end - 1, left = number; at >= start; at--, left = Math.floor(left / 10)) {
      request[at] = ZERO + left % 10;
    }
  }
  const sent = performance.now();
  try {
    connection.socket ??= await Deno.connect({ hostname, port: Number(port) });
    for (let done = 0; done < request.length;) done += await connection.socket.write(request.subarray(done));
    const { status, keep } = await answer(connection.socket);
    if (!keep) hangUp(connection);
    if (status !== 200) throw new Error(`answered ${status}`);
    takenMs.push(performance.now() - sent);
  } catch (error) {
    failed++;
    why = (error as Error).message;
    hangUp(connection);
  }
}

async function answer(socket: Deno.TcpConn): Promise<{ status: number; keep: boolean }> {
  const buffer = new Uint8Array(4_096);
  let text = "";
  let closed = false;
  for (;;) {
    const end = text.indexOf("\r\n\r\n");
    const length = /^content-length: *(\d+)/im.exec(text)?.[1];
    const whole = end >= 0 && length !== undefined && text.length >= end + 4 + Number(length);
    if (whole || (closed && end >= 0)) {
      const keep = !closed && text.startsWith("HTTP/1.1") &&
        !/^connection: *close/im.test(text.slice(0, end));
      return { status: Number(text.slice(9, 12)), keep };
    }
    if (closed) throw new Error("the connection was closed");
    const read = await socket.read(buffer);
    if (read === null) closed = true;
    else text += decoder.decode(buffer.subarray(0, read));
  }
}

function hangUp(connection: Connection): void {
  connection.socket?.close();
  connection.socket = undefined;
}
