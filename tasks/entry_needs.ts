/** The files that the entry reads beside its configuration. */

import { ENTRY_FILES } from "./entry.ts";
import type { SecretNeed } from "./secret_needs.ts";
import type { Stack } from "./stack.ts";

const CERTIFICATE = "a certificate in PEM";

/** Its own certificate with the key, and the root of a private authority: `up` copies them to where it may read them. */
export function entryNeedsOf({ tls }: Pick<Stack, "tls">): SecretNeed[] {
  if (tls.mode === "files") {
    return [
      {
        service: "entry",
        file: ENTRY_FILES.certificate,
        from: { file: tls.certificate },
        config: ["tls", "certificate"],
        wanted: wantedCertificate,
      },
      { service: "entry", file: ENTRY_FILES.key, from: tls.key, config: ["tls", "key"], wanted: wantedKey },
    ];
  }
  return tls.mode !== "acme" || tls.root === undefined ? [] : [{
    service: "entry",
    file: ENTRY_FILES.root,
    from: { file: tls.root },
    config: ["tls", "root"],
    wanted: wantedCertificate,
  }];
}

/** What a file should have held that is no certificate in PEM. */
export function wantedCertificate(text: string): string | undefined {
  return text.includes("-----BEGIN CERTIFICATE-----") ? undefined : CERTIFICATE;
}

/** What a file should have held that is no private key in PEM. */
export function wantedKey(text: string): string | undefined {
  return /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(text)
    ? undefined
    : "a private key in PEM, without a passphrase";
}
