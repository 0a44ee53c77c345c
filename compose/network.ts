/** The stack's network: names and addresses that are derived, so that nobody has to keep them in step. */

import { createHash } from "node:crypto";

// The kernel's IFNAMSIZ less its final zero.
const LONGEST_INTERFACE = 15;

/** The first address of an IPv4 subnet: the docker host's own in that network. */
export function gatewayOf(subnet: string): string {
  const [network, prefix] = subnet.split("/") as [string, string];
  const mask = Number(prefix) === 0 ? 0 : (~0 << (32 - Number(prefix))) >>> 0;
  const number = network.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = (((number & mask) >>> 0) + 1) >>> 0;
  return [24, 16, 8, 0].map((shift) => (first >>> shift) & 255).join(".");
}

/** Whether two IPv4 subnets, in CIDR notation, have an address in common. */
export function overlaps(a: string, b: string): boolean {
  const prefix = Math.min(...[a, b].map((subnet) => Number(subnet.split("/")[1])));
  const [first, second] = [a, b].map((subnet) => gatewayOf(`${subnet.split("/")[0]}/${prefix}`));
  return first === second;
}

/**
 * Name of the stack's bridge on the docker host, always the same for a stack: a firewall rule can name it.
 *
 * @param stack Name of the stack.
 */
export function bridgeOf(stack: string): string {
  const name = `br-${stack}`;
  if (name.length <= LONGEST_INTERFACE) return name;
  return `${name.slice(0, LONGEST_INTERFACE - 7)}-${digest(stack)}`;
}

/**
 * Name of an image that is built here. The registry `localhost` keeps Docker from looking for it on Docker Hub.
 *
 * @param stack Name of the stack.
 * @param service What is in it.
 */
export function builtImage(stack: string, service: string, tag: string): string {
  // Image names are narrower than stack names: no "_-", no separator at the end.
  const narrow = stack.replace(/[^a-z0-9]+/g, "-").replace(/-$/, "");
  return `localhost/${narrow === stack ? stack : `${narrow}-${digest(stack)}`}-${service}:${tag}`;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 6);
}
