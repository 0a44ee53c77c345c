/** cAdvisor: the containers' processors and memory. */

import type { ServiceSpec } from "../service.ts";

/** cAdvisor in Compose. */
export function cadvisor(): ServiceSpec {
  return {
    // The engine's socket and the other containers' /proc are root's. It has no capability of root, though.
    user: "0:0",
    command: [
      "--docker_only=true",
      "--housekeeping_interval=30s",
      // Every label of every container would become a label of every series.
      "--store_container_labels=false",
      "--whitelisted_container_labels=com.docker.compose.project,com.docker.compose.service",
      // A name that its version does not know keeps it from starting.
      "--disable_metrics=advtcp,cpu_topology,cpuset,disk,hugetlb,memory_numa,percpu,process,referenced_memory,resctrl,sched,tcp,udp",
    ],
    port: 8080,
    health: ["wget", "-q", "-O", "/dev/null", "-T", "4", "http://127.0.0.1:8080/healthz"],
    memory: "512m",
    cpus: 0.5,
    pids: 128,
    host: [
      { source: "/", target: "/rootfs", slave: true },
      { source: "/sys", target: "/sys" },
      { source: "/var/run", target: "/var/run" },
    ],
  };
}
