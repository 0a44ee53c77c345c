/** Whether a certificate and its key are what the entry can serve. */

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";

/** What is wrong with the certificate or its key. */
export interface CertificateFault {
  /** Which of the two files to look at. */
  readonly of: "certificate" | "key";
  /** What is wrong: a part of a sentence after the file's name. */
  readonly message: string;
  /** An `error` keeps the entry from being trusted; a `warning` will, or does for some. */
  readonly severity: "error" | "warning";
  readonly cure: string;
}

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
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
  return leaf!.checkPrivateKey(pair) ? faults : [
    fault("key", "is not the key of the certificate", "give the key that the certificate was asked for with"),
    ...faults,
  ];
}

function certificatesIn(text: string): X509Certificate[] | string {
  const blocks = text.match(PEM) ?? [];
  if (blocks.length === 0) return "has no certificate in PEM";
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (error) {
    return `has a certificate that cannot be read: ${(error as Error).message}`;
  }
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

function timeFaults({ validFrom, validTo }: X509Certificate, nowMs: number): CertificateFault[] {
  if (Date.parse(validTo) <= nowMs) return [fault("certificate", `expired on ${day(validTo)}`, RENEW)];
  if (Date.parse(validFrom) > nowMs) {
    return [
      fault("certificate", `is not valid before ${day(validFrom)}`, "set this machine's clock, or wait"),
    ];
  }
  return [];
}

function nameFaults(leaf: X509Certificate, names: readonly string[]): CertificateFault[] {
  const missing = names.filter((name) =>
    !(/^[\d.]+$|:/.test(name) ? leaf.checkIP(name) : leaf.checkHost(name))
  );
  return missing.length === 0 ? [] : [fault(
    "certificate",
    `is not for ${missing.map((name) => `"${name}"`).join(", ")}: it is for ${
      leaf.subjectAltName ?? "no name at all"
    }`,
    "have one made for every name in entry.name and entry.aliases, or name the entry as the certificate does",
  )];
}

/** A server sends what leads from its certificate to a root that browsers know; most find out alone, programs do not. */
function chainFaults(chain: readonly X509Certificate[]): CertificateFault[] {
  const broken = chain.findIndex((each, i) => i + 1 < chain.length && !each.checkIssued(chain[i + 1]!));
  return broken === -1 ? [] : [fault(
    "certificate",
    `is followed by another that did not issue it (number ${broken + 2} in the file)`,
    "put them in order: the certificate first, then the one that issued it, and so on",
  )];
}

function fault(of: CertificateFault["of"], message: string, cure: string): CertificateFault {
  return { of, message, severity: "error", cure };
}

function day(text: string): string {
  return new Date(text).toISOString().slice(0, 10);
}
