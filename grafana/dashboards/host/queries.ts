/** Selectors and queries that the rows of the host dashboard share. */

import type { Text } from "../../../lib/text.ts";
import type { AlertLine } from "../../links.ts";
import type { Limits, Query } from "../../panel.ts";
import { figuresOf } from "../host_figures.ts";

/** Matchers of the host that the reader chose. */
export const HOST = `job=~"$job",instance=~"$instance"`;
// Interfaces that carry what another one carries too: counting them would count traffic twice.
/** Matchers of the network interfaces that count. */
export const NETWORK =
  `${HOST},device!~"lo|veth.*|docker.*|br-.*|virbr.*|vnet.*|tap.*|cni.*|flannel.*|cali.*|ifb.*"`;
// So are loop devices, logical volumes and arrays: the disks below them have it all.
/** Matchers of the disks that count. */
export const DISK = `${HOST},device!~"loop.*|ram.*|zram.*|fd.*|sr.*|dm-.*|md.*"`;

/** The figures that alerts look at, of the host and the device that the reader chose. */
export const FIGURES = figuresOf(HOST, byDevice);

/** Alerts that fire about the host. */
export const FIRING =
  `count(ALERTS{alertstate="firing",severity!="none",instance=~"$instance"}) or vector(0)`;

/**
 * `expr` of the device that the reader chose; of all of them where none is of that name, as a disk is no network interface.
 *
 * @param expr Given what to add to its matchers.
 */
export function byDevice(expr: (device: string) => string): string {
  return `${expr(`,device=~"$device"`)} or on (instance) ${expr("")}`;
}

/** Names of the directions of network traffic. */
export const DIRECTIONS = {
  receive: { fr: "reçu", en: "received" },
  transmit: { fr: "émis", en: "sent" },
} as const;

/** What is received above zero, what is sent below. */
export function bothDirections(
  expr: (direction: "receive" | "transmit", device: string) => string,
): Query[] {
  return (["receive", "transmit"] as const).map((direction) => ({
    expr: byDevice((device) => expr(direction, device)),
    legend: withDevice(DIRECTIONS[direction]),
    below: direction === "transmit",
  }));
}

/** A legend that starts with the device's name. */
export function withDevice({ fr, en }: Text): Text {
  return { fr: `{{device}} ${fr}`, en: `{{device}} ${en}` };
}

/** Limits of what is used, where the alert looks at what is free. */
export function usedLimits({ warning, critical, elsewhere = [], runbook }: AlertLine = {}): Limits {
  const used = (free: number | undefined) => free === undefined ? undefined : 100 - free;
  return {
    warning: used(warning),
    critical: used(critical),
    runbook,
    elsewhere: elsewhere.map((other) => ({ ...other, value: used(other.value) })),
  };
}
