/** Pieces of PromQL that several dashboards need. */

/** A counter's growth per minute: what comes a few times an hour reads 0.003 as a rate per second. */
export function perMinute(counter: string): string {
  return `60 * rate(${counter}[$__rate_interval])`;
}

/** Half of all stay below the first, nearly all below the second; each with its name in a legend. */
export const PERCENTILES = [[0.5, "50 %"], [0.95, "95 %"]] as const;

/**
 * The value below which a share of what a histogram counted stays; nothing while it counts nothing, where Prometheus would give
 * "not a number".
 *
 * @param buckets Selector of the series `…_bucket`.
 * @param by A label that tells apart.
 */
export function quantile(share: number, buckets: string, by?: string): string {
  const labels = by === undefined ? "le" : `${by}, le`;
  return `histogram_quantile(${share}, sum by (${labels}) (rate(${buckets}[$__rate_interval]))) >= 0`;
}
