/** Selectors and queries that the rows of the host dashboard share. */

import type { Text } from "../../lib/text.ts";
import type { GrafanaLinks } from "../mod.ts";
import { orZero } from "../promql.ts";

/** Matchers of the host that the reader chose. */
export const HOST = `job=~"$job",instance=~"$instance"`;
// Interfaces that carry what another one carries too: counting them would count traffic twice.
/** Matchers of the network interfaces that count. */
export const NETWORK =
  `${HOST},device!~"lo|veth.*|docker.*|br-.*|virbr.*|vnet.*|tap.*|cni.*|flannel.*|cali.*|ifb.*"`;
/** Matchers of the disks that count. */
export const DISK = `${HOST},device!~"loop.*|ram.*|zram.*|fd.*|sr.*"`;
/** Processors busy, percent. */
export const BUSY =
  `100 - 100 * avg by (instance) (rate(node_cpu_seconds_total{${HOST},mode="idle"}[$__rate_interval]))`;
/** Memory used, percent. */
export const MEMORY_USED =
  `100 - 100 * node_memory_MemAvailable_bytes{${HOST}} / node_memory_MemTotal_bytes{${HOST}}`;
/** Number of processors. */
export const PROCESSORS = `count by (instance) (node_cpu_seconds_total{${HOST},mode="idle"})`;

/** Names of the directions of network traffic. */
export const DIRECTIONS = {
  receive: { fr: "reçu", en: "received" },
  transmit: { fr: "émis", en: "sent" },
} as const;

/** A legend that starts with the device's name. */
export function withDevice({ fr, en }: Text): Text {
  return { fr: `{{device}} ${fr}`, en: `{{device}} ${en}` };
}

/** The alerts look at what is free, the panels show what is used. */
export function usedLimits({ diskFreeWarning, diskFreeCritical }: GrafanaLinks["thresholds"]) {
  return { warning: 100 - diskFreeWarning, critical: 100 - diskFreeCritical };
}

/** Space used on each filesystem, percent. */
export function spaceUsed(): string {
  return onDisks((fs) =>
    `100 - 100 * node_filesystem_avail_bytes{${fs}} / (node_filesystem_size_bytes{${fs}} > 0)`
  );
}

/** `expr` of the filesystems on disks; of those in memory for a host that has no others, such as a container. */
export function onDisks(expr: (matchers: string) => string): string {
  return `${expr(`${HOST},fstype!~"tmpfs|ramfs"`)} or on (instance) ${expr(HOST)}`;
}

/** `expr`, and a named 0 for a host that has no such thing. */
export function perHost(expr: string, label: readonly [name: string, text: string]): string {
  return orZero(expr, { present: `node_load1{${HOST}}`, on: ["instance"], label });
}
