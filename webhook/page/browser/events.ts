/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** Follows what the webhook tells of changes, from where the page was read on, across lost connections. */

const CHANGES = ["notification", "delivery", "act", "reload"] as const;
/** Three heartbeats: a connection that says nothing for so long is gone without a word. */
const SILENT_MS = 45_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;

/** Who is told. */
export interface Follower {
  /** Where the page was read. */
  readonly position: string;
  /** Something has changed. */
  onChange(): void;
  /** Whether changes are being told. */
  onState(isLive: boolean): void;
}

/** Follows until the page is left. */
export function followEvents({ position, onChange, onState }: Follower): void {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  function connect(): void {
    close();
    const opened = source = new EventSource(`/page/events?since=${encodeURIComponent(position)}`);
    const heard = (event: MessageEvent) => {
      position = event.lastEventId || position;
      clearTimeout(silence);
      silence = setTimeout(lost, SILENT_MS);
    };
    for (const name of CHANGES) {
      opened.addEventListener(name, (event) => {
        heard(event);
        onChange();
      });
    }
    opened.addEventListener("beat", heard);
    opened.addEventListener("live", (event) => {
      heard(event);
      failures = 0;
      onState(true);
    });
    // The browser's own retries know neither how long to wait nor what `since` has become.
    opened.addEventListener("error", lost);
    silence = setTimeout(lost, SILENT_MS);
  }

  function close(): void {
    clearTimeout(retry);
    clearTimeout(silence);
    source?.close();
    source = undefined;
  }

  function lost(): void {
    close();
    onState(false);
    // Many pages are not to come back at the same moment.
    const waitMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++) * (0.5 + Math.random() / 2);
    retry = setTimeout(connect, waitMs);
  }

  function connectNow(): void {
    if (source || document.hidden) return;
    failures = 0;
    connect();
  }

  addEventListener("online", connectNow);
  // A page that is left holds no connection, and may be come back to.
  addEventListener("pagehide", close);
  addEventListener("pageshow", connectNow);
  document.addEventListener("visibilitychange", () => document.hidden ? close() : connectNow());
  connectNow();
}
