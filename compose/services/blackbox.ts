/** The blackbox exporter: asks from outside. */

import type { ServiceSpec } from "../service.ts";

/** The blackbox exporter in Compose. */
export function blackbox(): ServiceSpec {
  return {
    // Its image names no user, which means root.
    user: "65534:65534",
    command: ["--config.file=/etc/blackbox/blackbox.yml"],
    port: 9115,
    health: ["wget", "-q", "-O", "/dev/null", "-T", "4", "http://127.0.0.1:9115/-/healthy"],
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
