/** Another first page for a database whose own cannot be read. */

import { createDatabase } from "./open_database.ts";
import { isThere, removeIfThere } from "./files.ts";

const PAGE_BYTES = 4_096;

// Offsets in the header. Source: https://www.sqlite.org/fileformat.html, 1.3.
const CHANGE_COUNTER = 24;
const PAGES = 28;
const FIRST_FREE_PAGE = 32;
const FREE_PAGES = 36;
const VERSION_VALID_FOR = 92;

/**
 * Copies the file at `path` and its WAL to `copy`, with the first page that a new journal has: its tables begin on the same pages, as they
 * were made in the same order. What was derived and added later is not in it.
 */
export function copyWithNewFirstPage(path: string, copy: string): void {
  createDatabase(copy);
  const page = new Uint8Array(PAGE_BYTES);
  {
    using file = Deno.openSync(copy);
    file.readSync(page);
  }
  removeIfThere(`${copy}-wal`);
  Deno.copyFileSync(path, copy);
  if (isThere(`${path}-wal`)) Deno.copyFileSync(`${path}-wal`, `${copy}-wal`);
  const header = new DataView(page.buffer);
  header.setUint32(PAGES, Math.floor(Deno.statSync(copy).size / PAGE_BYTES));
  header.setUint32(VERSION_VALID_FOR, header.getUint32(CHANGE_COUNTER));
  header.setUint32(FIRST_FREE_PAGE, 0);
  header.setUint32(FREE_PAGES, 0);
  using file = Deno.openSync(copy, { write: true });
  file.writeSync(page);
}
