/** Under which names the pages may be asked for. */

import { isIP } from "node:net";

/**
 * Whether a page may be shown under the name that the browser asked for. A page of another site that makes its name lead here (DNS
 * rebinding) would otherwise read ours. An address is nobody's name, and neither is this machine's own.
 *
 * @param host The header `Host`. @param known Names, without a port.
 */
export function isKnownHost(host: string | null | undefined, known: Iterable<string>): boolean {
  const name = nameIn(host);
  if (name === undefined) return false;
  if (isIP(name) !== 0 || name === "localhost" || name.endsWith(".localhost")) return true;
  for (const each of known) if (each.toLowerCase().replace(/\.$/, "") === name) return true;
  return false;
}

function nameIn(host: string | null | undefined): string | undefined {
  if (!host || /[\s/@?#\\]/.test(host)) return undefined;
  const url = URL.parse(`http://${host}`);
  return url?.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "").toLowerCase();
}

/** Whether an address that is listened on is reached from this machine alone. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || /^127\./.test(hostname);
}
