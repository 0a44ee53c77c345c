/** Prometheus: scrapes, keeps, evaluates. */

import type { ComposePlan } from "../plan.ts";
import type { ServiceSpec } from "../service.ts";

/** Prometheus in Compose. */
export function prometheus({ retention, urls }: ComposePlan): ServiceSpec {
  return {
    user: "65534:65534",
    command: [
      "--config.file=/etc/prometheus/prometheus.yml",
      "--storage.tsdb.path=/prometheus",
      `--storage.tsdb.retention.time=${retention.time}`,
      `--storage.tsdb.retention.size=${retention.size}`,
      `--web.external-url=${urls.prometheus}`,
      // Reloading without a restart; the port is bound to this machine.
      "--web.enable-lifecycle",
    ],
    port: 9090,
    health: ["wget", "-q", "-O", "/dev/null", "-T", "4", "http://127.0.0.1:9090/-/ready"],
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
