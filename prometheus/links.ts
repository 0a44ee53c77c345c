/** What the other domains tell Prometheus: plain data. */

/** What Prometheus has to know of the other services: plain data, from tasks/render.ts. */
export interface PrometheusLinks {
  /** The stack's name: the Compose project of its own containers. */
  readonly stack: string;
  /** Services of the stack that run and have metrics; the node exporter's job is the hosts' own, `node`. */
  readonly services: readonly ScrapedService[];
  /** Address `host:port` of Alertmanager, as Prometheus reaches it. */
  readonly alertmanager: string;
  /** Address `host:port` of the blackbox exporter; left out when it is switched off. */
  readonly blackbox?: string;
  /** The door that people come through, whose certificate is watched; left out when there is none, or nobody to look. */
  readonly entry?: WatchedEntry;
  /** Where Prometheus sees its secrets. */
  readonly secretsDir: string;
  /** For each path in a job's `files`: the path at which Prometheus sees it. */
  readonly filePaths: Readonly<Record<string, string>>;
  /**
   * URL (no trailing slash) of the runbooks as readers of alerts reach them: `http://127.0.0.1:9094/runbooks`. The page of an alert of
   * the stack's own lies below it, under the alert's name; alerts that config.ts brings have none there.
   */
  readonly runbookUrl: string;
  /** Grafana's URL (no trailing slash) as readers of alerts reach it; undefined without Grafana. */
  readonly grafanaUrl?: string;
}

/** What has to be known of the entry to watch its certificate. */
export interface WatchedEntry {
  /** `host:port`, as the blackbox exporter reaches it. */
  readonly address: string;
  /** Name or address that people type. */
  readonly name: string;
  /** Who renews its certificate. */
  readonly renewal: "caddy" | "hand";
}

/** A service of the stack that Prometheus scrapes. */
export interface ScrapedService {
  /** Becomes the label `instance`. */
  readonly name: string;
  readonly job: string;
  /** `host:port`, as Prometheus reaches it. */
  readonly address: string;
  /** Path of its metrics; /metrics when left out. */
  readonly path?: string;
}
