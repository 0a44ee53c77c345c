/** The files that Prometheus reads to ask hosts and jobs over TLS and with credentials. */

import { accessFiles } from "../prometheus/mod.ts";
import { wantedCertificate, wantedKey } from "./entry_needs.ts";
import type { SecretNeed } from "./secret_needs.ts";
import type { Stack } from "./stack.ts";

const WANTED = { certificate: wantedCertificate, key: wantedKey, password: undefined };

/** Every one of them, as secrets: `up` copies them to where Prometheus may read them. */
export function accessNeedsOf(stack: Pick<Stack, "hosts" | "jobs">): SecretNeed[] {
  return accessFiles(stack).map(({ file, from, config, what }) => ({
    service: "prometheus",
    file,
    from,
    config,
    ...(WANTED[what] && { wanted: WANTED[what] }),
  }));
}
