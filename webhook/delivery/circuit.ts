/** A circuit breaker: a destination that is down is asked by one message at a time, not by all that wait. */

/** Transient failures in a row that open it. */
const FAILURES = 5;
const FIRST_COOL_DOWN_MS = 10_000;
const LONGEST_COOL_DOWN_MS = 5 * 60_000;

/** What is kept of a circuit across restarts. */
export interface CircuitMemory {
  /** Transient failures since the last success. */
  readonly failures: number;
  /** Until when nothing is tried; 0 while it is closed. */
  readonly untilMs: number;
  readonly coolDownMs: number;
}

/** What may be tried now. */
export type Gate =
  | { readonly kind: "closed" }
  /** One group, as a probe. */
  | { readonly kind: "probe" }
  /** Nothing before `untilMs`, but for a probe by a group other than `except`, if there is one. */
  | { readonly kind: "open"; readonly untilMs: number; readonly except?: string }
  /** A probe is under way. */
  | { readonly kind: "probing" };

/** A channel's circuit. */
export interface Circuit {
  gate(nowMs: number): Gate;
  /** Notes that what starts now is the probe. */
  probe(): void;
  /** Notes that the probe ended without telling anything of the destination. */
  probeVoid(): void;
  /** @returns whether it was not closed before. */
  succeeded(): boolean;
  /** @returns whether it has opened, or stays open for longer now. */
  failed(group: string, nowMs: number, wasProbe: boolean): boolean;
  memory(): CircuitMemory;
}

/** A circuit as it was left; a closed one without `memory`. */
export function createCircuit(memory: CircuitMemory = { failures: 0, untilMs: 0, coolDownMs: 0 }): Circuit {
  let { failures, untilMs, coolDownMs } = memory;
  let probing = false;
  // While only one group has failed, the fault may be its own: any other one may try.
  const blamed = new Set<string>();

  return {
    gate(nowMs) {
      if (untilMs === 0) return { kind: "closed" };
      if (probing) return { kind: "probing" };
      if (nowMs >= untilMs) return { kind: "probe" };
      const [only] = blamed;
      return { kind: "open", untilMs, except: blamed.size === 1 ? only : undefined };
    },
    probe: () => void (probing = true),
    probeVoid: () => void (probing = false),
    succeeded() {
      const wasOpen = untilMs > 0;
      failures = untilMs = coolDownMs = 0;
      probing = false;
      blamed.clear();
      return wasOpen;
    },
    failed(group, nowMs, wasProbe) {
      failures++;
      if (blamed.size < FAILURES) blamed.add(group);
      if (wasProbe) probing = false;
      // Those that were under way when it opened say nothing new.
      if (failures < FAILURES || untilMs > 0 && !wasProbe) return false;
      coolDownMs = coolDownMs === 0 ? FIRST_COOL_DOWN_MS : Math.min(coolDownMs * 2, LONGEST_COOL_DOWN_MS);
      untilMs = nowMs + coolDownMs;
      return true;
    },
    memory: () => ({ failures, untilMs, coolDownMs }),
  };
}
