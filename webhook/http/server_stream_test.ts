import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { Connection, type Socket } from "./connection.ts";
import { serve, SERVER_LIMITS } from "./server.ts";

const encoder = new TextEncoder();

Deno.test("serve sends a stream as it comes, beyond every deadline, and says when its reader has left", async () => {
  const streams: ReadableStreamDefaultController<Uint8Array>[] = [];
  const left = Promise.withResolvers<void>();
  const server = serve({
    hostname: "127.0.0.1",
    port: 0,
    limits: () => ({ ...SERVER_LIMITS, idleMs: 20, answerMs: 1_000, headMs: 1_000 }),
    onError: (error) => left.reject(error),
    answer: () => ({
      status: 200,
      headers: { "content-type": "text/event-stream" },
      body: new ReadableStream({
        start: (stream) => void streams.push(stream),
        cancel: () => left.resolve(),
      }),
    }),
  });
  const client = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await client.write(encoder.encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  const pieces = client.readable.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  let text = (await pieces.next()).value!;
  match(text, /^HTTP\/1\.1 200 OK\r\n[^]*connection: close\r\n\r\n$/);
  doesNotMatch(text, /content-length/);
  streams[0]!.enqueue(encoder.encode("one"));
  text = (await pieces.next()).value!;
  equal(text, "one");
  await new Promise((resolve) => setTimeout(resolve, 1_300));
  streams[0]!.enqueue(encoder.encode("two"));
  text = (await pieces.next()).value!;
  equal(text, "two");
  // Also of a stream that has nothing more to say.
  await pieces.return!();
  await left.promise;
  await server.shutdown(1_000);
});

Deno.test("serve ends streams when it shuts down", async () => {
  const left = Promise.withResolvers<void>();
  const server = serve({
    hostname: "127.0.0.1",
    port: 0,
    onError: (error) => left.reject(error),
    answer: () => ({ status: 200, body: new ReadableStream({ cancel: () => left.resolve() }) }),
  });
  const response = await fetch(`http://127.0.0.1:${server.port}/`);
  await server.shutdown(60_000);
  await left.promise;
  equal(await response.text(), "");
});

Deno.test("Connection tells who makes a stream when the client leaves before the head of the answer is sent", async () => {
  for (const method of ["GET", "HEAD"]) {
    const told: string[] = [];
    const asked = encoder.encode(`${method} / HTTP/1.1\r\nHost: x\r\n\r\n`);
    const socket: Socket = {
      read(into) {
        into.set(asked);
        return Promise.resolve(asked.length);
      },
      write: (bytes) =>
        method === "GET"
          ? Promise.reject(new Deno.errors.BrokenPipe("It has left"))
          : Promise.resolve(bytes.length),
      closeWrite: () => Promise.resolve(),
      close: () => void told.push("closed"),
    };
    const answer = () => ({
      status: 200,
      body: new ReadableStream<Uint8Array>({ cancel: () => void told.push("cancelled") }),
    });
    await new Connection(socket, answer, () => SERVER_LIMITS, (error) => told.push(String(error))).run();
    deepEqual(told, ["closed", "cancelled"], method);
  }
});
