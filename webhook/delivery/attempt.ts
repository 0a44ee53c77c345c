/** One attempt to tell one channel one message. */

import type { ChannelKind, Outcome, Picture, SendContext } from "../channels/mod.ts";
import type { Clock } from "../clock.ts";
import type { Deadlines } from "./deadlines.ts";
import type { Pacer } from "./pacer.ts";

/** Longest that one request may take. */
export const REQUEST_MS = 10_000;
// A kind that is told to stop has this long to say how far it got.
const LAST_WORDS_MS = 500;

/** What an attempt needs. */
export interface AttemptOptions {
  readonly kind: ChannelKind;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly clock: Clock;
  readonly pacer: Pacer;
  readonly fetch: typeof fetch;
  readonly print: (text: string) => Promise<void>;
  /** The picture that goes into the message. */
  readonly picture?: () => Promise<Picture | undefined>;
  /** Of `REQUEST_MS`; ends it also when the process stops. */
  readonly deadlines: Deadlines;
}

/** How an attempt ended. */
export interface AttemptResult {
  readonly outcome: Outcome;
  /** Parts that have arrived by now. */
  readonly partsDone: number;
  /** Whether the outcome tells something of the destination; a defect of ours does not. */
  readonly reached: boolean;
}

/**
 * Sends the requests of one message, one after another. Total: a defect of the kind is a refusal that says so.
 *
 * @param partsDone Those that have arrived already.
 */
export async function attempt(
  parts: readonly unknown[],
  partsDone: number,
  options: AttemptOptions,
): Promise<AttemptResult> {
  let ref: string | undefined;
  try {
    while (partsDone < parts.length) {
      const isTurn = await options.pacer.turn(options.deadlines);
      const outcome = isTurn ? await send(parts[partsDone], options) : ENDED;
      if (outcome.result !== "delivered") return { outcome, partsDone, reached: isTurn };
      ref ??= outcome.ref;
      partsDone++;
    }
    return { outcome: { result: "delivered", ref }, partsDone, reached: true };
  } catch (error) {
    return { outcome: defect(error), partsDone, reached: false };
  }
}

const ENDED: Outcome = { result: "retry", reason: "the attempt was ended" };
const TIMED_OUT: Outcome = { result: "retry", reason: `no answer within ${REQUEST_MS / 1_000} s` };

/** Sends one request; it ends in time whatever the kind does. */
async function send(
  out: unknown,
  { kind, settings, clock, fetch, print, picture, deadlines }: AttemptOptions,
): Promise<Outcome> {
  const late = Promise.withResolvers<Outcome>();
  let own: AbortController | undefined;
  let ended: DOMException | undefined;
  let cancelLastWords = () => {};
  const cancel = deadlines.add((why) => {
    ended = new DOMException("", why === "late" ? "TimeoutError" : "AbortError");
    own?.abort(ended);
    cancelLastWords = clock.after(LAST_WORDS_MS, () => late.resolve(why === "late" ? TIMED_OUT : ENDED));
  });
  const context: SendContext = {
    fetch,
    print,
    picture,
    now: clock.now,
    // Made when it is asked for: the console needs none, and tells thousands a second.
    get signal() {
      if (own === undefined) {
        own = new AbortController();
        if (ended !== undefined) own.abort(ended);
      }
      return own.signal;
    },
  };
  try {
    return await Promise.race([kind.send(out, settings, context), late.promise]);
  } finally {
    cancel();
    cancelLastWords();
  }
}

/** What comes of a defect: a refusal, so that neither it nor the message comes again for ever. */
export function defect(error: unknown): Outcome {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { result: "refused", reason: `Defect: ${what}` };
}
