/** Streams of server-sent events, all fed by one feed. Source: html.spec.whatwg.org, "Server-sent events". */

import type { Clock } from "../clock.ts";
import type { Change, Feed } from "./feed.ts";

/** Streams at a time. Browsers share one among their tabs. */
const MOST = 50;
/** Between two lots of events, ms: a thousand alerts are a few lots. */
const GAP_MS = 150;
/** Proxies and readers take a stream for dead that says nothing for a minute. */
const BEAT_MS = 15_000;
/** What a reader has not taken; one that lets more gather is cut off, and comes back to what it has missed. */
const BUFFER_BYTES = 32 * 1024;
/** Notifications of one lot that are named; of more the newest and how many. */
const NAMED = 20;

/** What streams are made with. */
export interface StreamsOptions {
  readonly feed: Feed;
  readonly clock: Clock;
  readonly isStopping: () => boolean;
  /** Where a reader is who has been told everything, for the id of an event. */
  readonly position: () => string;
  readonly onDefect: (error: unknown) => void;
}

/** A reader to be. */
export interface Reader {
  /** What it is told first, as events. Called once it misses nothing any more. */
  readonly greeting: () => string;
  /** Whether it may go on reading; asked at each heartbeat. */
  readonly mayStill: () => Promise<boolean>;
}

/** Streams that are open. */
export interface Streams {
  /** @returns undefined when there are too many. */
  open(reader: Reader): ReadableStream<Uint8Array> | undefined;
  count(): number;
}

interface Stream {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  readonly mayStill: () => Promise<boolean>;
}

/** What came since the last lot. */
interface Lot {
  readonly ids: number[];
  notifications: number;
  deliveries: number;
  lastDelivery?: { readonly id: number; readonly notificationId: number };
  acts: number;
}

const encoder = new TextEncoder();

/** Streams, of which there are none yet: without any, nothing listens to the feed and no timer runs. */
export function createStreams(options: StreamsOptions): Streams {
  const { feed, clock, isStopping, position, onDefect } = options;
  const streams = new Set<Stream>();
  let lot: Lot | undefined;
  let lastMs = -Infinity;
  let deafen = () => {};
  let cancelBeat = () => {};
  let cancelFlush = () => {};

  function begin(): void {
    deafen = feed.listen(hear);
    cancelBeat = clock.after(BEAT_MS, beat);
  }

  function end(stream: Stream): void {
    if (!streams.delete(stream)) return;
    try {
      stream.controller.close();
    } catch {
      // Its reader has ended it already.
    }
    if (streams.size > 0) return;
    for (const cancel of [deafen, cancelBeat, cancelFlush]) cancel();
    lot = undefined;
  }

  function hear(change: Change): void {
    if (!lot) {
      lot = { ids: [], notifications: 0, deliveries: 0, acts: 0 };
      const waitMs = Math.min(GAP_MS, Math.max(0, lastMs + GAP_MS - clock.now()));
      cancelFlush = clock.after(waitMs, flush);
    }
    if (change.kind === "act") return void lot.acts++;
    if (change.kind === "delivery") {
      lot.deliveries++;
      lot.lastDelivery = change;
      return;
    }
    lot.notifications++;
    if (lot.ids.length === NAMED) lot.ids.shift();
    lot.ids.push(change.id);
  }

  function flush(): void {
    const told = lot!;
    lot = undefined;
    lastMs = clock.now();
    sendAll(textOf(told, position()));
  }

  function beat(): void {
    cancelBeat = clock.after(BEAT_MS, beat);
    sendAll(eventText("beat", {}));
    for (const stream of streams) {
      if (isStopping()) end(stream);
      else {
        stream.mayStill().then((may) => may || end(stream), (error) => {
          onDefect(error);
          end(stream);
        });
      }
    }
  }

  function sendAll(text: string): void {
    const chunk = encoder.encode(text);
    for (const stream of streams) send(stream, chunk);
  }

  function send(stream: Stream, chunk: Uint8Array): void {
    if ((stream.controller.desiredSize ?? 0) < chunk.length) return end(stream);
    stream.controller.enqueue(chunk);
  }

  return {
    count: () => streams.size,
    open({ greeting, mayStill }) {
      if (streams.size >= MOST) return undefined;
      let stream: Stream;
      return new ReadableStream<Uint8Array>({
        start(controller) {
          stream = { controller, mayStill };
          if (streams.size === 0) begin();
          streams.add(stream);
          try {
            send(stream, encoder.encode(greeting()));
          } catch (error) {
            end(stream);
            throw error;
          }
        },
        cancel: () => end(stream),
      }, new ByteLengthQueuingStrategy({ highWaterMark: BUFFER_BYTES }));
    },
  };
}

function textOf({ ids, notifications, deliveries, lastDelivery, acts }: Lot, id: string): string {
  const skipped = notifications - ids.length;
  return (skipped > 0 ? eventText("notification", { id: ids[0], and: skipped }, id) : "") +
    ids.slice(skipped > 0 ? 1 : 0).map((each) => eventText("notification", { id: each }, id)).join("") +
    (lastDelivery
      ? eventText("delivery", {
        id: lastDelivery.id,
        notificationId: lastDelivery.notificationId,
        count: deliveries,
      }, id)
      : "") +
    (acts > 0 ? eventText("act", {}, id) : "");
}

/** One event. @param id From where a lost connection goes on. */
export function eventText(name: string, data: object, id?: string): string {
  return `event: ${name}\n${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}
