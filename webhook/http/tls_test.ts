import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import tls from "node:tls";
import fc from "fast-check";
import { createLog } from "../log.ts";
import { createFakeClock } from "../testing/fake_clock.ts";
import type { AnswerRequest } from "./answer.ts";
import { keepCertificate, readCertificate, type TlsFiles } from "./certificate.ts";
import { serve, SERVER_LIMITS, type ServerLimits } from "./server.ts";
import { BadTls, listenTls } from "./tls.ts";
import { nodeTlsServes } from "./tls_node.ts";

const CANNOT_ASK = !nodeTlsServes() && "This Deno does not check clients' certificates";

/** A directory with the certificates `a` and `b`, both for 127.0.0.1 and issued by themselves. */
async function certificates() {
  const directory = await Deno.makeTempDir();
  for (const name of ["a", "b"]) {
    const { success, stderr } = await new Deno.Command("openssl", {
      args: [
        ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2".split(" "),
        ...["-subj", `/CN=${name}`, "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"],
        ...["-addext", "basicConstraints=critical,CA:FALSE"],
        ...["-keyout", join(directory, `${name}.key`), "-out", join(directory, `${name}.pem`)],
      ],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }
  const files: TlsFiles = { certFile: join(directory, "cert.pem"), keyFile: join(directory, "key.pem") };
  const self = {
    directory,
    files,
    read: (name: string) => Deno.readTextFileSync(join(directory, name)),
    async use(certificate: string, key = certificate) {
      await Deno.copyFile(join(directory, `${certificate}.pem`), files.certFile);
      await Deno.copyFile(join(directory, `${key}.key`), files.keyFile);
    },
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
  await self.use("a");
  return self;
}

/** A server with TLS that says hello. */
async function hello(
  files: TlsFiles,
  limits: Partial<ServerLimits> = {},
  answer: AnswerRequest = () => ({ status: 200, body: "hello" }),
) {
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const listener = await listenTls({
    hostname: "127.0.0.1",
    port: 0,
    material: await readCertificate(files),
    handshakes: 5,
    handshakeMs: limits.headMs ?? 5_000,
    onError,
  });
  const server = serve({
    hostname: "127.0.0.1",
    port: 0,
    listener,
    answer,
    limits: () => ({ ...SERVER_LIMITS, ...limits }),
    onError,
  });
  return { errors, listener, port: server.port, [Symbol.asyncDispose]: () => server.shutdown(0) };
}

/** Asks with `ca` as the only authority. */
async function ask(port: number, ca: string, own: { cert?: string; key?: string } = {}): Promise<string> {
  const client = Deno.createHttpClient({ caCerts: [ca], ...own } as Deno.CreateHttpClientOptions);
  try {
    return await (await fetch(`https://localhost:${port}/`, { client })).text();
  } finally {
    client.close();
  }
}

/** The first bytes that a client of TLS sends, as somebody in the middle sees them. */
async function clientHello(): Promise<Uint8Array> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const client = await Deno.connectTls({
    hostname: "127.0.0.1",
    port: (listener.addr as Deno.NetAddr).port,
  });
  const shaken = client.handshake().catch(() => {});
  const socket = await listener.accept();
  const buffer = new Uint8Array(4_096);
  const count = await socket.read(buffer);
  socket.close();
  await shaken;
  client.close();
  return buffer.subarray(0, count ?? 0);
}

Deno.test("listenTls serves by TLS", async () => {
  await using made = await certificates();
  await using server = await hello(made.files);
  equal(await ask(server.port, made.read("a.pem")), "hello");
  await rejects(ask(server.port, made.read("b.pem")));
  deepEqual(server.errors, []);
});

Deno.test("listenTls sends streams, notices who leaves one, and ends the others when it shuts down", async () => {
  await using made = await certificates();
  const left: PromiseWithResolvers<void>[] = [];
  const server = await hello(made.files, {}, () => {
    const leaving = Promise.withResolvers<void>();
    left.push(leaving);
    const body = new ReadableStream<Uint8Array>({
      start: (stream) => stream.enqueue(new TextEncoder().encode("event")),
      cancel: () => leaving.resolve(),
    });
    return { status: 200, body };
  });
  const client = Deno.createHttpClient({ caCerts: [made.read("a.pem")] });
  const follow = async () => {
    const response = await fetch(`https://localhost:${server.port}/`, { client });
    const reader = response.body!.getReader();
    equal(new TextDecoder().decode((await reader.read()).value), "event");
    return reader;
  };
  const [one, other] = [await follow(), await follow()];
  await one.cancel();
  await left[0]!.promise;
  await server[Symbol.asyncDispose]();
  await left[1]!.promise;
  await other.read().catch(() => {});
  client.close();
  deepEqual(server.errors, []);
});

Deno.test("listenTls goes on after clients that speak no TLS, and closes those that say nothing", async () => {
  await using made = await certificates();
  await using server = await hello(made.files, { headMs: 300 });
  for (const text of ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01\xff\xff", "", "\0".repeat(100)]) {
    using socket = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    await socket.write(new TextEncoder().encode(text));
    // TLS may say why before it closes.
    const buffer = new Uint8Array(1_000);
    while (await socket.read(buffer).catch(() => null) !== null);
  }
  equal(await ask(server.port, made.read("a.pem")), "hello");
  deepEqual(server.errors, []);
});

Deno.test("listenTls survives any bytes and clients that leave at any moment", async () => {
  await using made = await certificates();
  await using server = await hello(made.files);
  const start = await clientHello();
  await fc.assert(
    fc.asyncProperty(
      fc.nat(start.length),
      fc.uint8Array({ maxLength: 40 }),
      fc.boolean(),
      async (at, bytes, waits) => {
        using socket = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
        await socket.write(start.subarray(0, at));
        if (bytes.length > 0) await socket.write(bytes).catch(() => {});
        // What the server says is left unread: the client's end is a reset then.
        if (waits) await new Promise((resolve) => setTimeout(resolve));
      },
    ),
    { numRuns: 150 },
  );
  equal(await ask(server.port, made.read("a.pem")), "hello");
  deepEqual(server.errors, []);
});

Deno.test("keepCertificate gives the listener a new certificate, and refuses no connection meanwhile", async () => {
  await using made = await certificates();
  await using server = await hello(made.files);
  const clock = createFakeClock();
  const logged: string[] = [];
  const log = createLog((line) => void logged.push(line), clock.now);
  const kept = keepCertificate({ files: made.files, listener: server.listener, clock, log });
  const both = made.read("a.pem") + made.read("b.pem");
  let [asking, answers] = [true, 0];
  const clients = (async () => {
    for (; asking; answers++) equal(await ask(server.port, both), "hello");
  })();
  for (const name of ["b", "a", "b"]) {
    await made.use(name);
    await kept.reload();
    equal(await ask(server.port, made.read(`${name}.pem`)), "hello");
  }
  asking = false;
  await clients;
  ok(answers > 0);
  await rejects(ask(server.port, made.read("a.pem")));
  equal(logged.length, 3);
  match(logged[0]!, /level=INFO msg="Certificate reloaded" .*expires=2\d{3}-/);
  kept.stop();
  equal(clock.waiting(), 0);
});

Deno.test("keepCertificate looks at the files by itself, and keeps the certificate before a bad one", async () => {
  await using made = await certificates();
  await using server = await hello(made.files);
  const clock = createFakeClock();
  const logged: string[] = [];
  const log = createLog((line) => void logged.push(line), clock.now);
  const kept = keepCertificate({ files: made.files, listener: server.listener, clock, log, everyMs: 1_000 });
  const look = async () => {
    const before = clock.waiting();
    await clock.advance(1_000);
    const deadline = performance.now() + 5_000;
    while (clock.waiting() < before && performance.now() < deadline) await clock.settle();
  };
  await look();
  deepEqual(logged, [], "nothing has changed");
  await made.use("b", "a");
  await look();
  equal(logged.length, 1);
  match(logged[0]!, /the one before stays in use.*cert\.pem.*key\.pem.*cannot be used/);
  await look();
  equal(logged.length, 1, "said once");
  equal(await ask(server.port, made.read("a.pem")), "hello");
  await Deno.remove(made.files.keyFile);
  await look();
  match(logged[1]!, /Cannot read .*key\.pem/);
  await made.use("b");
  await look();
  match(logged[2]!, /Certificate reloaded/);
  equal(await ask(server.port, made.read("b.pem")), "hello");
  kept.stop();
});

Deno.test("readCertificate refuses files that cannot be used, and shows nothing of them", async () => {
  await using made = await certificates();
  const { files } = made;
  const refusal = async () => {
    try {
      await readCertificate(files);
    } catch (error) {
      ok(error instanceof BadTls);
      ok(!error.message.includes("PRIVATE"));
      return error.message;
    }
    throw new Error("It was taken");
  };
  await made.use("a", "b");
  match(await refusal(), /key\.pem": The certificate and its key cannot be used: /);
  await Deno.writeTextFile(files.keyFile, "s3cret");
  match(await refusal(), /cannot be used: No keys found/);
  await Deno.writeTextFile(files.certFile, "s3cret");
  match(await refusal(), /cannot be used: No certificates found/);
  await Deno.remove(files.certFile);
  match(await refusal(), /^Cannot read ".*cert\.pem": /);
});

Deno.test({
  name: "listenTls lets only clients in that have a certificate of the authority",
  ignore: CANNOT_ASK !== false,
  async fn() {
    await using made = await certificates();
    const files = { ...made.files, clientCaFile: join(made.directory, "b.pem") };
    await using server = await hello(files, { headMs: 400 });
    const ca = made.read("a.pem");
    const of = (name: string) => ({ cert: made.read(`${name}.pem`), key: made.read(`${name}.key`) });
    equal(await ask(server.port, ca, of("b")), "hello");
    await rejects(ask(server.port, ca));
    await rejects(ask(server.port, ca, of("a")));
    server.listener.renew(await readCertificate(files));
    await rejects(ask(server.port, ca));
    equal(await ask(server.port, ca, of("b")), "hello");
    deepEqual(server.errors, []);
  },
});

Deno.test({
  name: "readCertificate refuses to ask for certificates where the runtime would let everybody in",
  ignore: CANNOT_ASK === false,
  async fn() {
    await using made = await certificates();
    const files = { ...made.files, clientCaFile: join(made.directory, "b.pem") };
    await rejects(readCertificate(files), /Clients' certificates cannot be checked by Deno 2\.\d/);
  },
});

Deno.test("readCertificate refuses an authority that is none", async () => {
  await using made = await certificates();
  await rejects(
    readCertificate({ ...made.files, clientCaFile: made.files.keyFile }),
    /The clients' authorities cannot be used: expected certificates in PEM/,
  );
});

Deno.test({
  name: "listenTls keeps a connection for longer than a handshake may take",
  ignore: CANNOT_ASK !== false,
  async fn() {
    await using made = await certificates();
    await using server = await hello(made.files, { headMs: 200 });
    const client = tls.connect({ host: "127.0.0.1", port: server.port, rejectUnauthorized: false });
    const came: string[] = [];
    client.on("data", (data) => came.push(String(data)));
    for (let i = 1; i <= 3; i++) {
      client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      const deadline = performance.now() + 5_000;
      while (came.join("").split("hello").length <= i && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    equal(came.join("").split("hello").length, 4);
    client.destroy();
    await new Promise((resolve) => client.once("close", resolve));
  },
});
