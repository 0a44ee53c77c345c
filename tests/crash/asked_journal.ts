/** What a running webhook says of its journal, by its API. */

import { MARKER } from "./notification.ts";
import type { JournalContent, Kept } from "./oracle.ts";

const PAGE = 200;

interface Page {
  readonly items: readonly { readonly id: number }[];
  readonly next: string | null;
}

interface Detail {
  readonly body: string;
  readonly deliveries: readonly (Omit<Kept, "into"> & {
    readonly channel: string;
    readonly coalescedInto: number | null;
  })[];
}

/** Asks for every notification with its deliveries. */
export async function askJournal(url: string): Promise<JournalContent> {
  const ids: number[] = [];
  let page: Page | undefined;
  do {
    const cursor = page?.next ? `&cursor=${encodeURIComponent(page.next)}` : "";
    page = await get<Page>(`${url}/api/v1/notifications?limit=${PAGE}${cursor}`);
    ids.push(...page.items.map(({ id }) => id));
  } while (page.next !== null);
  const copies = new Map<string, number>();
  const order: string[] = [];
  const deliveries = new Map<string, Map<string, Kept>>();
  const byId = new Map<number, Kept>();
  for (const id of ids.sort((a, b) => a - b)) {
    const detail = await get<Detail>(`${url}/api/v1/notifications/${id}`);
    const marker = detail.body.match(MARKER)?.[0];
    const kept = detail.deliveries.map(({ id, state, channel, coalescedInto: into }) =>
      [channel, { id, state, into }] as const
    );
    for (const [, one] of kept) byId.set(one.id, one);
    if (marker === undefined) continue;
    copies.set(marker, (copies.get(marker) ?? 0) + 1);
    order.push(marker);
    deliveries.set(marker, new Map(kept));
  }
  return { copies, order, deliveries, byId };
}

async function get<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`GET ${url} answered ${response.status}: ${await response.text()}`);
  return await response.json();
}
