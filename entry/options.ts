/** What holds for the whole of Caddy. */

import { argument, type Line } from "./caddyfile.ts";
import type { EntryLinks } from "./links.ts";

/** How long a certificate of the stack's own authority is good: as Caddy renews it when a third is left, a fault has a day to be seen. */
export const INTERNAL_LIFETIME_HOURS = 72;

/** The block of global options. */
export function globalOptions({ tls, bind, name, ports, admin, storage }: EntryLinks): Line[] {
  return [
    // A socket, and not a port: whoever reaches it commands the entry.
    `admin ${argument(`unix/${admin}|0600`)}`,
    // What runs is what the file says, not what it was told last.
    "persist_config off",
    ...(storage === undefined ? [] : [`storage file_system ${argument(storage)}`]),
    ...(bind === undefined ? [] : [`default_bind ${bind}`]),
    `http_port ${ports.http}`,
    `https_port ${ports.https}`,
    // Written down below, with the port that people type.
    "auto_https disable_redirects",
    // A browser that was given an IP address does not say which.
    `default_sni ${name}`,
    "skip_install_trust",
    "grace_period 10s",
    ...authority(tls),
    ["servers", [
      // Over TCP alone: its port is the only one that is published.
      "protocols h1 h2",
      // Who comes through a proxy of one's own is still not believed.
      "strict_sni_host on",
      "max_header_size 64KB",
      ["timeouts", ["read_header 10s", "read_body 60s", "write 5m", "idle 2m"]],
    ]],
    ["log", ["output stderr", "format json", "level INFO"]],
    "metrics",
  ];
}

function authority(tls: EntryLinks["tls"]): Line[] {
  return tls.mode !== "acme" ? [] : [`email ${tls.email}`];
}
