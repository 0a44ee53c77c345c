/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** Follows what the webhook tells of changes, from where a page was read on, across lost connections. */

const CHANGES = ["notification", "delivery", "act", "reload"] as const;
/** Three heartbeats: a connection that says nothing for so long is gone without a word. */
export const SILENT_MS = 45_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;

/** What is known when something is heard, also that nothing can be. */
export interface Heard {
  /** Whether changes are being told. */
  readonly isLive: boolean;
  /** Whether something has changed. */
  readonly isChange: boolean;
  /** From where to go on. */
  readonly position: string;
}

/** @param position Where the page was read. @returns what ends it. */
export function followEvents(position: string, onHeard: (heard: Heard) => void): () => void {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let isLive = false;

  function connect(): void {
    close();
    const opened = source = new EventSource(`/page/events?since=${encodeURIComponent(position)}`);
    const listen = (name: string, isChange: boolean) =>
      opened.addEventListener(name, (event) => {
        position = event.lastEventId || position;
        if (name === "live") [isLive, failures] = [true, 0];
        clearTimeout(silence);
        silence = setTimeout(lost, SILENT_MS);
        onHeard({ isLive, isChange, position });
      });
    for (const name of CHANGES) listen(name, true);
    for (const name of ["beat", "live"]) listen(name, false);
    // The browser's own retries know neither how long to wait nor what `since` has become.
    opened.addEventListener("error", lost);
    silence = setTimeout(lost, SILENT_MS);
  }

  function close(): void {
    clearTimeout(retry);
    clearTimeout(silence);
    source?.close();
    source = undefined;
    isLive = false;
  }

  function lost(): void {
    close();
    // Many pages are not to come back at the same moment.
    const waitMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++) * (0.5 + Math.random() / 2);
    retry = setTimeout(connect, waitMs);
    onHeard({ isLive, isChange: false, position });
  }

  function connectNow(): void {
    if (source || document.hidden) return;
    failures = 0;
    connect();
  }

  addEventListener("online", connectNow);
  document.addEventListener("visibilitychange", connectNow);
  connect();
  return () => {
    removeEventListener("online", connectNow);
    document.removeEventListener("visibilitychange", connectNow);
    close();
  };
}
