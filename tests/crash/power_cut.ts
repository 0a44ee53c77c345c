/** What a power cut may leave of a process's files: what was synced, and of the rest whatever the disk had got to. */

import { Buffer } from "node:buffer";
import type { Call } from "./calls.ts";

const SECTOR_BYTES = 512;

interface Change {
  readonly path: string;
  readonly offset: number;
  /** Undefined when the file is truncated to `offset`. */
  readonly bytes?: Uint8Array;
}

/** Files as a disk holds them. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** What a disk is told: what has reached it, and what is still on its way. */
export class Disk {
  readonly #safe: Map<string, Uint8Array>;
  #onTheWay: Change[] = [];

  /** @param files What is there in the beginning, by path. Calls about other files are ignored. */
  constructor(files: Files) {
    this.#safe = new Map(files);
  }

  /** Takes note of a call. */
  see({ did, place: path, offset, bytes }: Call): void {
    if (!this.#safe.has(path)) return;
    if (did === "wrote") this.#onTheWay.push({ path, offset, bytes: Buffer.from(bytes, "latin1") });
    if (did === "truncated") this.#onTheWay.push({ path, offset });
    if (did !== "synced") return;
    for (const change of this.#onTheWay) if (change.path === path) apply(this.#safe, change);
    this.#onTheWay = this.#onTheWay.filter((change) => change.path !== path);
  }

  /**
   * The files after a cut now.
   *
   * @param luck Of a change that was not synced: 0 to lose it, 1 to keep it, between to tear it at a sector.
   */
  afterCut(luck: () => number): Files {
    const files = new Map([...this.#safe].map(([path, bytes]) => [path, bytes.slice()]));
    for (const change of this.#onTheWay) {
      const share = luck();
      const sectors = Math.floor((change.bytes?.length ?? 0) * share / SECTOR_BYTES);
      if (share >= 1) apply(files, change);
      else if (sectors > 0) {
        apply(files, { ...change, bytes: change.bytes!.subarray(0, sectors * SECTOR_BYTES) });
      }
    }
    return files;
  }
}

function apply(files: Map<string, Uint8Array>, { path, offset, bytes }: Change): void {
  const before = files.get(path)!;
  if (bytes === undefined) {
    const cut = new Uint8Array(offset);
    cut.set(before.subarray(0, offset));
    files.set(path, cut);
    return;
  }
  const after = new Uint8Array(Math.max(before.length, offset + bytes.length));
  after.set(before);
  after.set(bytes, offset);
  files.set(path, after);
}
