/** The blackbox exporter's modules: how it asks, one for each distinct setting of the probes. */

import { createHash } from "node:crypto";
import type { WatchedEntry } from "./links.ts";
import type { Probe } from "./schema.ts";

// Asking over IPv4 first is what most networks answer to; a target that has only IPv6 is still reached.
const IP = { preferred_ip_protocol: "ip4", ip_protocol_fallback: true };
const HASH_LENGTH = 8;
/** The module that looks at the entry's certificate. */
export const ENTRY_MODULE = "entry_tls";

/**
 * The name of the module that asks as `probe` wants: the same for probes with the same settings, whatever their targets.
 *
 * @example
 * ```ts
 * import { moduleName } from "./blackbox.ts";
 * moduleName({ name: "a", kind: "http", target: "http://a/", status: [301, 302], labels: {} }); // "http_301_302"
 * ```
 */
export function moduleName(probe: Probe): string {
  switch (probe.kind) {
    case "http":
      return [
        "http",
        ...statuses(probe.status),
        ...(probe.body === undefined ? [] : ["body", hash(probe.body)]),
      ].join("_");
    case "tcp":
      return probe.tls ? "tcp_tls" : "tcp";
    case "icmp":
      return "icmp";
    case "dns":
      return `dns_${probe.type.toLowerCase()}_${probe.query}`;
  }
}

/**
 * The content of blackbox.yml. It always has the module `http`, as people call the exporter by hand, too.
 *
 * Source: CONFIGURATION.md of the blackbox exporter 0.28.
 */
export function blackboxConfig(
  probes: readonly Probe[],
  entry?: Pick<WatchedEntry, "name">,
): { modules: Record<string, unknown> } {
  const modules: Record<string, unknown> = { http: httpModule([]) };
  if (entry) modules[ENTRY_MODULE] = entryModule(entry.name);
  for (const probe of probes) modules[moduleName(probe)] ??= moduleOf(probe);
  return { modules: Object.fromEntries(Object.entries(modules).sort(([a], [b]) => a < b ? -1 : 1)) };
}

function moduleOf(probe: Probe): unknown {
  switch (probe.kind) {
    case "http":
      return httpModule(statuses(probe.status), probe.body);
    case "tcp":
      // The exporter leaves a false out of what it says that it runs: one that is written would look like a difference.
      return { prober: "tcp", tcp: { ...IP, tls: probe.tls || undefined } };
    case "icmp":
      return { prober: "icmp", icmp: IP };
    case "dns":
      return {
        prober: "dns",
        dns: {
          ...IP,
          transport_protocol: "udp",
          query_name: probe.query,
          query_type: probe.type,
          valid_rcodes: ["NOERROR"],
          // A name that exists but has no such record answers NOERROR too, with nothing in it.
          validate_answer_rrs: { fail_if_none_matches_regexp: [".+"] },
        },
      };
  }
}

/** Whether it is trusted is not asked, as the authority may be the stack's own: only until when it is good. */
function entryModule(name: string): unknown {
  return {
    prober: "tcp",
    tcp: { ...IP, tls: true, tls_config: { insecure_skip_verify: true, server_name: name } },
  };
}

function httpModule(status: readonly number[], body?: string): unknown {
  return {
    prober: "http",
    http: {
      ...IP,
      method: "GET",
      valid_status_codes: status.length === 0 ? undefined : status,
      // Followed, a redirection that is wanted as the answer would never be seen.
      follow_redirects: !status.some((code) => code >= 300 && code < 400),
      fail_if_body_not_matches_regexp: body === undefined ? undefined : [body],
    },
  };
}

function statuses(status: readonly number[]): number[] {
  return [...new Set(status)].sort((a, b) => a - b);
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, HASH_LENGTH);
}
