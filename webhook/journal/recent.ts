/** A map of what was used lately. */

/**
 * Keeps at least the `bound / 2` and at most the `bound` entries that were set last.
 *
 * In two halves, of which the older one is dropped whole when the newer one is full: a Map that is emptied entry by entry from its front
 * walks over all that it has removed.
 */
export class Recent<Key, Value> {
  #newer = new Map<Key, Value>();
  #older = new Map<Key, Value>();
  readonly #half: number;

  constructor(bound: number) {
    this.#half = Math.ceil(bound / 2);
  }

  get(key: Key): Value | undefined {
    return this.#newer.get(key) ?? this.#older.get(key);
  }

  set(key: Key, value: Value): void {
    this.#newer.set(key, value);
    if (this.#newer.size < this.#half) return;
    this.#older = this.#newer;
    this.#newer = new Map();
  }

  delete(key: Key): void {
    this.#newer.delete(key);
    this.#older.delete(key);
  }
}
