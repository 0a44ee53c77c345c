/** Whether a certificate and its key are what the entry can serve. */

import { AsnConvert } from "@peculiar/asn1-schema";
import { Certificate, id_ce_subjectAltName, SubjectAlternativeName } from "@peculiar/asn1-x509";
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { isIP } from "node:net";

/** What is wrong with the certificate or its key. */
export interface CertificateFault {
  /** Which of the two files to look at. */
  readonly of: "certificate" | "key";
  /** What is wrong: a part of a sentence after the file's name. */
  readonly message: string;
  readonly cure: string;
}

// Not node:crypto's own reader of certificates: that of Deno 2.6 knows neither names nor addresses nor keys.
type Parsed = Certificate["tbsCertificate"];

const PEM = /-----BEGIN CERTIFICATE-----([\s\S]+?)-----END CERTIFICATE-----/g;
const RENEW = "renew it, and put the new one and its key there";

/**
 * What is wrong with a certificate, told by its texts.
 *
 * @param certificate PEM text: the certificate first, then those between it and the root.
 * @param key PEM text of its private key.
 * @param names Names and addresses that people type.
 * @param nowMs Now, milliseconds since 1970.
 */
export function certificateFaults(
  certificate: string,
  key: string,
  names: readonly string[],
  nowMs: number,
): CertificateFault[] {
  const chain = certificatesIn(certificate);
  if (typeof chain === "string") {
    return [fault("certificate", chain, "give the chain in PEM, the certificate first")];
  }
  const [leaf] = chain;
  const pair = keyIn(key);
  const faults = [...timeFaults(leaf!, nowMs), ...nameFaults(leaf!, names), ...chainFaults(chain)];
  if (typeof pair === "string") {
    return [
      ...faults,
      fault(
        "key",
        pair,
        "give the private key in PEM, without a passphrase: `openssl pkey -in KEY -out NEW`",
      ),
    ];
  }
  return isPair(leaf!, pair) ? faults : [
    fault("key", "is not the key of the certificate", "give the key that the certificate was asked for with"),
    ...faults,
  ];
}

function certificatesIn(text: string): Parsed[] | string {
  const blocks = [...text.matchAll(PEM)];
  if (blocks.length === 0) return "has no certificate in PEM";
  try {
    return blocks.map(([, base64]) => {
      const der = Uint8Array.from(atob(base64!.replace(/\s/g, "")), (each) => each.charCodeAt(0));
      return AsnConvert.parse(der, Certificate).tbsCertificate;
    });
  } catch (error) {
    return `has a certificate that cannot be read: ${(error as Error).message}`;
  }
}

function isPair({ subjectPublicKeyInfo }: Parsed, key: KeyObject): boolean {
  const own = createPublicKey(key).export({ type: "spki", format: "der" });
  return own.equals(new Uint8Array(AsnConvert.serialize(subjectPublicKeyInfo)));
}

function keyIn(text: string): KeyObject | string {
  if (/ENCRYPTED/.test(text)) return "has a passphrase, which nobody would be there to type";
  try {
    return createPrivateKey(text);
  } catch {
    // What the library says may quote the text.
    return "has no private key in PEM";
  }
}

function timeFaults({ validity: { notBefore, notAfter } }: Parsed, nowMs: number): CertificateFault[] {
  const [from, to] = [notBefore.getTime(), notAfter.getTime()];
  if (to.getTime() <= nowMs) return [fault("certificate", `expired on ${day(to)}`, RENEW)];
  if (from.getTime() > nowMs) {
    return [fault("certificate", `is not valid before ${day(from)}`, "set this machine's clock, or wait")];
  }
  return [];
}

function nameFaults(leaf: Parsed, names: readonly string[]): CertificateFault[] {
  const own = namesOf(leaf);
  const missing = names.filter((name) => !own.some((each) => covers(each, name)));
  return missing.length === 0 ? [] : [fault(
    "certificate",
    `is not for ${missing.map((name) => `"${name}"`).join(", ")}: it is for ${
      own.map((name) => `"${name}"`).join(", ") || "no name at all"
    }`,
    "have one made for every name in entry.name and entry.aliases, or name the entry as the certificate does",
  )];
}

/** Host names and addresses that it is for; its common name no longer counts: RFC 9525, 2. */
function namesOf({ extensions }: Parsed): string[] {
  const extension = extensions?.find(({ extnID }) => extnID === id_ce_subjectAltName);
  if (!extension) return [];
  return [...AsnConvert.parse(extension.extnValue, SubjectAlternativeName)]
    .flatMap(({ dNSName, iPAddress }) => dNSName ?? iPAddress ?? []);
}

/** A star stands for one label, the first: RFC 9525, 6.3. */
function covers(own: string, name: string): boolean {
  if (isIP(name) !== 0) return isIP(own) !== 0 && addressOf(own) === addressOf(name);
  const [asked, has] = [name.toLowerCase(), own.toLowerCase()];
  return has === asked || (has.startsWith("*.") && asked.slice(asked.indexOf(".")) === has.slice(1));
}

/** An address as there is one way to write it. */
function addressOf(text: string): string {
  return isIP(text) === 6 ? new URL(`http://[${text}]`).hostname : text;
}

/** A server sends what leads from its certificate to a root that browsers know; most find out alone, programs do not. */
function chainFaults(chain: readonly Parsed[]): CertificateFault[] {
  const broken = chain.findIndex(({ issuer }, i) => {
    const next = chain[i + 1];
    return next !== undefined && nameText(issuer) !== nameText(next.subject);
  });
  return broken === -1 ? [] : [fault(
    "certificate",
    `is followed by another that did not issue it (number ${broken + 2} in the file)`,
    "put them in order: the certificate first, then the one that issued it, and so on",
  )];
}

function nameText(name: Parsed["issuer"]): string {
  return new Uint8Array(AsnConvert.serialize(name)).toString();
}

function fault(of: CertificateFault["of"], message: string, cure: string): CertificateFault {
  return { of, message, cure };
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
