/** What the other domains tell Grafana: plain data. */

/** The numbers that an alert compares with: one for each severity that it comes in. */
export interface AlertLine {
  readonly info?: number;
  readonly warning?: number;
  readonly critical?: number;
  /** Where the line of some hosts is: a host follows the first that fits it. */
  readonly elsewhere?: readonly LineElsewhere[];
  /** What to do when it is crossed; put here from `alerts` when dashboards are rendered. */
  readonly runbook?: Runbook;
}

/** An alert, and the URL of what to do about it. */
export interface Runbook {
  readonly alert: string;
  readonly url: string;
}

/** The line of an alert on some hosts. */
export interface LineElsewhere {
  readonly severity: string;
  /** PromQL's matchers of what it holds for, without braces. */
  readonly matchers: string;
  /** Whether these are all about labels of scrape targets, so that `up` has them. */
  readonly ofTargets: boolean;
  /** Left out where the alert is switched off. */
  readonly value?: number;
}

/** Where the reader of an alert goes on from it. */
export interface AlertPlaces {
  /** The dashboard that shows it, and which of its labels choose the dashboard's variables of the same name. */
  readonly dashboard?: { readonly uid: string; readonly variables: readonly string[] };
  /** URL of its runbook. */
  readonly runbookUrl?: string;
}

/** What Grafana has to know of the rest of the stack. */
export interface GrafanaLinks {
  /** Base URLs as Grafana reaches them. */
  readonly prometheusUrl: string;
  readonly alertmanagerUrl: string;
  /** The directory where Grafana finds the dashboards' files. */
  readonly dashboardsPath: string;
  /** Seconds between two scrapes: a graph cannot be finer. */
  readonly scrapeIntervalSeconds: number;
  /** The alerts' lines by the alert's name, in its own unit: graphs draw them. An alert that is switched off has none. */
  readonly lines: Readonly<Record<string, AlertLine>>;
  /**
   * Services that run, by name: a dashboard leaves out the panels of the others. Each with the job that Prometheus scrapes it under, if
   * it does; `node` is that of every host's node exporter.
   */
  readonly services: ReadonlyMap<string, string | undefined>;
  /** Where each alert leads, by its name. */
  readonly alerts?: Readonly<Record<string, AlertPlaces>>;
  /** Whether any host is scraped, true by default; without one the dashboards of hosts are left out. */
  readonly hosts?: boolean;
  /** Whether any probe is made, true by default; without one the dashboard of probes is left out. */
  readonly probes?: boolean;
}
