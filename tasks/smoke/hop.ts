/** A hop of the alert's way: waiting until the alert is there, measuring how long it took, saying why it is not. */

import { formatElapsed } from "../../lib/units.ts";
import { failed, type SmokeContext, type Step } from "./check.ts";
import { Unanswered } from "./http.ts";
import { poll } from "./poll.ts";

/** The alert has arrived. */
export interface Arrival {
  /** When, ISO 8601, by the clock of the service that saw it; without it, it is when we looked. */
  readonly at?: string;
  readonly detail?: string;
}

// What scraping, evaluating and sending themselves take, on top of the intervals between them.
const WORK_MS = 1_000;

/** One hop. */
export interface Hop {
  readonly name: string;
  /** The longest from the beginning to its arrival here by the intervals in force, milliseconds. */
  readonly expectedMs: number;
  /** Whether the hops after it do not depend on it. */
  readonly branch?: boolean;
  /** How long to wait once the hop before has it, milliseconds. */
  readonly deadlineMs: number;
  /**
   * Whether the alert is here; undefined when not yet.
   *
   * @throws {HopBroken} when it is known already that it will not arrive. @throws {Unanswered} when there was no answer this time.
   */
  readonly look: () => Promise<Arrival | undefined>;
  /** Why it did not arrive in time, and what to do. @throws {Unanswered} which is then the reason. */
  readonly diagnose: () => Promise<HopBroken>;
}

/** A hop does not pass the alert on. */
export class HopBroken extends Error {
  override readonly name = "HopBroken";
  /** @param cure What to do, one sentence. */
  constructor(message: string, readonly cure: string) {
    super(message);
  }
}

/** When the alert's way began. */
export interface Beginning {
  /** ISO 8601, by the webhook's clock. */
  readonly at: string;
  /** The same moment by `context.now`, milliseconds. */
  readonly now: number;
}

/** Waits for the alert at `hop`. */
export async function passHop(
  context: SmokeContext,
  check: string,
  hop: Hop,
  beginning: Beginning,
): Promise<Step> {
  const { name, expectedMs, deadlineMs } = hop;
  const { now, progress } = context;
  let silence: Unanswered | undefined;
  try {
    const { seen } = await poll(
      async () => {
        silence = undefined;
        try {
          return await hop.look();
        } catch (error) {
          if (!(error instanceof Unanswered)) throw error;
          // One answer that is missing may be a hiccup; the deadline decides.
          silence = error;
        }
      },
      (arrival) => arrival !== undefined,
      {
        ...context,
        deadlineMs,
        waiting: () => {
          const elapsed = now() - beginning.now;
          progress.step(
            `Waiting for the hop "${name}" (at most ${formatElapsed(expectedMs)} by the intervals)`,
            Math.min(1, elapsed / expectedMs),
          );
        },
      },
    );
    if (seen) {
      const { at, detail } = seen;
      const elapsedMs = latencyMs(at, beginning, now());
      if (elapsedMs <= expectedMs + WORK_MS) {
        return { name, outcome: "passed", expectedMs, elapsedMs, detail };
      }
      const late = `later than the ${
        formatElapsed(expectedMs)
      } that the intervals allow: the machine is busy`;
      return { name, outcome: "note", expectedMs, elapsedMs, detail: late };
    }
    throw silence ?? await hop.diagnose();
  } catch (error) {
    const broken = asBroken(error);
    if (!broken) throw error;
    return failed(
      check,
      name,
      `The alert's way breaks at the hop "${name}": ${broken.message}`,
      broken.cure,
      {
        expectedMs,
        elapsedMs: now() - beginning.now,
      },
    );
  }
}

/** What broke a hop; undefined for a defect of our own. */
export function asBroken(error: unknown): HopBroken | undefined {
  if (error instanceof HopBroken) return error;
  if (error instanceof Unanswered) {
    return new HopBroken(
      error.message,
      "run `deno task status`, and `deno task up`, which starts what is missing",
    );
  }
  return undefined;
}

/** From the beginning to `at`; by our own clock when the services' clocks do not agree with it. */
function latencyMs(at: string | undefined, beginning: Beginning, now: number): number {
  const observed = now - beginning.now;
  if (at === undefined) return observed;
  const told = Date.parse(at) - Date.parse(beginning.at);
  // Prometheus stamps a scrape with its planned time, some milliseconds off; more than that is another clock.
  return told > -1_000 && told <= observed + 100 ? Math.max(0, told) : observed;
}
