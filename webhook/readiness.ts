/** Whether the webhook can do what it is there for: what `/ready` answers. */

/** One thing that must be so. */
export interface ReadinessCheck {
  readonly name: "accepting" | "journal" | "configuration";
  readonly ok: boolean;
  /** Whether it wants to be looked at, although it works. */
  readonly warning: boolean;
  /** How it is, one sentence without secrets. */
  readonly detail: string;
}

/** All of them. */
export interface Readiness {
  /** Whether notifications should be sent here. */
  readonly ready: boolean;
  readonly checks: readonly ReadinessCheck[];
}

/** What it is judged by. */
export interface ReadinessSources {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly isStopping: () => boolean;
  readonly journal: {
    failure(): string | undefined;
    size(): { readonly bytes: number; readonly limitBytes: number };
  };
  /** A damaged journal that was set aside, and what became of it; undefined when none was. */
  readonly salvaged?: () => { readonly atMs: number; readonly report: string } | undefined;
  /** Why the configuration that was read last is not in use; undefined when it is. */
  readonly configRefused?: () => string | undefined;
}

// Long enough for somebody to come back to work.
const SALVAGE_SHOWN_MS = 24 * 3_600_000;
// From nine tenths on, old history goes by itself.
const NEARLY_FULL = 0.95;

/** Whether notifications should be sent here, and what there is to be said. */
export function readinessOf(sources: ReadinessSources): Readiness {
  const checks = [accepting(sources), journal(sources), configuration(sources)];
  return { ready: checks.every(({ ok }) => ok), checks };
}

function accepting({ isStopping }: ReadinessSources): ReadinessCheck {
  const stopping = isStopping();
  return {
    name: "accepting",
    ok: !stopping,
    warning: false,
    detail: stopping ? "Shutting down" : "Listening",
  };
}

function journal({ now, journal, salvaged }: ReadinessSources): ReadinessCheck {
  const failure = journal.failure();
  if (failure !== undefined) return { name: "journal", ok: false, warning: false, detail: failure };
  const { bytes, limitBytes } = journal.size();
  const percent = Math.round(100 * bytes / limitBytes);
  const sentences = [`It can be written; it takes ${percent} % of what it may`];
  const damage = salvaged?.();
  const isRecent = damage !== undefined && now() - damage.atMs < SALVAGE_SHOWN_MS;
  if (isRecent) {
    sentences.push(`a damaged one was set aside at ${new Date(damage.atMs).toISOString()}: ${damage.report}`);
  }
  return {
    name: "journal",
    ok: true,
    warning: isRecent || bytes >= NEARLY_FULL * limitBytes,
    detail: sentences.join("; "),
  };
}

function configuration({ configRefused }: ReadinessSources): ReadinessCheck {
  const refused = configRefused?.();
  return {
    name: "configuration",
    // It goes on with the one before.
    ok: true,
    warning: refused !== undefined,
    detail: refused === undefined
      ? "The last one that was read is in use"
      : `The one before is in use: ${refused}`,
  };
}
