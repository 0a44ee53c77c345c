/** Tells open pages that something has changed. */

/** What has changed: a notification was accepted, a delivery went on, or somebody did something on a page. */
export type Change =
  | { readonly kind: "notification"; readonly id: number }
  | { readonly kind: "delivery"; readonly id: number; readonly notificationId: number }
  | { readonly kind: "act" };

/** Changes, to those who listen now. What was missed is read from the journal. */
export interface Feed {
  tell(change: Change): void;
  /** @returns what ends it. */
  listen(listener: (change: Change) => void): () => void;
}

/** A feed without listeners. */
export function createFeed(): Feed {
  const listeners = new Set<(change: Change) => void>();
  return {
    tell(change) {
      for (const listener of listeners) listener(change);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
