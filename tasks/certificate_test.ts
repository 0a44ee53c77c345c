import assert from "node:assert/strict";
import { join } from "node:path";
import { makeCertificate } from "../tests/certificate.ts";
import { namesOfEntry, takeCertificate } from "./certificate.ts";
import { Failure } from "./cli.ts";
import { defineStack, type StackInput, type Target } from "./stack.ts";

const NOBODY = 65534;
const TLS = { mode: "files", certificate: "cert.pem", key: "key.pem" } as const;

function stackOf(tls: StackInput["tls"], entry: StackInput["entry"] = {}) {
  return defineStack({ bind: "0.0.0.0", tls, entry: { name: "vigie.example.org", ...entry } });
}

Deno.test("takeCertificate copies a changed pair, and leaves the copies alone when the pair is not one", async (t) => {
  const directory = await Deno.makeTempDir({ prefix: "vigie-certificate-" });
  const target: Target = {
    engine: "local",
    buildDir: join(directory, "build"),
    stateDir: join(directory, "state"),
    configDir: directory,
  };
  const copies = join(target.stateDir, "secrets", "entry");
  await Deno.mkdir(copies, { recursive: true });
  const first = await makeCertificate(directory, "first", "DNS:vigie.example.org");
  const second = await makeCertificate(directory, "second", "DNS:vigie.example.org");
  const other = await makeCertificate(directory, "other", "DNS:other.example.org");
  const put = async (certificate: string, key: string) => {
    await Deno.copyFile(certificate, join(directory, "cert.pem"));
    await Deno.copyFile(key, join(directory, "key.pem"));
  };
  const has = async ({ certificate, key }: typeof first) => {
    const same = async (path: string, copy: string) =>
      assert.equal(await Deno.readTextFile(join(copies, copy)), (await Deno.readTextFile(path)).trim());
    await same(certificate, "certificate.pem");
    await same(key, "key.pem");
  };
  const refusal = async (pattern: RegExp, stack = stackOf(TLS)) =>
    await assert.rejects(
      takeCertificate(stack, target),
      (error) => error instanceof Failure && pattern.test(error.message),
    );
  try {
    await t.step("a new pair is taken once", async () => {
      await put(first.certificate, first.key);
      assert.equal(await takeCertificate(stackOf(TLS), target), true);
      assert.equal(await takeCertificate(stackOf(TLS), target), false);
      await has(first);
    });
    await t.step("its copy keeps its mode and its owner", async () => {
      await Deno.chmod(join(copies, "key.pem"), 0o400);
      // Only root can give files away.
      if (Deno.uid() === 0) await Deno.chown(join(copies, "key.pem"), NOBODY, NOBODY);
      const before = await Deno.stat(join(copies, "key.pem"));
      await put(second.certificate, second.key);
      assert.equal(await takeCertificate(stackOf(TLS), target), true);
      const { mode, uid, gid } = await Deno.stat(join(copies, "key.pem"));
      assert.equal(mode! & 0o077, 0);
      assert.deepEqual([uid, gid], [before.uid, before.gid]);
      await has(second);
    });
    await t.step("half of a pair, another name's and a missing one are refused by name", async () => {
      await put(first.certificate, second.key);
      await refusal(/goes on with the one that it has:\n {2}tls\.key: it is not the key of the certificate$/);
      await put(other.certificate, other.key);
      await refusal(/tls\.certificate: it is not for "vigie\.example\.org"/);
      await Deno.writeTextFile(join(directory, "key.pem"), "nonsense");
      await refusal(/tls\.key: it is not what it should be: expected a private key/);
      await Deno.remove(join(directory, "cert.pem"));
      await refusal(/tls\.certificate: there is no such file\n {2}tls\.key/);
      await has(second);
    });
    await t.step("a key from the environment of `up` is the one that was taken then", async () => {
      const stack = stackOf({ ...TLS, key: { env: "VIGIE_NO_SUCH_KEY" } });
      await Deno.copyFile(second.certificate, join(directory, "cert.pem"));
      assert.equal(await takeCertificate(stack, target), false);
      await Deno.copyFile(first.certificate, join(directory, "cert.pem"));
      await refusal(/tls\.key: it is not the key of the certificate/, stack);
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("namesOfEntry are the name, the aliases, and the services' own names where they have some", () => {
  assert.deepEqual(namesOfEntry(stackOf(TLS, { aliases: ["10.0.0.5"] })), ["vigie.example.org", "10.0.0.5"]);
  const hosts = namesOfEntry(stackOf(TLS, { layout: "hosts" }));
  assert.ok(hosts.includes("prometheus.vigie.example.org") && hosts.includes("vigie.example.org"));
});
