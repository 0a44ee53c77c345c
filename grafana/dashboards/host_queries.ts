/** Selectors and queries that the rows of the host dashboard share. */

import type { Text } from "../../lib/text.ts";
import type { GrafanaLinks } from "../links.ts";
import { orZero } from "../promql.ts";

/** Matchers of the host that the reader chose. */
export const HOST = `job=~"$job",instance=~"$instance"`;
// Interfaces that carry what another one carries too: counting them would count traffic twice.
/** Matchers of the network interfaces that count. */
export const NETWORK =
  `${HOST},device!~"lo|veth.*|docker.*|br-.*|virbr.*|vnet.*|tap.*|cni.*|flannel.*|cali.*|ifb.*"`;
/** Matchers of the disks that count. */
export const DISK = `${HOST},device!~"loop.*|ram.*|zram.*|fd.*|sr.*"`;
// A read-only image is always full and memory is not a disk; containers see these three files as mounts of the host's disk.
const FILESYSTEM =
  `${HOST},fstype!~"erofs|iso9660|ramfs|squashfs|tmpfs|udf",mountpoint!~"/etc/(hostname|hosts|resolv.conf)"`;
// The figures below are what the alerts' rules look at, so that a line in a panel is where the alert is.
/** Processors busy, percent: waiting for a disk is not being busy. */
export const BUSY =
  `100 - 100 * avg by (instance) (sum by (instance, cpu) (rate(node_cpu_seconds_total{${HOST},mode=~"idle|iowait"}[$__rate_interval])))`;
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
export function usedLimits({ HostDiskSpaceLow: { warning, critical } = {} }: GrafanaLinks["lines"]) {
  const used = (free: number | undefined) => free === undefined ? undefined : 100 - free;
  return { warning: used(warning), critical: used(critical) };
}

/** Space used on each filesystem, percent. */
export function spaceUsed(): string {
  return onDisks((fs) =>
    `100 - 100 * node_filesystem_avail_bytes{${fs}} / (node_filesystem_size_bytes{${fs}} > 0)`
  );
}

/** `expr` of the writable filesystems on disks; of all of them for a host that has no such one, such as a container. */
export function onDisks(expr: (matchers: string) => string): string {
  return `${expr(FILESYSTEM)} and node_filesystem_readonly{${FILESYSTEM}} == 0 or on (instance) ${
    expr(HOST)
  }`;
}

/** `expr`, and 0 for a host that has no such thing, under a name of its own where there is a label for it. */
export function perHost(expr: string, label?: readonly [name: string, text: string]): string {
  return orZero(expr, { present: `node_load1{${HOST}}`, on: ["instance"], label });
}
