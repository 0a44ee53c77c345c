/** Which notification spoke last of each alert: read from the journal when a page needs it, and kept up to date from there. */

import { setImmediate } from "node:timers/promises";
import type { Archive } from "../../journal/archive.ts";
import type { Alert } from "../../payload.ts";
import { alertsIn } from "./history.ts";

/** What was said last of an alert. */
export interface LastSaid {
  readonly notificationId: number;
  /** Ms since 1970. */
  readonly receivedMs: number;
  readonly isFiring: boolean;
}

/** An alert as it was told last. */
export interface LastTold extends LastSaid {
  readonly alert: Alert;
}

/** What was said last of each alert. */
export interface ToldBook {
  /** Reads what is new, and goes on with what is old for a moment. @returns whether nothing older is left to be read. */
  read(): Promise<boolean>;
  of(alert: Pick<Alert, "fingerprint" | "labels">): LastSaid | undefined;
  /** The alert of a fingerprint as it was told last. */
  alert(fingerprint: string): Alert | undefined;
  /** Those that fire as far as was told, those told last before the others, at most `limit`; and how many there are. */
  firing(limit: number): { readonly alerts: readonly LastTold[]; readonly count: number };
}

const ON_A_PAGE = 50;
/** For what is old: readers wait for it, and senders beside them. */
const BUDGET_MS = 150;
/** Between two turns of the event loop. */
const AT_ONCE = 10;
/** Of more than these new ones the newest are read as if nothing were known. */
const MOST_NEW = 1_000;
const MOST_ALERTS = 20_000;

/** A book of `archive`. Nothing is read before it is asked for. */
export function createToldBook(archive: Archive): ToldBook {
  const said = new Map<string, LastSaid>();
  let newest = 0;
  // Below it nothing was read yet; undefined when there is nothing.
  let cursor: number | undefined = Number.MAX_SAFE_INTEGER;
  let reading: Promise<boolean> | undefined;

  const listed = (below: number) => archive.notifications({ origin: "alert", below, limit: ON_A_PAGE });

  /** Those that came since, the oldest first; undefined when they are too many. */
  function fresh() {
    const found: { id: number; receivedMs: number }[] = [];
    for (let below: number | undefined = Number.MAX_SAFE_INTEGER; below !== undefined && below > newest;) {
      const { items, next } = listed(below);
      found.push(...items.filter(({ id }) => id > newest));
      if (found.length > MOST_NEW) return undefined;
      below = next;
    }
    return found.reverse();
  }

  function note({ id, receivedMs }: { id: number; receivedMs: number }, isNew: boolean): void {
    newest = Math.max(newest, id);
    for (const alert of alertsIn(archive, id)) {
      const key = keyOf(alert);
      if (!isNew && said.has(key)) continue;
      said.set(key, { notificationId: id, receivedMs, isFiring: alert.status === "firing" });
    }
    if (isNew && said.size > MOST_ALERTS) makeRoom();
  }

  /** Those go that were not told of for longest. */
  function makeRoom(): void {
    const oldest = [...said].sort(([, a], [, b]) => a.notificationId - b.notificationId);
    for (const [key] of oldest.slice(0, MOST_ALERTS / 10)) said.delete(key);
  }

  async function noteAll(all: readonly { id: number; receivedMs: number }[], isNew: boolean) {
    for (const [i, each] of all.entries()) {
      note(each, isNew);
      if (i % AT_ONCE === AT_ONCE - 1) await setImmediate();
    }
  }

  async function readOn(): Promise<boolean> {
    const deadline = performance.now() + BUDGET_MS;
    const since = cursor === Number.MAX_SAFE_INTEGER ? [] : fresh();
    if (since === undefined) {
      said.clear();
      newest = 0;
      cursor = Number.MAX_SAFE_INTEGER;
    } else await noteAll(since, true);
    while (cursor !== undefined && performance.now() < deadline && said.size < MOST_ALERTS) {
      const { items, next } = listed(cursor);
      await noteAll(items, false);
      cursor = next;
    }
    return cursor === undefined || said.size >= MOST_ALERTS;
  }

  return {
    read: () => reading ??= readOn().finally(() => reading = undefined),
    of: (alert) => said.get(keyOf(alert)),
    alert(fingerprint) {
      const last = said.get(fingerprint);
      return last &&
        alertsIn(archive, last.notificationId).find((alert) => alert.fingerprint === fingerprint);
    },
    firing(limit) {
      const firing = [...said].filter(([, { isFiring }]) => isFiring)
        .sort(([, a], [, b]) => b.notificationId - a.notificationId);
      const alerts = new Map<number, readonly Alert[]>();
      const found = firing.slice(0, limit).flatMap(([key, last]) => {
        const id = last.notificationId;
        if (!alerts.has(id)) alerts.set(id, alertsIn(archive, id));
        const alert = alerts.get(id)!.find((each) => keyOf(each) === key);
        // Retention may have removed it.
        return alert === undefined ? [] : [{ ...last, alert }];
      });
      return { alerts: found, count: firing.length };
    },
  };
}

/** What tells an alert from others: not every sender gives it a fingerprint. */
function keyOf({ fingerprint, labels }: Pick<Alert, "fingerprint" | "labels">): string {
  return fingerprint || JSON.stringify(Object.entries(labels).sort());
}
