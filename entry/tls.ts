/** How the entry speaks TLS. */

import { argument, type Line } from "./caddyfile.ts";
import type { EntryLinks } from "./links.ts";
import { INTERNAL_LIFETIME_HOURS } from "./options.ts";

/** TLS 1.2 with forward secrecy and an authenticated cipher at least. Source: wiki.mozilla.org/Security/Server_Side_TLS, "intermediate". */
export const MODERN: readonly Line[] = [
  "protocols tls1.2 tls1.3",
  "ciphers TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 " +
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 " +
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
  "curves x25519mlkem768 x25519 secp256r1 secp384r1",
];

/** The `tls` directive of a site. */
export function certificateLines({ tls, files, acmeRoot }: EntryLinks): Line[] {
  switch (tls.mode) {
    case "files":
      return [[`tls ${argument(files!.certificate)} ${argument(files!.key)}`, MODERN]];
    case "internal":
      return [["tls", [["issuer internal", [`lifetime ${INTERNAL_LIFETIME_HOURS}h`]], ...MODERN]]];
    case "acme":
      return [["tls", [
        ["issuer acme", [
          `dir ${argument(tls.directory)}`,
          ...(acmeRoot === undefined ? [] : [`trusted_roots ${argument(acmeRoot)}`]),
        ]],
        ...MODERN,
      ]]];
  }
}
