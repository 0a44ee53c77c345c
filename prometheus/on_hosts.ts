/** What else is measured on the hosts: when a host is down, all of it is. */

import type { Measure } from "./schema.ts";

/**
 * For each host: values of the label `instance` of targets and probes at its address. None for this machine, which cannot be told to be
 * down, and none at an address that several hosts share, as it says nothing about which of them it is.
 */
export function instancesOnHosts(
  { hosts, jobs, probes }: Pick<Measure, "hosts" | "jobs" | "probes">,
): Record<string, string[]> {
  const remote = hosts.flatMap(({ name, address }) =>
    address === undefined ? [] : [{ name, at: hostOf(address) }]
  );
  const measured = [
    ...jobs.flatMap(({ targets, labels }) =>
      targets.map((target) => ({ instance: labels.instance ?? target, at: hostOf(target) }))
    ),
    ...probes.map((probe) => ({
      instance: probe.name,
      at: probe.kind === "http" ? new URL(probe.target).hostname : hostOf(probe.target),
    })),
  ];
  return Object.fromEntries(remote.map(({ name, at }) => {
    const isShared = remote.some((other) => other.name !== name && other.at === at);
    const on = isShared ? [] : measured.filter((each) => each.at === at).map(({ instance }) => instance);
    return [name, [...new Set(on)].filter((instance) => instance !== name)];
  }));
}

/** `10.0.0.7` of `10.0.0.7:9100`. */
function hostOf(address: string): string {
  return address.replace(/:\d+$/, "").toLowerCase();
}
