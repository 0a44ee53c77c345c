/** The node exporter: this machine's processors, memory, disks and network. */

import { gatewayOf } from "../network.ts";
import type { ComposePlan } from "../plan.ts";
import type { ServiceDefinition } from "../definition.ts";
import type { ServiceSpec } from "../service.ts";

/** The node exporter: in the host's network and process namespaces, or it would report the container's. */
export const nodeExporter = {
  name: "node-exporter",
  ports: {
    /** The node exporter. */
    "node-exporter": { default: 9100, about: "The node exporter." },
  },
  services: {
    /** This machine's processors, memory, disks and network. */
    "node-exporter": { default: true, about: "This machine's processors, memory, disks and network." },
  },
  engines: ["docker", "local"],
  readyPath: "/",
  scrape: { job: "node", buildInfo: "node_exporter_build_info" },
  compose,
} as const satisfies ServiceDefinition<"node-exporter">;

function compose({ bind, ports, subnet }: ComposePlan): ServiceSpec {
  const port = ports["node-exporter"];
  return {
    user: "65534:65534",
    command: [
      "--path.rootfs=/host",
      "--path.udev.data=/host/run/udev/data",
      // The file systems of containers are the engine's affair; they would come and go as series.
      "--collector.filesystem.mount-points-exclude=^/(dev|proc|run/credentials/.+|run/docker/.+|sys|var/lib/docker/.+|var/lib/containers/.+)($|/)",
      ...listenHosts(bind, gatewayOf(subnet)).map((host) => `--web.listen-address=${host}:${port}`),
    ],
    health: ["wget", "-q", "-O", "/dev/null", "-T", "4", `http://127.0.0.1:${port}/`],
    memory: "128m",
    cpus: 0.5,
    pids: 64,
    host: [{ source: "/", target: "/host", slave: true }],
    extra: { network_mode: "host", pid: "host" },
  };
}

/** Its addresses: the stack's network for Prometheus, the loopback for its health check, and what config.ts binds to. */
function listenHosts(bind: string, gateway: string): string[] {
  // A wildcard holds all the others, and refuses them their port.
  if (bind === "0.0.0.0") return [bind];
  if (bind === "::") return ["[::]"];
  return [...new Set([gateway, "127.0.0.1", bind.includes(":") ? `[${bind}]` : bind])];
}
