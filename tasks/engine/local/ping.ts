/** Whether the blackbox exporter may send pings. */

import { run } from "../../../lib/process.ts";
import type { Progress } from "../engine.ts";
import type { Stack } from "../../stack.ts";

/** Warns when an ICMP probe is configured and this user's processes may not ping. */
export async function warnAboutPing(stack: Stack, progress: Progress): Promise<void> {
  const names = stack.probes.filter(({ kind }) => kind === "icmp").map(({ name }) => `"${name}"`);
  if (names.length === 0 || Deno.uid() === 0) return;
  const [range, groups] = await Promise.all([
    run("cat", ["/proc/sys/net/ipv4/ping_group_range"]),
    run("id", ["-G"]),
  ]);
  if (mayPing(range.stdout, groups.stdout)) return;
  progress.warn(
    `The probe ${names.join(", ")} pings, which this user may not: it will say that its target is down. ` +
      'Cure: `sudo sysctl -w net.ipv4.ping_group_range="0 2147483647"`',
  );
}

/**
 * Whether one of `groups` is in the kernel's range of groups that may open ping sockets.
 *
 * @param range Text of /proc/sys/net/ipv4/ping_group_range. @param groups What `id -G` prints.
 */
export function mayPing(range: string, groups: string): boolean {
  const [from, to] = range.trim().split(/\s+/).map(Number);
  if (from === undefined || to === undefined) return false;
  return groups.trim().split(/\s+/).map(Number).some((group) => group >= from && group <= to);
}
