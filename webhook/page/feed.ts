/** Tells open pages that something has changed. */

/** What has changed: a notification was accepted, a delivery went on, or somebody did something on a page. */
export type Change =
  | { readonly kind: "notification"; readonly id: number }
  | { readonly kind: "delivery"; readonly id: number; readonly notificationId: number }
  | { readonly kind: "act" };

/** Changes, to those who listen now. What was missed is read from the journal. */
export interface Feed {
  /** Names this feed among those of other processes. */
  readonly name: string;
  /** How many changes it has told. */
  told(): number;
  tell(change: Change): void;
  /** @returns what ends it. */
  listen(listener: (change: Change) => void): () => void;
}

/** A feed without listeners. */
export function createFeed(): Feed {
  const listeners = new Set<(change: Change) => void>();
  let told = 0;
  return {
    name: crypto.randomUUID().slice(0, 8),
    told: () => told,
    tell(change) {
      told++;
      for (const listener of listeners) listener(change);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
