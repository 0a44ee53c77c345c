import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { BodyCutShort } from "./connection.ts";
import { serve, SERVER_LIMITS, type ServerLimits } from "./server.ts";

const encoder = new TextEncoder();

interface Echo {
  readonly port: number;
  readonly errors: unknown[];
  /** Called for each request before its body is read. */
  onRequest: () => void | Promise<void>;
  shutdown(graceMs: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A server that answers with what it got; `/early` without reading, `/defect` by throwing. */
function echo(limits: Partial<ServerLimits> = {}): Echo {
  const errors: unknown[] = [];
  const server = serve({
    hostname: "127.0.0.1",
    port: 0,
    limits: () => ({ ...SERVER_LIMITS, ...limits }),
    onError: (error) => errors.push(error),
    async answer({ method, target, path }, body) {
      if (path === "/defect") throw new Error("A defect");
      await self.onRequest();
      if (path === "/early") return { status: 415, body: "early" };
      const decoder = new TextDecoder();
      let text = "";
      try {
        const whole = path === "/pieces" ? undefined : body.whole();
        if (whole) text = decoder.decode(whole);
        else for await (const piece of body) text += decoder.decode(piece, { stream: true });
      } catch (error) {
        return { status: error instanceof BodyCutShort ? 400 : 500, body: (error as Error).name };
      }
      return { status: 200, body: `${method} ${target} ${text}` };
    },
  });
  const self: Echo = {
    port: server.port,
    errors,
    onRequest: () => {},
    shutdown: server.shutdown,
    [Symbol.asyncDispose]: () => server.shutdown(0),
  };
  return self;
}

/** Sends `parts` one after another, then reads until the server closes. */
async function talk(port: number, ...parts: string[]): Promise<string> {
  using socket = await Deno.connect({ hostname: "127.0.0.1", port });
  for (const part of parts) {
    await socket.write(encoder.encode(part));
    // A piece of its own for the server, or as good as.
    await new Promise((resolve) => setTimeout(resolve));
  }
  return await readAll(socket);
}

async function readAll(socket: Deno.Conn): Promise<string> {
  let text = "";
  for await (const piece of socket.readable.pipeThrough(new TextDecoderStream())) text += piece;
  return text;
}

const statusOf = (answer: string) => Number(answer.split(" ")[1]);
const post = (path: string, body: string, ...headers: string[]) =>
  [`POST ${path} HTTP/1.1`, "Host: x", `Content-Length: ${encoder.encode(body).length}`, ...headers, "", body]
    .join("\r\n");

Deno.test("serve answers a request as HTTP/1.1", async () => {
  await using server = echo();
  const answer = await talk(server.port, post("/a?b=1", "é", "Connection: close"));
  match(answer, /^HTTP\/1\.1 200 OK\r\n/);
  match(answer, /\r\ncontent-length: 14\r\n/);
  match(answer, /\r\nconnection: close\r\n/);
  equal(answer.split("\r\n\r\n")[1], "POST /a?b=1 é");
});

Deno.test("serve is spoken to by fetch, one connection for several requests", async () => {
  await using server = echo();
  for (let i = 0; i < 3; i++) {
    const response = await fetch(`http://127.0.0.1:${server.port}/${i}`, {
      method: "POST",
      body: "x".repeat(100_000),
    });
    equal((await response.text()).length, "POST /0 ".length + 100_000);
  }
  const head = await fetch(`http://127.0.0.1:${server.port}/`, { method: "HEAD" });
  deepEqual([head.status, await head.text()], [200, ""]);
});

Deno.test("serve reads a head and a body that come byte by byte", async () => {
  await using server = echo();
  const answer = await talk(server.port, ...post("/a", "body", "Connection: close"));
  match(answer, /POST \/a body$/);
});

Deno.test("serve reads a chunked body", async () => {
  await using server = echo();
  const head = "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
  match(await talk(server.port, head, "3\r\nabc\r\n2;x=y\r\nde\r\n", "0\r\n\r\n"), /POST \/a abcde$/);
});

Deno.test("serve answers requests that come in one piece, in their order", async () => {
  await using server = echo();
  const answer = await talk(
    server.port,
    post("/1", "a") + post("/2", "") + post("/3", "c", "Connection: close"),
  );
  deepEqual([...answer.matchAll(/POST \/\d [ac]?/g)].map(([text]) => text), [
    "POST /1 a",
    "POST /2 ",
    "POST /3 c",
  ]);
});

Deno.test("serve says 100 Continue only when the body is wanted", async () => {
  await using server = echo();
  const waiting = (path: string) =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`;
  match(
    await talk(server.port, waiting("/a"), "ok"),
    /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n[^]*POST \/a ok$/,
  );
  using socket = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await socket.write(encoder.encode(waiting("/early")));
  match(await readAll(socket), /^HTTP\/1\.1 415 /);
});

Deno.test("serve lets a client that is still sending see an early answer", async () => {
  await using server = echo();
  const body = "x".repeat(100_000);
  const response = await fetch(`http://127.0.0.1:${server.port}/early`, { method: "POST", body });
  deepEqual([response.status, await response.text()], [415, "early"]);
});

Deno.test("serve tells the application of a body that is cut short", async () => {
  await using server = echo();
  using socket = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await socket.write(encoder.encode("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"));
  await socket.closeWrite();
  match(await readAll(socket), /^HTTP\/1\.1 400 [^]*BodyCutShort$/);
});

const BAD: [name: string, request: string, status: number][] = [
  ["what is not HTTP", "\x16\x03\x01\x02\r\n\r\n", 400],
  ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505],
  ["a missing Host", "GET / HTTP/1.1\r\n\r\n", 400],
  ["two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400],
  ["a length that is no number", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1e3\r\n\r\n", 400],
  ["a length below zero", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400],
  [
    "a length beside chunks",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    400,
  ],
  [
    "another transfer encoding",
    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    501,
  ],
  ["two hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400],
  ["a bare line feed", "GET / HTTP/1.1\nHost: x\n\n", 400],
  ["a bare carriage return", "GET / HTTP/1.1\r\nHost: x\r\nA: b\rC: d\r\n\r\n", 400],
  ["a folded header", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 400],
  ["a space before a colon", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 1\r\n\r\n", 400],
  ["a header without a name", "GET / HTTP/1.1\r\nHost: x\r\n: a\r\n\r\n", 400],
  ["a NUL in a header", "GET / HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n", 400],
  ["chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400],
  ["a proxy's request", "CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n", 400],
  ["a head that is too large", `GET / HTTP/1.1\r\nHost: x\r\nA: ${"x".repeat(40_000)}\r\n\r\n`, 431],
];

for (const [name, request, status] of BAD) {
  Deno.test(`serve answers ${name} with ${status} and closes`, async () => {
    await using server = echo();
    using socket = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    await socket.write(encoder.encode(request));
    equal(statusOf(await readAll(socket)), status);
    deepEqual(server.errors, []);
  });
}

for (
  const [name, chunks] of [
    ["of a length below zero", "-5\r\nabcde\r\n0\r\n\r\n"],
    ["with a prefix before its length", "0x3\r\nabc\r\n0\r\n\r\n"],
    ["without a length", "\r\nabc\r\n0\r\n\r\n"],
    ["longer than its length", "3\r\nabcd\r\n0\r\n\r\n"],
    ["whose line ends with a bare line feed", "3\nabc\r\n0\r\n\r\n"],
    ["whose line does not end", `3;${"x".repeat(10_000)}`],
    ["with too many trailers", `0\r\n${`A: ${"x".repeat(1_000)}\r\n`.repeat(30)}`],
  ] as const
) {
  Deno.test(`serve refuses a chunk ${name}, and closes`, async () => {
    await using server = echo();
    const head = "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    const answer = await talk(server.port, head + chunks);
    match(answer, /^HTTP\/1\.1 500 [^]*BadRequest$/);
    deepEqual(server.errors, []);
  });
}

Deno.test("serve gives back what came in chunks, however it was cut", async () => {
  await using server = echo({ headMs: 5_000 });
  const bytes = fc.string({ unit: fc.constantFrom("a", "\r", "\n", "0", ";"), minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(bytes, { maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      fc.boolean(),
      async (pieces, cuts, trailer) => {
        const request =
          "POST /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n" +
          pieces.map((piece) => `${piece.length.toString(16)};a=b\r\n${piece}\r\n`).join("") +
          `0\r\n${trailer ? "A: b\r\n" : ""}\r\n`;
        const parts: string[] = [];
        for (let at = 0, i = 0; at < request.length; i++) {
          const size = cuts[i % cuts.length]!;
          parts.push(request.slice(at, at += size));
        }
        const answer = await talk(server.port, ...parts);
        equal(answer.slice(answer.indexOf("\r\n\r\n") + 4), `POST /a ${pieces.join("")}`);
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("serve reads a body in one piece and in many alike", async () => {
  await using server = echo();
  const body = "0123456789".repeat(50_000);
  for (const path of ["/a", "/pieces"]) {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method: "POST", body });
    equal(await response.text(), `POST ${path} ${body}`);
  }
});

Deno.test("serve keeps a connection of HTTP/1.0 only when it is asked to", async () => {
  await using server = echo();
  match(await talk(server.port, "GET /a HTTP/1.0\r\n\r\n"), /\r\nconnection: close\r\n/);
  const twice = "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /b HTTP/1.0\r\n\r\n";
  match(await talk(server.port, twice), /GET \/a [^]*GET \/b $/);
});

Deno.test("serve goes on where another protocol is offered", async () => {
  await using server = echo();
  const request = post("/a", "b", "Connection: Upgrade, HTTP2-Settings, close", "Upgrade: h2c");
  match(await talk(server.port, request), /^HTTP\/1\.1 200 [^]*POST \/a b$/);
});

Deno.test("serve closes half a head, half a body and nothing at all after their deadlines", async () => {
  await using server = echo({ headMs: 150, bodyMs: 150, idleMs: 150 });
  match(await talk(server.port, "POST / HT"), /^HTTP\/1\.1 408 /);
  match(await talk(server.port), /^HTTP\/1\.1 408 /);
  match(
    await talk(server.port, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"),
    /^HTTP\/1\.1 408 /,
  );
  match(
    await talk(server.port, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na"),
    /^HTTP\/1\.1 408 /,
  );
  match(await talk(server.port, post("/", "")), /^HTTP\/1\.1 200 /, "idle after an answer");
  deepEqual(server.errors, []);
});

Deno.test("serve closes half a head that came together with the request before it", async () => {
  await using server = echo({ headMs: 150, idleMs: 60_000 });
  match(await talk(server.port, `${post("/1", "")}POST /2 HT`), /POST \/1 HTTP\/1\.1 408 /);
});

Deno.test("serve is not kept by a client that sends its head drop by drop", async () => {
  await using server = echo({ headMs: 200 });
  using socket = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  const answer = readAll(socket);
  let closed = false;
  answer.then(() => closed = true);
  for (let sent = 0; !closed; sent++) {
    ok(sent < 500, "It is still open");
    await socket.write(encoder.encode(sent === 0 ? "GET / HTTP/1.1\r\nA: " : "x")).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  equal(statusOf(await answer), 408);
});

Deno.test("serve refuses connections above its limit", async () => {
  await using server = echo({ connections: 1 });
  using first = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await first.write(encoder.encode(post("/1", "")));
  await first.read(new Uint8Array(1_000));
  equal(statusOf(await talk(server.port)), 503);
  await first.write(encoder.encode(post("/1", "", "Connection: close")));
  match(await readAll(first), /POST \/1/);
});

Deno.test("serve lets a request in flight end when it shuts down, and closes idle connections", async () => {
  const server = echo();
  const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  using idle = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await idle.write(encoder.encode(post("/", "")));
  await idle.read(new Uint8Array(1_000));
  server.onRequest = async () => {
    begun.resolve();
    await go.promise;
  };
  const answer = talk(server.port, post("/slow", ""));
  await begun.promise;
  const down = server.shutdown(60_000);
  equal(await readAll(idle), "");
  go.resolve();
  match(await answer, /connection: close\r\n[^]*POST \/slow/);
  await down;
});

Deno.test("serve closes what is left after the grace time", async () => {
  const server = echo();
  const begun = Promise.withResolvers<void>();
  const never = Promise.withResolvers<void>();
  server.onRequest = () => (begun.resolve(), never.promise);
  const answer = talk(server.port, post("/slow", ""));
  await begun.promise;
  const down = server.shutdown(50);
  equal(await answer, "");
  await down;
  never.resolve();
});

Deno.test("serve reports a defect of the application and goes on", async () => {
  await using server = echo();
  equal(await talk(server.port, post("/defect", "")), "");
  equal((server.errors[0] as Error).message, "A defect");
  match(await talk(server.port, post("/", "", "Connection: close")), /^HTTP\/1\.1 200/);
});

Deno.test("serve survives any bytes, and answers the next client", async () => {
  await using server = echo({ headMs: 2_000 });
  const piece = fc.constantFrom(
    "POST / HTTP/1.1\r\n",
    "GET /a HTTP/1.0\r\n",
    "Host: x\r\n",
    "Content-Length: 3\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Connection: upgrade\r\nUpgrade: x\r\n",
    "Expect: 100-continue\r\n",
    "\r\n",
    "2\r\nab\r\n",
    "zz\r\n",
    "0\r\n\r\n",
    "abc",
    "\0\xff:\n",
    " ",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(piece, fc.string({ maxLength: 8 })), { maxLength: 12 }),
      async (parts) => {
        using socket = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
        await socket.write(encoder.encode(parts.join("") || " "));
        await socket.closeWrite().catch(() => {});
        // A client that had more to say may be reset.
        await readAll(socket).catch(() => {});
      },
    ),
    { numRuns: 200 },
  );
  deepEqual(server.errors, []);
  match(await talk(server.port, post("/", "", "Connection: close")), /^HTTP\/1\.1 200/);
});
