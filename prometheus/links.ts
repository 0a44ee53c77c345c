/** What the other domains tell Prometheus: plain data. */

/** What Prometheus has to know of the other services: plain data, from tasks/stack.ts. */
export interface PrometheusLinks {
  /** Addresses `host:port`, as Prometheus reaches them; a service that is switched off is left out. */
  readonly addresses: {
    readonly prometheus: string;
    readonly alertmanager: string;
    readonly webhook: string;
    readonly "node-exporter"?: string;
    readonly blackbox?: string;
    readonly grafana?: string;
    readonly cadvisor?: string;
  };
  /** For each path in a job's `files`: the path at which Prometheus sees it. */
  readonly filePaths: Readonly<Record<string, string>>;
}
