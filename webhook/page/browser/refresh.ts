/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** Keeps parts of a page up to date: each `[data-refresh]` with an id is read again after so many milliseconds. */

const TIMEOUT_MS = 10_000;
const LEAST_MS = 500;
const FOCUSABLE = "a, button, input, select, summary, textarea";

/** @param changed Told of each part that has new content. */
export function refreshParts(changed: (part: Element) => void): void {
  const soonest = Math.min(
    ...[...document.querySelectorAll<HTMLElement>("[data-refresh][id]")].map(({ dataset }) =>
      Number(dataset.refresh)
    ),
  );
  // There is none.
  if (!Number.isFinite(soonest)) return;
  setTimeout(async () => {
    if (!document.hidden) await refresh(changed);
    refreshParts(changed);
  }, Math.max(LEAST_MS, soonest));
}

async function refresh(changed: (part: Element) => void): Promise<void> {
  const page = await read();
  if (!page) return;
  for (const part of document.querySelectorAll("[data-refresh][id]")) {
    const fresh = page.getElementById(part.id);
    if (!fresh) continue;
    changed(fresh);
    if (fresh.isEqualNode(part)) continue;
    const focused = [...part.querySelectorAll<HTMLElement>(FOCUSABLE)].indexOf(
      document.activeElement as HTMLElement,
    );
    part.replaceWith(document.adoptNode(fresh));
    if (focused >= 0) fresh.querySelectorAll<HTMLElement>(FOCUSABLE)[focused]?.focus();
  }
  const icon = page.querySelector<HTMLLinkElement>('link[rel="icon"]')?.href;
  if (icon !== undefined) document.querySelector<HTMLLinkElement>('link[rel="icon"]')!.href = icon;
  document.title = page.title;
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
