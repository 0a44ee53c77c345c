/// <reference lib="dom" />
/**
 * One connection for all tabs of a browser. Without TLS a browser has six to one host: each tab with its own, the seventh would never load.
 * The tab that holds a lock follows the events and tells the others; when it is left, or says nothing more, another one goes on from there.
 */

import { followEvents, type Heard, SILENT_MS } from "./events.ts";

const NAME = "vigie-events";
/** In this time a tab answers that is not asleep. */
const ANSWER_MS = 5_000;

/** @param position Where the page was read. */
export function shareEvents(position: string, onHeard: (heard: Heard) => void): void {
  let begin = followWhileSeen;
  // Only pages by TLS or of this machine have them.
  if (globalThis.navigator.locks && globalThis.BroadcastChannel) begin = followTogether;
  let end = begin(position, heard);

  function heard(given: Heard): void {
    position = given.position;
    onHeard(given);
  }

  // A page that is left holds nothing, and may be come back to.
  addEventListener("pagehide", () => end());
  addEventListener("pageshow", (event) => {
    if ((event as PageTransitionEvent).persisted) end = begin(position, heard);
  });
}

function followWhileSeen(position: string, onHeard: (heard: Heard) => void): () => void {
  let stop: (() => void) | undefined;
  const heard = (given: Heard) => {
    position = given.position;
    onHeard(given);
  };
  const look = () => {
    if (document.hidden) stop = void stop?.();
    else stop ??= followEvents(position, heard);
  };
  document.addEventListener("visibilitychange", look);
  look();
  return () => {
    document.removeEventListener("visibilitychange", look);
    stop?.();
  };
}

function followTogether(position: string, onHeard: (heard: Heard) => void): () => void {
  const channel = new BroadcastChannel(NAME);
  let last: Heard | undefined;
  let unfollow: (() => void) | undefined;
  let release = () => {};
  let waiting = new AbortController();
  let turn = 0;
  let dueMs = 0;
  let silence: ReturnType<typeof setTimeout> | undefined;

  function expect(ms: number): void {
    dueMs = Date.now() + ms;
    clearTimeout(silence);
    silence = setTimeout(look, ms);
  }

  /** Takes the lock from a tab that should have said something. */
  function look(): void {
    if (!unfollow && !document.hidden && Date.now() >= dueMs) void take(true);
  }

  function heard(given: Heard): void {
    // What this page was read with may be older than what the first word says, or newer.
    const isFirst = last === undefined && !`${given.position}.`.startsWith(`${position}.`);
    last = given;
    position = given.position;
    onHeard(isFirst ? { ...given, isChange: true } : given);
  }

  async function take(steals: boolean): Promise<void> {
    const own = ++turn;
    waiting.abort();
    waiting = new AbortController();
    try {
      const options = steals ? { steal: true } : { signal: waiting.signal };
      await navigator.locks.request(NAME, options, lead);
    } catch (error) {
      if ((error as Error).name !== "AbortError") throw error;
    }
    if (own !== turn) return;
    // Another tab has taken it.
    unfollow = void unfollow?.();
    expect(SILENT_MS);
    void take(false);
  }

  function lead(): Promise<void> {
    unfollow = followEvents(position, (given) => {
      heard(given);
      channel.postMessage(given);
    });
    return new Promise((resolve) => release = resolve);
  }

  channel.onmessage = ({ data }: MessageEvent<Heard | "hello">) => {
    if (data === "hello") {
      if (unfollow && last) channel.postMessage({ ...last, isChange: false });
    } else if (!unfollow) {
      expect(SILENT_MS);
      heard(data);
    }
  };
  document.addEventListener("visibilitychange", look);
  expect(ANSWER_MS);
  channel.postMessage("hello");
  void take(false);
  return () => {
    turn++;
    clearTimeout(silence);
    document.removeEventListener("visibilitychange", look);
    waiting.abort();
    unfollow = void unfollow?.();
    release();
    channel.close();
  };
}
