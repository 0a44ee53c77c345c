/** The blackbox exporter: asks from outside. */

import type { ServiceDefinition } from "../definition.ts";
import type { ComposePlan } from "../plan.ts";
import { externalUrl, type ServiceSpec } from "../service.ts";

/** The blackbox exporter. */
export const blackbox = {
  name: "blackbox",
  ports: {
    /** The blackbox exporter. */
    blackbox: { default: 9115, about: "The blackbox exporter." },
  },
  services: {
    /** HTTP, TCP, ICMP and DNS probes. */
    blackbox: { default: true, about: "HTTP, TCP, ICMP and DNS probes." },
  },
  engines: ["docker", "local"],
  containerPort: 9115,
  readyPath: "/-/healthy",
  scrape: { job: "blackbox", buildInfo: "blackbox_exporter_build_info" },
  compose,
} as const satisfies ServiceDefinition<"blackbox">;

function compose({ urls }: ComposePlan): ServiceSpec {
  return {
    // Its image names no user, which means root.
    user: "65534:65534",
    command: [
      "--config.file=/etc/blackbox/blackbox.yml",
      ...externalUrl(urls.blackbox),
    ],
    memory: "128m",
    cpus: 0.5,
    pids: 64,
    config: { blackbox: "/etc/blackbox" },
    extra: {
      // Ping without a capability. Not above 65535: a rootless engine has no more groups to give.
      sysctls: { "net.ipv4.ping_group_range": "0 65535" },
      extra_hosts: ["host.docker.internal:host-gateway"],
    },
  };
}
