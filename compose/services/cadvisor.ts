/** cAdvisor: the containers' processors and memory. */

import type { ServiceDefinition } from "../definition.ts";
import type { ServiceSpec } from "../service.ts";

/** cAdvisor. */
export const cadvisor = {
  name: "cadvisor",
  ports: {
    /** cAdvisor; docker engine only. */
    cadvisor: { default: 8080, about: "cAdvisor; docker engine only." },
  },
  services: {
    /** Containers' processors and memory; docker engine only. */
    cadvisor: { default: true, about: "Containers' processors and memory; docker engine only." },
  },
  engines: ["docker"],
  containerPort: 8080,
  readyPath: "/healthz",
  scrape: { job: "cadvisor" },
  compose,
} as const satisfies ServiceDefinition<"cadvisor">;

function compose(): ServiceSpec {
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
