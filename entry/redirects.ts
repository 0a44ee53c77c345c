/** HTTP, which only leads to HTTPS, and other names, which only lead to the first. */

import type { Line } from "./caddyfile.ts";
import type { EntryLinks } from "./links.ts";
import { certificateLines, MODERN } from "./tls.ts";

/** The sites that lead elsewhere. 308: for good, and whoever posted posts again. */
export function redirectSites(links: EntryLinks): Line[] {
  const { ports, aliases, services } = links;
  const [main] = services;
  const names = new Map(services.map(({ url }) => [new URL(url).hostname, new URL(url).origin]));
  return [
    ...[...names].flatMap(([host, origin]): Line[] => [
      [`http://${host}:${ports.http}`, [`redir ${origin}{uri} 308`]],
      "",
    ]),
    // Whatever else it is called by: not where the request says, which may be anywhere.
    [`http://:${ports.http}`, [`redir ${new URL(main!.url).origin}{uri} 308`]],
    "",
    // No authority named, or Caddy would make one rule of it and the names', which it does not go by for addresses.
    // Whoever asks for another name than was asked for with the certificate, or by none: it is told nothing.
    [`https://:${ports.https}`, [["tls", MODERN], "respond 421"]],
    "",
    ...aliases.flatMap((alias): Line[] => [
      [`https://${bracketed(alias)}:${ports.https}`, [
        ...certificateLines(links),
        `redir ${new URL(main!.url).origin}{uri} 308`,
      ]],
      "",
    ]),
  ];
}

/** An IPv6 address as URLs have it. */
function bracketed(name: string): string {
  return name.includes(":") ? `[${name}]` : name;
}
