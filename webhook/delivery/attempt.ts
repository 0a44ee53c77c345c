/** One attempt to tell one channel one message. */

import type { ChannelKind, Outcome } from "../channels/mod.ts";
import type { Clock } from "../clock.ts";
import type { Message } from "../message.ts";
import type { Pacer } from "./pacer.ts";

/** Longest that one request may take. */
const REQUEST_MS = 10_000;
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
  /** Ends it: the process stops. */
  readonly signal: AbortSignal;
}

/** What is told. */
export interface Telling {
  /** The message, made when it is needed. */
  readonly message: () => Message;
  /** Whether as plain text. */
  readonly plain: boolean;
  /** Parts that have arrived already. */
  readonly partsDone: number;
  /** What the destination calls the message about this group that it got before. */
  readonly ref?: string;
}

/** How it ended. */
export interface AttemptResult {
  readonly outcome: Outcome;
  /** Parts that have arrived by now. */
  readonly partsDone: number;
  /** Whether the outcome tells something of the destination; a defect of ours does not. */
  readonly reached: boolean;
}

/** Tells `telling`. Total: a defect of a kind is a refusal that says so. */
export async function attempt(telling: Telling, options: AttemptOptions): Promise<AttemptResult> {
  const { kind, settings, pacer, signal } = options;
  let { partsDone } = telling;
  let ref: string | undefined;
  try {
    const message = telling.message();
    const parts = telling.plain
      ? [kind.plain(message, settings)]
      : kind.render(message, settings, telling.ref);
    if (parts.length === 0) throw new RangeError(`The kind "${kind.kind}" renders no request`);
    // The message is not cut as it was: whoever reads it needs all of it.
    if (partsDone >= parts.length) partsDone = 0;
    while (partsDone < parts.length) {
      await pacer.turn(signal);
      const outcome = await send(parts[partsDone], options);
      if (outcome.result !== "delivered") return { outcome, partsDone, reached: true };
      ref ??= outcome.ref;
      partsDone++;
    }
    return { outcome: { result: "delivered", ref }, partsDone, reached: true };
  } catch (error) {
    return { outcome: signal.aborted ? ENDED : defect(error), partsDone, reached: false };
  }
}

const ENDED: Outcome = { result: "retry", reason: "the attempt was ended" };
const TIMED_OUT: Outcome = { result: "retry", reason: `no answer within ${REQUEST_MS / 1_000} s` };

/** Sends one request; it ends in time whatever the kind does. */
async function send(
  out: unknown,
  { kind, settings, clock, fetch, print, signal }: AttemptOptions,
): Promise<Outcome> {
  const own = new AbortController();
  const late = Promise.withResolvers<Outcome>();
  let cancel = clock.after(REQUEST_MS, () => end(new DOMException("", "TimeoutError"), TIMED_OUT));
  const stop = () => end(new DOMException("", "AbortError"), ENDED);

  function end(reason: DOMException, outcome: Outcome): void {
    cancel();
    own.abort(reason);
    cancel = clock.after(LAST_WORDS_MS, () => late.resolve(outcome));
  }

  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    const sent = kind.send(out, settings, { fetch, print, signal: own.signal, now: clock.now });
    return await Promise.race([sent, late.promise]);
  } finally {
    cancel();
    signal.removeEventListener("abort", stop);
  }
}

/** What comes of a defect: a refusal, so that neither it nor the message comes again for ever. */
export function defect(error: unknown): Outcome {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { result: "refused", reason: `Defect: ${what}` };
}
