/** The whole door against bodies that nobody would send on purpose. */

import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { serve, SERVER_LIMITS } from "./http/server.ts";
import { decodeNotification } from "./payload.ts";
import { createTestWebhook } from "./testing.ts";

const TESTDATA = join(import.meta.dirname!, "testdata");
const RECORDED = [...Deno.readDirSync(TESTDATA)].map(({ name }) => name).sort()
  .map((name) => Deno.readFileSync(join(TESTDATA, name)));
const encoder = new TextEncoder();

type Bytes = Uint8Array<ArrayBuffer>;

/** JSON text of any shape, often that of a notification, with keys that JavaScript treats in its own way. */
const json = (() => {
  const key = fc.oneof(
    fc.constantFrom("alerts", "labels", "status", "annotations", "groupKey", "startsAt", "receiver"),
    fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty", "length"),
    fc.string({ maxLength: 5 }),
  );
  const leaf = fc.oneof(
    fc.constantFrom("null", "true", "1e999", "-0", "18446744073709551615", '""', '"firing"', '"resolved"'),
    fc.constantFrom('"\\ud800"', '"\\u0000"', '"2026-02-30T00:00:00Z"', '"0001-01-01T00:00:00Z"'),
    fc.string({ unit: "binary", maxLength: 8 }).map((text) => JSON.stringify(text)),
    fc.double().map((number) => JSON.stringify(number)),
  );
  const { value } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
    value: fc.oneof({ depthSize: "small", withCrossShrink: true }, leaf, tie("list"), tie("object")),
    list: fc.array(tie("value"), { maxLength: 4 }).map((values) => `[${values.join()}]`),
    object: fc.array(fc.tuple(key, tie("value")), { maxLength: 5 })
      .map((entries) => `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join()}}`),
  }));
  const alerts = fc.array(value, { maxLength: 4 }).map((values) => `{"alerts":[${values.join()}]}`);
  return fc.oneof(value, alerts).map((text) => encoder.encode(text) as Bytes);
})();

/** What Alertmanager sent, damaged. */
const damaged = fc.tuple(
  fc.constantFrom(...RECORDED),
  fc.array(
    fc.tuple(fc.constantFrom("set", "cut", "end", "copy"), fc.nat(), fc.nat(255), fc.nat(20)),
    { minLength: 1, maxLength: 4 },
  ),
).map(([body, damages]) => {
  let bytes = Array.from(body);
  for (const [how, where, byte, length] of damages) {
    const at = where % (bytes.length + 1);
    if (how === "set") bytes[at] = byte;
    else if (how === "cut") bytes.splice(at, length);
    else if (how === "end") bytes = bytes.slice(0, at);
    else bytes.splice(at, 0, ...bytes.slice(at, at + length));
  }
  return Uint8Array.from(bytes);
});

const nested = fc.tuple(
  fc.constantFrom("[", '{"a":', '{"alerts":[', '{"__proto__":'),
  fc.integer({ min: 1, max: 20_000 }),
  fc.constantFrom('{"alerts":[{"labels":{"a":', '{"alerts":[{"status":"firing","labels":', '{"alerts":', ""),
).map(([open, depth, before]) => {
  const close = [...before + open].reverse().map((char) => char === "[" ? "]" : char === "{" ? "}" : "");
  const inner = [...open].reverse().map((char) => char === "[" ? "]" : char === "{" ? "}" : "").join("");
  const outer = close.slice(open.length).join("");
  return encoder.encode(`${before}${open.repeat(depth)}1${inner.repeat(depth)}${outer}`) as Bytes;
});

const body = fc.oneof(json, json, damaged, nested, fc.uint8Array({ maxLength: 40 }) as fc.Arbitrary<Bytes>);

/** How a body is sent: plain, or as gzip that may be cut short or damaged. */
const coding = fc.option(fc.tuple(fc.nat(), fc.constantFrom("whole", "cut", "damaged")));

function coded(plain: Bytes, how: [number, string] | null): Bytes {
  if (how === null) return plain;
  const [at, state] = how;
  const zipped = Uint8Array.from(gzipSync(plain));
  if (state === "cut") return zipped.slice(0, at % zipped.length);
  if (state === "damaged") zipped[at % zipped.length]! ^= 0xff;
  return zipped;
}

const KEPT = [400, 422];

Deno.test("createIngest answers any body as the table says, and keeps each one somewhere", async () => {
  const { arrivals, defects, post, quarantined, rejections, series } = createTestWebhook();
  let [refused, accepted] = [0, 0];
  await fc.assert(
    fc.asyncProperty(body, coding, async (plain, how) => {
      const sent = coded(plain, how);
      const [before, inQuarantine] = [arrivals.length, quarantined.length];
      const headers: Record<string, string> = how === null ? {} : { "content-encoding": "gzip" };
      const response = await post("/webhook", sent, headers);
      const text = await response.text();
      ok(text.length < 300 && /^[\x20-\x7e]+$/.test(text), "It goes into Alertmanager's log");
      if (response.status === 200) {
        accepted++;
        equal(quarantined.length, inQuarantine);
        const arrival = arrivals.at(-1)!;
        if (arrivals.length > before) {
          const again = decodeNotification(JSON.parse(Buffer.from(arrival.body).toString("utf8")));
          deepEqual(again, arrival.notification);
        }
        return;
      }
      refused++;
      ok(KEPT.includes(response.status), `Answered ${response.status}: ${text}`);
      equal(arrivals.length, before);
      equal(quarantined.length, inQuarantine + 1);
      const { bytes, body: kept, detail } = quarantined.at(-1)!;
      equal(detail, text);
      equal(kept.length, bytes);
      ok(Buffer.compare(kept, sent) === 0 || Buffer.compare(kept, plain) === 0, "It is not what was sent");
    }),
    { numRuns: 3_000 },
  );
  ok(accepted > 100 && refused > 100, `${accepted} accepted, ${refused} refused`);
  equal(rejections.length, refused);
  deepEqual(defects, []);
  equal(await series('vigie_webhook_rejected_total{reason="journal_failing"}'), 0);
});

Deno.test("createIngest answers the same however a body comes through the server", async () => {
  const { app, defects, post } = createTestWebhook();
  const errors: unknown[] = [];
  const server = serve({
    hostname: "127.0.0.1",
    port: 0,
    answer: app.answer,
    onError: (error) => errors.push(error),
  });
  const cuts = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 5 });
  try {
    await fc.assert(
      fc.asyncProperty(body, coding, cuts, fc.boolean(), async (plain, how, cuts, inChunks) => {
        const sent = coded(plain, how);
        const headers: Record<string, string> = how === null ? {} : { "content-encoding": "gzip" };
        const wanted = await post("/webhook", sent, headers);
        const response = await send(server.port, sent, headers, cuts, inChunks);
        equal(Number(response.split(" ")[1]), wanted.status);
        equal(response.slice(response.indexOf("\r\n\r\n") + 4), await wanted.text());
      }),
      { numRuns: 300 },
    );
  } finally {
    await server.shutdown(0);
  }
  deepEqual([defects, errors], [[], []]);
});

Deno.test("createIngest keeps what came when a client leaves in the middle of its body", async () => {
  const { app, quarantined, series } = createTestWebhook();
  const onError = (error: unknown) => {
    throw error;
  };
  const server = serve({ hostname: "127.0.0.1", port: 0, answer: app.answer, onError });
  const body = RECORDED[0]!;
  try {
    for (const length of [1, 100, body.length - 1]) {
      using socket = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
      const head = `POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;
      await socket.write(encoder.encode(`${head}Content-Length: ${body.length}\r\n\r\n`));
      await socket.write(body.subarray(0, length));
      await socket.closeWrite();
      match(await readAll(socket), /^HTTP\/1\.1 400 /);
      deepEqual(quarantined.at(-1)!.body, body.slice(0, length));
    }
  } finally {
    await server.shutdown(0);
  }
  equal(await series('vigie_webhook_quarantined_total{reason="cut_short"}'), 3);
});

Deno.test("createIngest keeps what came of a body that never ends, and the client is told to go", async () => {
  const { app, quarantined, series } = createTestWebhook();
  const errors: unknown[] = [];
  const server = serve({
    hostname: "127.0.0.1",
    port: 0,
    limits: () => ({ ...SERVER_LIMITS, bodyMs: 100 }),
    answer: app.answer,
    onError: (error) => errors.push(error),
  });
  try {
    using socket = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    const head = "POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    await socket.write(encoder.encode(`${head}Content-Length: 100\r\n\r\n{"alerts":`));
    match(await readAll(socket), /^HTTP\/1\.1 408 /);
  } finally {
    await server.shutdown(1_000);
  }
  deepEqual(quarantined.map(({ body }) => Buffer.from(body).toString()), ['{"alerts":']);
  equal(await series('vigie_webhook_rejected_total{reason="cut_short"}'), 1);
  deepEqual(errors, []);
});

/** Posts `body`, cut into pieces of those sizes again and again. */
async function send(
  port: number,
  body: Bytes,
  headers: Record<string, string>,
  cuts: readonly number[],
  inChunks: boolean,
): Promise<string> {
  const pieces: Bytes[] = [];
  for (let at = 0, i = 0; at < body.length; i++) pieces.push(body.slice(at, at += cuts[i % cuts.length]!));
  const all = {
    host: "x",
    connection: "close",
    "content-type": "application/json",
    ...headers,
    ...inChunks ? { "transfer-encoding": "chunked" } : { "content-length": String(body.length) },
  };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  using socket = await Deno.connect({ hostname: "127.0.0.1", port });
  const write = async (bytes: Uint8Array) => {
    for (let sent = 0; sent < bytes.length;) sent += await socket.write(bytes.subarray(sent));
  };
  await write(encoder.encode(`POST /webhook HTTP/1.1\r\n${head}\r\n`));
  for (const piece of pieces) {
    if (inChunks) await write(encoder.encode(`${piece.length.toString(16)}\r\n`));
    await write(piece);
    if (inChunks) await write(encoder.encode("\r\n"));
  }
  if (inChunks) await write(encoder.encode("0\r\n\r\n"));
  return await readAll(socket);
}

async function readAll(socket: Deno.Conn): Promise<string> {
  return await new Response(socket.readable).text();
}
