/** What is known of a channel, some of it across restarts: that it asked to be left alone, that it is down, which groups are flapping. */

import type { Journal } from "../journal/journal.ts";
import type { Outcome } from "../channels/mod.ts";
import { type Circuit, type CircuitMemory, createCircuit } from "./circuit.ts";
import { askedMs } from "./backoff.ts";

/** A channel as people are shown it. Times are milliseconds since 1970. */
export interface ChannelState {
  readonly name: string;
  readonly kind: string;
  readonly queued: number;
  /** When the oldest in the queue was queued; undefined when it is empty. */
  readonly oldestMs?: number;
  readonly dead: number;
  readonly circuit: "closed" | "open" | "half-open";
  /** Until when it is left alone, as it asked or as it is down; undefined when it is not. */
  readonly pausedUntilMs?: number;
  /** Since the start of the process; undefined before the first. */
  readonly lastDeliveredMs?: number;
  readonly lastFailure?: { readonly atMs: number; readonly reason: string };
  /** Attempts that failed since the last success. */
  readonly consecutiveFailures: number;
}

/** A channel's health. */
export interface ChannelHealth {
  readonly circuit: Circuit;
  /** It asked to be left alone until then; 0 when it did not. */
  pausedUntilMs(): number;
  /** When a group was said to be flapping. */
  announcedMs(group: string): number | undefined;
  announce(group: string, nowMs: number | undefined): void;
  /** Whether there are groups that were said to be flapping. */
  hasAnnounced(): boolean;
  /** Notes how an attempt ended. `reached`: whether that tells something of the destination. */
  ended(outcome: Outcome, attempt: EndedAttempt): void;
  /** Until when it is left alone, whatever for; 0 when it is not. */
  gateMs(): number;
  /** Forgets what is wrong with it: its configuration has changed. */
  reset(): void;
  /** Keeps what must survive a restart, if it has changed. */
  save(): Promise<void>;
  shown(nowMs: number): Pick<
    ChannelState,
    "circuit" | "pausedUntilMs" | "lastDeliveredMs" | "lastFailure" | "consecutiveFailures"
  >;
}

/** What is noted of an attempt besides its outcome. */
export interface EndedAttempt {
  readonly group: string;
  readonly atMs: number;
  readonly isProbe: boolean;
  /** Whether its outcome tells something of the destination; a defect of ours does not. */
  readonly reached: boolean;
}

interface Kept {
  readonly pausedUntilMs: number;
  readonly circuit: CircuitMemory;
  readonly flapping: Readonly<Record<string, number>>;
}

// A group that was said to be flapping this long ago is not, or will be said to be again.
const ANNOUNCED_MS = 24 * 3_600_000;

/**
 * The health of the channel `name`, as it was kept.
 *
 * @param onProblem Told when it cannot be kept: a restart would forget it, and nothing else comes of it.
 */
export function createChannelHealth(
  name: string,
  journal: Pick<Journal, "get" | "put">,
  nowMs: number,
  onProblem: (error: unknown) => void,
): ChannelHealth {
  const key = `channel:${name}`;
  const kept = journal.get(key) as Partial<Kept> | undefined;
  // A clock that was wrong when it was kept must not silence a channel for ever.
  let pausedUntilMs = Math.min(kept?.pausedUntilMs ?? 0, nowMs + askedMs(Infinity));
  let circuit = createCircuit(kept?.circuit);
  const flapping = new Map(Object.entries(kept?.flapping ?? {}));
  let lastDeliveredMs: number | undefined;
  let lastFailure: ChannelState["lastFailure"];
  let consecutiveFailures = circuit.memory().failures;
  let isChanged = false;

  function content(): Kept {
    const memory = circuit.memory();
    // How often it failed matters only once it is open: else each failure would be written twice.
    const circuitKept = memory.untilMs > 0 ? memory : { failures: 0, untilMs: 0, coolDownMs: 0 };
    return { pausedUntilMs, circuit: circuitKept, flapping: Object.fromEntries(flapping) };
  }

  return {
    get circuit() {
      return circuit;
    },
    pausedUntilMs: () => pausedUntilMs,
    gateMs: () => Math.max(pausedUntilMs, circuit.memory().untilMs),
    announcedMs: (group) => flapping.get(group),
    announce(group, nowMs) {
      if (nowMs === undefined) {
        if (flapping.delete(group)) isChanged = true;
        return;
      }
      isChanged = true;
      flapping.set(group, nowMs);
      for (const [other, atMs] of flapping) if (nowMs - atMs > ANNOUNCED_MS) flapping.delete(other);
    },
    hasAnnounced: () => flapping.size > 0,
    ended(outcome, { group, atMs, isProbe, reached }) {
      if (outcome.result === "delivered") {
        lastDeliveredMs = atMs;
        consecutiveFailures = 0;
      } else {
        lastFailure = { atMs, reason: outcome.reason };
        consecutiveFailures++;
      }
      const before = pausedUntilMs + circuit.memory().untilMs;
      const asked = outcome.result === "retry" ? askedMs(outcome.afterMs) : 0;
      pausedUntilMs = Math.max(pausedUntilMs, asked > 0 ? atMs + asked : 0);
      // Whoever says when to come again, or that it does not want this, is there.
      const isAway = outcome.result === "retry" && asked === 0 && outcome.others === undefined;
      if (isAway) circuit.failed(group, atMs, isProbe);
      else if (reached) circuit.succeeded();
      else if (isProbe) circuit.probeVoid();
      if (pausedUntilMs + circuit.memory().untilMs !== before) isChanged = true;
    },
    reset() {
      circuit = createCircuit();
      isChanged = true;
      pausedUntilMs = consecutiveFailures = 0;
    },
    async save() {
      if (!isChanged) return;
      isChanged = false;
      try {
        await journal.put(key, content());
      } catch (error) {
        isChanged = true;
        onProblem(error);
      }
    },
    shown(nowMs) {
      const gate = circuit.gate(nowMs);
      const until = this.gateMs();
      return {
        circuit: gate.kind === "closed" ? "closed" : gate.kind === "open" ? "open" : "half-open",
        pausedUntilMs: until > nowMs ? until : undefined,
        lastDeliveredMs,
        lastFailure,
        consecutiveFailures,
      };
    },
  };
}
