/// <reference lib="dom" />
/** Says in words whether what stands on the page is of now. */

/** A connection that comes back within this is not worth a word, ms. */
const GRACE_MS = 1_500;
/** Without anything read for so long, what stands there is old. */
const STALE_MS = 30_000;

/** What says it. */
export interface ConnectionText {
  /** @param isLive Whether changes are being told. */
  show(isLive: boolean): void;
}

/**
 * Writes into `element`, whose `data-live`, `data-cut` and `data-stale` are the words.
 *
 * @param readMs When the page was last read, ms since 1970.
 */
export function connectionText(element: HTMLElement, readMs: () => number): ConnectionText {
  let cutMs: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function say(state: "live" | "cut" | "stale", atMs = 0): void {
    const text = element.dataset[state]!.replace("{time}", clockText(atMs, state === "cut"));
    element.dataset.state = state;
    // Said again, it would be read out again.
    if (element.textContent !== text) element.textContent = text;
  }

  function look(): void {
    const isStale = Date.now() - readMs() > STALE_MS;
    if (isStale) say("stale", readMs());
    else say("cut", cutMs);
    timer = setTimeout(look, GRACE_MS);
  }

  return {
    show(isLive) {
      if (isLive) {
        clearTimeout(timer);
        cutMs = undefined;
        say("live");
      } else if (cutMs === undefined) {
        cutMs = Date.now();
        timer = setTimeout(look, GRACE_MS);
      }
    },
  };
}

function clockText(atMs: number, withSeconds: boolean): string {
  return new Intl.DateTimeFormat(document.documentElement.lang, {
    hour: "2-digit",
    minute: "2-digit",
    second: withSeconds ? "2-digit" : undefined,
    hourCycle: "h23",
  }).format(atMs);
}
