/** What holds for the whole of Caddy. */

import { argument, type Line } from "./caddyfile.ts";
import type { EntryLinks } from "./links.ts";

/** How long a certificate of the stack's own authority is good: Caddy renews it when a third is left, and a fault has days to be seen. */
export const INTERNAL_LIFETIME_HOURS = 30 * 24;
/** It has to be longer, and is renewed when a fifth is left. */
const INTERMEDIATE_LIFETIME_HOURS = 365 * 24;

/** The block of global options. */
export function globalOptions(links: EntryLinks): Line[] {
  const { bind, name, ports, admin, storage } = links;
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
    ...authority(links),
    ["servers", [
      // Over TCP alone: its port is the only one that is published.
      "protocols h1 h2",
      "max_header_size 64KB",
      ["timeouts", ["read_header 10s", "read_body 60s", "write 5m", "idle 2m"]],
    ]],
    ["log", ["output stderr", "format json", "level INFO"]],
    "metrics",
  ];
}

function authority({ tls, stack }: EntryLinks): Line[] {
  switch (tls.mode) {
    case "acme":
      return [`email ${tls.email}`];
    case "internal":
      return [["pki", [["ca local", [
        `name ${argument(`Vigie ${stack}`)}`,
        // What browsers list it under: one of several stacks is told from the others.
        `root_cn ${argument(`Vigie ${stack} root`)}`,
        `intermediate_cn ${argument(`Vigie ${stack} intermediate`)}`,
        `intermediate_lifetime ${INTERMEDIATE_LIFETIME_HOURS}h`,
      ]]]]];
    case "files":
      return [];
  }
}
