/** The entry's face to the generator: Caddy's configuration. */

import type { CertificateFault } from "./certificate.ts";
import { BANNER, type Files } from "../lib/files.ts";
import { caddyfile, type Line } from "./caddyfile.ts";
import type { EntryLinks } from "./links.ts";
import { globalOptions } from "./options.ts";
import { redirectSites } from "./redirects.ts";
import { sites } from "./sites.ts";

export { entryChecks } from "./checks/mod.ts";
export type { EntryLinks, EntryService } from "./links.ts";
export type { CertificateFault } from "./certificate.ts";

/** `entry/Caddyfile`. */
export function renderEntry(links: EntryLinks): Files {
  const lines: Line[] = [
    ["", globalOptions(links)],
    "",
    ...sites(links),
    ...redirectSites(links),
    metricsSite(links),
  ];
  return new Map([["entry/Caddyfile", `# ${BANNER}\n${caddyfile(lines)}`]]);
}

/** What is wrong with a certificate; see certificate.ts, which is loaded where there is one to look at. */
export async function certificateFaults(
  ...args: Parameters<typeof import("./certificate.ts").certificateFaults>
): Promise<CertificateFault[]> {
  return (await import("./certificate.ts")).certificateFaults(...args);
}

/** For Prometheus and for whoever asks whether it is there: nothing else is told here. */
function metricsSite({ ports, metricsBind }: EntryLinks): Line {
  return [`http://:${ports.metrics}`, [
    ...(metricsBind === undefined ? [] : [`bind ${metricsBind}`]),
    ["route", ["metrics /metrics", "respond /health 200", "respond 404"]],
  ]];
}
