/** What happens to deliveries, for those who count, show and log it. */

import type { Change, Delivery } from "../journal/journal.ts";
import type { Bundle } from "./bundle.ts";

/** One thing that happened to a delivery. */
export interface DeliveryEvent {
  /**
   * `failed`: it will be tried again. `dead`: it will not. `coalesced`: another one spoke for it. `held`: its group is flapping. `fallback`: it
   * is dead and the channel `to` is told.
   */
  readonly type: "delivered" | "failed" | "dead" | "coalesced" | "held" | "fallback";
  readonly channel: string;
  /** As it was before. */
  readonly delivery: Delivery;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** When the notification was accepted, milliseconds since 1970; undefined when it was not looked at. */
  readonly receivedMs?: number;
  /** How long the attempt took; undefined when none was made. */
  readonly tookMs?: number;
  /** One line without secrets. */
  readonly reason?: string;
  /** The channel that is told instead. */
  readonly to?: string;
}

/** What `changes` to the deliveries of `bundle` mean to those who watch. */
export function eventsOf(
  changes: readonly Change[],
  { all, speaker }: Bundle,
  receivedMs: number | undefined,
): DeliveryEvent[] {
  const { channel } = speaker;
  const seen = { channel, receivedMs };
  return changes.flatMap((change): DeliveryEvent[] => {
    const { atMs } = change;
    const delivery = all.find(({ id }) => id === change.id)!;
    if (change.to === "queued") {
      return change.attempt && delivery === speaker
        ? [{ ...seen, ...change.attempt, type: "failed", delivery, atMs }]
        : [];
    }
    const others = (change.coalesced ?? []).map((id): DeliveryEvent => {
      return { type: "coalesced", channel, delivery: all.find((other) => other.id === id)!, atMs };
    });
    const { tookMs } = change;
    if (change.to === "delivered") return [{ ...seen, type: "delivered", delivery, atMs, tookMs }, ...others];
    const { reason, fallback } = change;
    const dead: DeliveryEvent = { ...seen, type: "dead", delivery, atMs, tookMs, reason };
    if (fallback === undefined) return [dead, ...others];
    return [dead, { ...dead, type: "fallback", to: fallback.channel }, ...others];
  });
}
