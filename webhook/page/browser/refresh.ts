/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * Keeps parts of a page up to date. Each `[data-refresh][id]` is read again after so many milliseconds, and as soon as it is said that
 * something has changed; `data-refresh-live` is what takes the first one's place while that is being said.
 */

const PARTS = "[data-refresh][id]";
const TIMEOUT_MS = 10_000;
const LEAST_MS = 500;
/** From the first word of a change on: what comes meanwhile is read with it. */
const GATHER_MS = 150;
/** Between two readings of a page that nobody sees: its title and icon are seen all the same. */
const UNSEEN_MS = 10_000;
const FOCUSABLE = "a, button, input, select, summary, textarea";

/** What reads the parts again. */
export interface Refresher {
  /** Something has changed. */
  soon(): void;
  /** Whether changes are told, or the clock alone says when to read. */
  told(isTold: boolean): void;
  /** When what stands there was read, ms since 1970. */
  readMs(): number;
}

/** @param changed Told of each part that has new content. @returns undefined when the page has no such parts. */
export function refreshParts(changed: (part: Element) => void): Refresher | undefined {
  if (!document.querySelector(PARTS)) return undefined;
  let isTold = false;
  let isReading = false;
  // What changed while it was read, or while nobody looked, may not be in what was read.
  let isBehind = false;
  let readMs = Date.now();
  let startedMs = -Infinity;
  let tookMs = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueMs = Infinity;

  function schedule(ms: number): void {
    const atMs = performance.now() + ms;
    if (isReading || dueMs <= atMs) return;
    dueMs = atMs;
    clearTimeout(timer);
    timer = setTimeout(() => void readNow(), ms);
  }

  function poll(): void {
    if (!document.hidden) schedule(intervalMs(isTold));
  }

  function soon(): void {
    isBehind = true;
    // A page that takes long to make is not asked for all the time.
    const gapMs = document.hidden ? UNSEEN_MS : Math.max(LEAST_MS, 2 * tookMs);
    schedule(Math.max(GATHER_MS, startedMs + gapMs - performance.now()));
  }

  async function readNow(): Promise<void> {
    isReading = true;
    isBehind = false;
    dueMs = Infinity;
    startedMs = performance.now();
    if (await refresh(changed)) readMs = Date.now();
    tookMs = performance.now() - startedMs;
    isReading = false;
    if (isBehind) soon();
    poll();
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      if (isBehind) return;
      clearTimeout(timer);
      dueMs = Infinity;
    } else if (isBehind || Date.now() - readMs > intervalMs(isTold)) schedule(0);
    else poll();
  });
  poll();
  return {
    soon,
    readMs: () => readMs,
    told(is) {
      isTold = is;
      // By the clock it may be due sooner than it was.
      if (!is) poll();
    },
  };
}

function intervalMs(isTold: boolean): number {
  const intervals = [...document.querySelectorAll<HTMLElement>(PARTS)].map(({ dataset }) =>
    Number(isTold ? dataset.refreshLive ?? dataset.refresh : dataset.refresh)
  );
  return Math.max(LEAST_MS, Math.min(...intervals));
}

/** @returns whether the page could be read. */
async function refresh(changed: (part: Element) => void): Promise<boolean> {
  const page = await read();
  if (!page) return false;
  for (const part of document.querySelectorAll<HTMLElement>(PARTS)) {
    const fresh = page.getElementById(part.id);
    if (!fresh) continue;
    changed(fresh);
    if (fresh.isEqualNode(part) || isBeingFilled(part)) continue;
    replace(part, document.adoptNode(fresh));
  }
  const icon = page.querySelector<HTMLLinkElement>('link[rel="icon"]')?.href;
  if (icon !== undefined) document.querySelector<HTMLLinkElement>('link[rel="icon"]')!.href = icon;
  document.title = page.title;
  return true;
}

/** Puts `fresh` in the place of `part`, where the reader finds what they were at. */
function replace(part: HTMLElement, fresh: HTMLElement): void {
  const focused = [...part.querySelectorAll<HTMLElement>(FOCUSABLE)].indexOf(
    document.activeElement as HTMLElement,
  );
  const { scrollLeft, scrollTop } = part;
  const open = detailsOf(part);
  part.replaceWith(fresh);
  for (const [key, details] of detailsOf(fresh)) details.open = open.get(key)?.open ?? details.open;
  fresh.scrollTo(scrollLeft, scrollTop);
  if (focused >= 0) {
    fresh.querySelectorAll<HTMLElement>(FOCUSABLE)[focused]?.focus({ preventScroll: true });
  }
}

/** Each by its id, or by its place among those without one. */
function detailsOf(part: HTMLElement): Map<string | number, HTMLDetailsElement> {
  let place = 0;
  return new Map([...part.querySelectorAll("details")].map((details) => [details.id || place++, details]));
}

/** Whether somebody types, ticks or marks something in it, which would be lost. */
function isBeingFilled(part: Element): boolean {
  const { activeElement } = document;
  if (activeElement?.matches("input, select, textarea") && part.contains(activeElement)) return true;
  for (const field of part.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea")) {
    if (field.value !== field.defaultValue) return true;
    if (field instanceof HTMLInputElement && field.checked !== field.defaultChecked) return true;
  }
  const selection = getSelection();
  return selection !== null && !selection.isCollapsed && part.contains(selection.anchorNode);
}

/** The page as it is now; undefined when it cannot be had: what stands there says when it was measured. */
async function read(): Promise<Document | undefined> {
  try {
    const response = await fetch(location.href, {
      headers: { accept: "text/html" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok || response.redirected) return undefined;
    return new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return undefined;
  }
}
