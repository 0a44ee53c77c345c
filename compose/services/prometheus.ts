/** Prometheus: scrapes, keeps, evaluates. */

import type { ComposePlan } from "../plan.ts";
import type { ServiceDefinition } from "../definition.ts";
import { routePrefix, type ServiceSpec } from "../service.ts";

/** Prometheus. */
export const prometheus = {
  name: "prometheus",
  ports: {
    /** Prometheus. */
    prometheus: { default: 9090, about: "Prometheus." },
  },
  engines: ["docker", "local"],
  containerPort: 9090,
  readyPath: "/-/ready",
  scrape: { job: "prometheus", buildInfo: "prometheus_build_info" },
  compose,
} as const satisfies ServiceDefinition<"prometheus">;

function compose({ retention, urls }: ComposePlan): ServiceSpec {
  return {
    user: "65534:65534",
    command: [
      "--config.file=/etc/prometheus/prometheus.yml",
      "--storage.tsdb.path=/prometheus",
      `--storage.tsdb.retention.time=${retention.time}`,
      `--storage.tsdb.retention.size=${retention.size}`,
      `--web.external-url=${urls.prometheus}`,
      ...routePrefix(urls.prometheus),
      // Reloading without a restart; the port is bound to this machine.
      "--web.enable-lifecycle",
      // Snapshots, for backups; the entry lets nobody reach them.
      "--web.enable-admin-api",
    ],
    // Reading a large write-ahead log back takes minutes.
    startPeriod: "10m",
    memory: "2g",
    cpus: 1,
    pids: 256,
    config: { prometheus: "/etc/prometheus" },
    data: "/prometheus",
    // Who is told has to be there before there is something to tell.
    after: ["alertmanager"],
    // It writes what it holds in memory to disk before it ends.
    stopGrace: "1m",
    // Jobs in config.ts may name things that listen on the docker host itself.
    extra: { extra_hosts: ["host.docker.internal:host-gateway"] },
  };
}
