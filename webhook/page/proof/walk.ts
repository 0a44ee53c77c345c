/** Walks a test alert along its way: Prometheus, Alertmanager, the webhook, each channel, and back when it is over. */

import { DRILL_ALERT } from "../../drill.ts";
import { prometheusOf, seriesIn } from "../prometheus.ts";
import type { PageOptions } from "../view.ts";
import { AlertmanagerSilent } from "../alertmanager.ts";
import { createAlertmanager } from "./alertmanager.ts";
import type { Hop, ProofResult, Why } from "./result.ts";

/** What the walk is made with. */
export interface WalkOptions
  extends Pick<PageOptions, "page" | "fetch" | "redact" | "drills" | "archive" | "now" | "isStopping"> {
  /** Waits so long, milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
}

/** A walk as it goes on. */
export interface Walking {
  readonly id: string;
  readonly startedMs: number;
  readonly from: ProofResult["from"];
  readonly by?: string;
  readonly hops: readonly Hop[];
}

/** Why a hop did not pass, in the place of a value: what is ours to say, or what somebody else says. */
class Broken extends Error {
  constructor(readonly what: Pick<Hop, "why" | "reason">) {
    super(what.why ?? what.reason);
  }
}

const LOOK_MS = 500;
/** Beyond what the intervals in force make of it. */
const MARGIN_MS = 30_000;
// Alertmanager's group_interval of drills is 5 s; a message that is refused is tried again within this.
const DELIVERY_MS = 60_000;

/**
 * Walks one alert. With a Prometheus it is raised by the gauge `vigie_drill_active` and the permanent rule `VigieDrill`, as `deno task smoke`
 * does; without one it is posted to Alertmanager, and what is before that is not proved.
 *
 * @param onStep Told of the hops each time that one is passed.
 * @returns how it ended: what fails is in the hops.
 */
export async function walk(
  options: WalkOptions,
  by: string | undefined,
  onStep: (walking: Walking) => void,
): Promise<ProofResult> {
  const { page, drills, archive, now } = options;
  const id = `page-${crypto.randomUUID().slice(0, 18)}`;
  const startedMs = now();
  const hasPrometheus = page().prometheus !== undefined;
  const from = hasPrometheus ? "prometheus" : "alertmanager";
  const scrapeMs = (page().prometheus?.scrapeSeconds ?? 0) * 1_000;
  const intervalsMs = 3 * scrapeMs + MARGIN_MS;
  const ask = prometheusOf(options);
  const alertmanager = createAlertmanager(options);
  const hops: Hop[] = [];
  let beginMs = startedMs;
  let tookMs: number | undefined;
  let isBegun = false;

  const set = (hop: Hop) => {
    const at = hops.findIndex(({ name, channel }) => name === hop.name && channel === hop.channel);
    if (at < 0) hops.push(hop);
    else hops[at] = hop;
    onStep({ id, startedMs, from, by, hops: [...hops] });
  };
  /**
   * Looks until something is seen.
   *
   * @param whenOf When it happened, ms since 1970; without it that is when it was seen.
   * @returns it; undefined when the hop failed, which is noted.
   */
  const pass = async <Seen>(
    hop: Pick<Hop, "name" | "channel">,
    deadlineMs: number,
    look: () => Promise<Seen | undefined> | Seen | undefined,
    late: Why,
    whenOf: (seen: Seen) => number = now,
  ): Promise<Seen | undefined> => {
    set({ ...hop, outcome: "waiting" });
    const until = now() + deadlineMs;
    let problem: Broken["what"] = { why: late };
    try {
      while (true) {
        if (options.isStopping()) throw new Broken({ why: "stopping" });
        try {
          const seen = await look();
          if (seen !== undefined) {
            // Of another clock it may be before the beginning, or still to come.
            const atMs = Math.min(whenOf(seen), now());
            set({ ...hop, outcome: "passed", elapsedMs: Math.max(0, Math.round(atMs - beginMs)) });
            return seen;
          }
          problem = { why: late };
        } catch (error) {
          if (!(error instanceof Broken)) throw error;
          // Whoever does not answer now may answer in a moment.
          problem = error.what;
        }
        if (now() >= until) throw new Broken(problem);
        await options.pause(LOOK_MS);
      }
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      set({ ...hop, outcome: "failed", elapsedMs: Math.max(0, now() - beginMs), ...error.what });
    }
  };
  /** When a series was there first as far as is known, ms since 1970; undefined while there is none. */
  const seriesAt = async (selector: string) => {
    const answer = await ask({ path: "query", query: `timestamp(${selector})` });
    if (!answer.ok) throw new Broken({ reason: answer.error });
    return firstSampleMs(answer.text);
  };
  const received = (status: "firing" | "resolved") => {
    const at = drills.get(id)?.notifications.findIndex((one) => one.status === status) ?? -1;
    if (at < 0) return undefined;
    return {
      notificationId: drills.idsOf(id)[at]!,
      atMs: Date.parse(drills.get(id)!.notifications[at]!.receivedAt),
    };
  };
  const deliver = async (name: Hop["name"], notificationId: number): Promise<boolean> => {
    const channels = [...new Set(archive.deliveries(notificationId).map(({ channel }) => channel))];
    if (channels.length === 0) {
      set({ name, outcome: "failed", why: "noChannel" });
      return false;
    }
    const passed = await Promise.all(channels.map((channel) =>
      pass(
        { name, channel },
        DELIVERY_MS,
        () => {
          const deliveries = archive.deliveries(notificationId).filter((one) => one.channel === channel);
          const done = deliveries.find(({ state }) => state === "delivered" || state === "coalesced");
          if (done) return { atMs: done.settledMs ?? now() };
          const { state, reason } = deliveries.at(-1) ?? { state: "queued", reason: "" };
          if (state === "dead" || reason !== "") throw new Broken({ reason });
          return undefined;
        },
        "notDelivered",
        ({ atMs }) => atMs,
      )
    ));
    return passed.every((one) => one !== undefined);
  };
  const begin = async () => {
    const ttlSeconds = Math.min(3_600, Math.ceil((4 * intervalsMs + DELIVERY_MS) / 1_000));
    if (!drills.start(id, ttlSeconds)) throw new Broken({ why: "tooMany" });
    isBegun = true;
    if (!hasPrometheus) await alertmanager.raise(id, now() + ttlSeconds * 1_000);
    return true;
  };
  const end = async () => {
    drills.end(id);
    isBegun = false;
    if (!hasPrometheus) await alertmanager.raise(id, now());
    return true;
  };

  /** @returns whether the alert and its end arrived everywhere. */
  async function wholeWay(): Promise<boolean> {
    if (!await pass({ name: "triggered" }, 0, () => alertmanagerSaid(begin), "notTold")) return false;
    if (hasPrometheus) {
      const selector = `{drill="${id}"}`;
      const scraped = await pass(
        { name: "scraped" },
        intervalsMs,
        () => seriesAt(`vigie_drill_active${selector}`),
        "notScraped",
        (atMs) => atMs,
      );
      if (scraped === undefined) return false;
      const fires = await pass(
        { name: "firing" },
        intervalsMs,
        () => seriesAt(`ALERTS{alertname="${DRILL_ALERT}",alertstate="firing",drill="${id}"}`),
        "notFiring",
        (atMs) => atMs,
      );
      if (fires === undefined) return false;
    }
    if (page().alertmanager) {
      const held = await pass(
        { name: "alertmanager" },
        intervalsMs,
        // An alert that is sent on at once may be seen here only after it has arrived.
        async () => {
          const arrived = received("firing");
          if (arrived) return arrived.atMs;
          const held = await alertmanagerSaid(() => alertmanager.holds(id));
          if (held === "muted") throw new Broken({ why: "muted" });
          return held && now();
        },
        "notTold",
        (atMs) => atMs,
      );
      if (held === undefined) return false;
    } else set({ name: "alertmanager", outcome: "skipped" });
    const arrived = await pass(
      { name: "webhook" },
      MARGIN_MS,
      () => received("firing"),
      "notSent",
      ({ atMs }) => atMs,
    );
    if (arrived === undefined) return false;
    const delivered = await deliver("channel", arrived.notificationId);
    tookMs = Math.max(...hops.map(({ elapsedMs = 0 }) => elapsedMs));

    beginMs = now();
    if (!await pass({ name: "ended" }, 0, () => alertmanagerSaid(end), "notTold")) return false;
    const over = await pass(
      { name: "webhookResolved" },
      2 * intervalsMs,
      () => received("resolved"),
      "notOver",
      ({ atMs }) => atMs,
    );
    if (over === undefined) return false;
    return await deliver("channelResolved", over.notificationId) && delivered;
  }

  try {
    const isWhole = await wholeWay();
    const endedMs = now();
    return {
      id,
      startedMs,
      endedMs,
      outcome: isWhole ? "passed" : "failed",
      tookMs: Math.max(0, tookMs ?? endedMs - startedMs),
      from,
      ...(by === undefined ? {} : { by }),
      hops: [...hops],
    };
  } finally {
    // The alert that was posted to Alertmanager ends by itself.
    if (isBegun) drills.end(id);
  }
}

/** The value of an instant answer of `timestamp(…)`, as ms. @throws {Broken} when it is none. */
function firstSampleMs(text: string): number | undefined {
  const series = seriesIn(text);
  if (!series) throw new Broken({ why: "prometheusOdd" });
  if (series.length === 0) return undefined;
  const atMs = Number(series[0]!.value?.[1]) * 1_000;
  if (!Number.isFinite(atMs)) throw new Broken({ why: "prometheusOdd" });
  return atMs;
}

/** What Alertmanager cannot do is a hop that is broken. */
async function alertmanagerSaid<T>(doing: () => Promise<T>): Promise<T> {
  try {
    return await doing();
  } catch (error) {
    throw error instanceof AlertmanagerSilent ? new Broken({ reason: error.message }) : error;
  }
}
