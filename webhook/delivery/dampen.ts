/** Groups that keep changing are told less often. */

import type { Locale } from "../../lib/text.ts";
import { durationMs } from "../../lib/units.ts";
import { formatLasting } from "../messages/when.ts";
import type { WebhookConfig } from "../schema.ts";

/** A flapping group is told at least this often: what is held must not be forgotten. */
const LONGEST_HOLD_MS = 60 * 60_000;

/** What is known of a group of a channel. */
export interface Swings {
  /** When it was said that it is flapping; undefined when it is not. */
  readonly announcedMs: number | undefined;
  /** When its status changed, newest first. */
  readonly changes: readonly number[];
  /** When the oldest delivery that waits was queued. */
  readonly queuedMs: number;
}

/** From when on a group is flapping. */
export interface DampingLimits {
  /** More changes than this … */
  readonly changes: number;
  /** … in this time are flapping … */
  readonly withinMs: number;
  /** … until it holds for this long. */
  readonly quietMs: number;
}

/** What to do with a group. */
export type Damping =
  | { readonly kind: "tell" }
  /** Tell it, and that only what holds is told from now on. */
  | { readonly kind: "announce" }
  /** Tell nothing now. */
  | { readonly kind: "hold"; readonly untilMs: number }
  /** Tell its newest state: it has held for long enough. */
  | { readonly kind: "quiet" };

const known = new WeakMap<WebhookConfig["flapping"], DampingLimits>();

/** The limits in a configuration. */
export function dampingLimits(flapping: WebhookConfig["flapping"]): DampingLimits {
  let limits = known.get(flapping);
  if (limits === undefined) {
    const { changes, within, quiet } = flapping;
    known.set(flapping, limits = { changes, withinMs: durationMs(within), quietMs: durationMs(quiet) });
  }
  return limits;
}

/** Whether a group is to be told now. Never to be asked about a group with a critical alert. */
export function dampen(swings: Swings, limits: DampingLimits, nowMs: number): Damping {
  const { announcedMs, changes, queuedMs } = swings;
  const { withinMs, quietMs } = limits;
  const recent = changes.filter((atMs) => nowMs - atMs < withinMs).length;
  const fresh: Damping = recent > limits.changes ? { kind: "announce" } : { kind: "tell" };
  if (announcedMs === undefined) return fresh;
  const before = changes.find((atMs) => atMs < queuedMs);
  // It came to rest before this began, and nothing waited that could have said so.
  if (before === undefined || queuedMs - before >= quietMs) return fresh;
  const last = changes[0]!;
  if (nowMs - last >= quietMs) return { kind: "quiet" };
  if (nowMs - announcedMs >= LONGEST_HOLD_MS) return { kind: "announce" };
  return { kind: "hold", untilMs: Math.min(last + quietMs, announcedMs + LONGEST_HOLD_MS) };
}

/** Since when changes must be known to decide. */
export function knownSinceMs(queuedMs: number, { withinMs, quietMs }: DampingLimits): number {
  return queuedMs - Math.max(withinMs, quietMs);
}

/** That a flapping group has come to rest, as a sentence. */
export function sayQuiet(quietMs: number, locale: Locale): string {
  const lasting = formatLasting(quietMs, locale);
  return locale === "fr"
    ? `Ce groupe changeait sans cesse ; voici l'état qui tient depuis au moins ${lasting}`
    : `This group kept changing; this is the state that has held for at least ${lasting}`;
}
