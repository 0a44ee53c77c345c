import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { Buffer } from "node:buffer";
import { makeCertificate } from "../../tests/certificate.ts";
import { clientHello, greet, readGreeting } from "./tls.ts";

const TLS11 = 0x0302;
const TLS12 = 0x0303;

Deno.test("readGreeting tells a refusal, a whole answer, and one that is still on its way", () => {
  assert.deepEqual(readGreeting(new Uint8Array([21, 3, 1, 0, 2, 2, 70])), {});
  const hello = [2, 0, 0, 4, 3, 3, 0, 0];
  const record = new Uint8Array([22, 3, 3, 0, hello.length, ...hello]);
  assert.equal(readGreeting(record), undefined);
  assert.deepEqual(readGreeting(record, true), { version: TLS12 });
  assert.equal(readGreeting(record.slice(0, 3)), undefined);
});

Deno.test("clientHello names the server, unless it is an address", () => {
  const text = (name: string) => new TextDecoder("latin1").decode(clientHello(TLS12, name));
  assert.ok(text("stack.example.org").includes("stack.example.org"));
  assert.equal(text("10.0.0.5").includes("10.0.0.5"), false);
});

Deno.test("greet gets a real server's certificate, and its refusal of old versions", async () => {
  const directory = await Deno.makeTempDir({ prefix: "vigie-greet-" });
  try {
    const name = "stack.example.org";
    const { certificate: cert, key } = await makeCertificate(directory, name, `DNS:${name}`);
    await using server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      cert: await Deno.readTextFile(cert),
      key: await Deno.readTextFile(key),
      onListen() {},
    }, () => new Response(""));
    const { port } = server.addr;
    const { version, certificate } = await greet("127.0.0.1", port, TLS12, "stack.example.org");
    assert.equal(version, TLS12);
    assert.equal(new X509Certificate(Buffer.from(certificate!)).subject, "CN=stack.example.org");
    assert.deepEqual(await greet("127.0.0.1", port, TLS11, "stack.example.org"), {});
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
