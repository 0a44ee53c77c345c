import assert from "node:assert/strict";
import { makeCertificate } from "../tests/certificate.ts";
import { certificateFaults } from "./certificate.ts";

const NAMES = "DNS:vigie.example.org,DNS:*.ops.example.org,IP:10.0.0.5,IP:fd00::5";

Deno.test("certificateFaults finds nothing in a certificate for every name, and says what is wrong with another", async () => {
  const directory = await Deno.makeTempDir({ prefix: "vigie-certificate-" });
  try {
    const make = async (name: string, names: string) => {
      const { certificate, key } = await makeCertificate(directory, name, names);
      return { certificate: await Deno.readTextFile(certificate), key: await Deno.readTextFile(key) };
    };
    const own = await make("own", NAMES);
    const other = await make("other", "DNS:other.example.org");
    const said = (certificate: string, key: string, names: readonly string[], nowMs = Date.now()) =>
      certificateFaults(certificate, key, names, nowMs).map(({ of, message }) => `${of} ${message}`);

    assert.deepEqual(
      said(own.certificate, own.key, [
        "vigie.example.org",
        "VIGIE.example.org",
        "grafana.ops.example.org",
        "10.0.0.5",
        "fd00:0:0::5",
      ]),
      [],
    );
    assert.deepEqual(said(own.certificate, own.key, ["ops.example.org", "a.b.ops.example.org", "10.0.0.6"]), [
      'certificate is not for "ops.example.org", "a.b.ops.example.org", "10.0.0.6": it is for ' +
      '"vigie.example.org", "*.ops.example.org", "10.0.0.5", "fd00::5"',
    ]);
    assert.deepEqual(said(own.certificate, other.key, ["10.0.0.5"]), [
      "key is not the key of the certificate",
    ]);
    const day = 86_400_000;
    assert.match(
      said(own.certificate, own.key, [], Date.now() + 91 * day).join(),
      /^certificate expired on /,
    );
    assert.match(
      said(own.certificate, own.key, [], Date.now() - day).join(),
      /^certificate is not valid before /,
    );
    assert.deepEqual(said(own.certificate + other.certificate, own.key, []), [
      "certificate is followed by another that did not issue it (number 2 in the file)",
    ]);
    assert.deepEqual(said("nothing", own.key, []), ["certificate has no certificate in PEM"]);
    assert.match(
      said("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", own.key, []).join(),
      /^certificate has a certificate that cannot be read: /,
    );
    assert.deepEqual(said(own.certificate, "-----BEGIN ENCRYPTED PRIVATE KEY-----", []), [
      "key has a passphrase, which nobody would be there to type",
    ]);
    assert.deepEqual(said(own.certificate, "no key", []), ["key has no private key in PEM"]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
