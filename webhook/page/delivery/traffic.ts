/** What Prometheus knows of each channel's last day. */

import type { Answered, AskPrometheus } from "../prometheus.ts";

/** One channel's last day; what is undefined is not known. */
export interface Traffic {
  readonly delivered?: number;
  /** Dead letters that came of it. */
  readonly failed?: number;
  /** Attempts that failed and were made again. */
  readonly retries?: number;
  /** From the acceptance of a notification to its delivery: half of them, and 95 % of them, were as fast. */
  readonly halfMs?: number;
  readonly mostMs?: number;
}

/** All channels by their names, or why there is nothing of them. */
export type TrafficFound =
  | { readonly ok: true; readonly byChannel: ReadonlyMap<string, Traffic> }
  | { readonly ok: false; readonly error: string };

const SPAN = "24h";
const latency = (share: number) =>
  `histogram_quantile(${share}, sum by (channel, le) (increase(vigie_webhook_end_to_end_duration_seconds_bucket[${SPAN}])))`;
const counted = (metric: string, result = "") => `sum by (channel) (increase(${metric}${result}[${SPAN}]))`;

const QUERIES: Readonly<Record<keyof Traffic, string>> = {
  delivered: counted("vigie_webhook_deliveries_total", '{result="delivered"}'),
  failed: counted("vigie_webhook_deliveries_total", '{result="failed"}'),
  retries: counted("vigie_webhook_retries_total"),
  halfMs: latency(0.5),
  mostMs: latency(0.95),
};
const NOT_UNDERSTOOD = "Prometheus gave an answer that is not understood";

/** Asks for the last day of every channel. @param nowMs Milliseconds since 1970. */
export async function readTraffic(ask: AskPrometheus, nowMs: number): Promise<TrafficFound> {
  const names = Object.keys(QUERIES) as (keyof Traffic)[];
  const time = nowMs / 1_000;
  const answers = await Promise.all(
    names.map((name) => ask({ path: "query", query: QUERIES[name], time })),
  );
  const byChannel = new Map<string, { -readonly [Name in keyof Traffic]: Traffic[Name] }>();
  for (const [i, name] of names.entries()) {
    const values = valuesIn(answers[i]!);
    if (typeof values === "string") return { ok: false, error: values };
    for (const [channel, value] of values) {
      const traffic = byChannel.get(channel) ?? {};
      // Prometheus extrapolates counts, and has latencies in seconds.
      traffic[name] = name.endsWith("Ms") ? value * 1_000 : Math.round(value);
      byChannel.set(channel, traffic);
    }
  }
  return { ok: true, byChannel };
}

/** Share of what was settled that was delivered, 0 to 1; undefined when nothing was. */
export function successOf({ delivered, failed }: Traffic): number | undefined {
  if (delivered === undefined || failed === undefined || delivered + failed === 0) return undefined;
  return delivered / (delivered + failed);
}

interface Sample {
  readonly metric?: { readonly channel?: unknown };
  readonly value?: readonly unknown[];
}

/** @returns why not, when it cannot be read. */
function valuesIn(answered: Answered): [string, number][] | string {
  if (!answered.ok) return answered.error;
  let result: unknown;
  try {
    result = JSON.parse(answered.text).data?.result;
  } catch {
    return NOT_UNDERSTOOD;
  }
  if (!Array.isArray(result)) return NOT_UNDERSTOOD;
  return (result as Sample[]).flatMap(({ metric, value }): [string, number][] => {
    const [channel, number] = [metric?.channel, Number(value?.[1])];
    // Without a single delivery there is no latency: NaN.
    return typeof channel === "string" && Number.isFinite(number) ? [[channel, number]] : [];
  });
}
