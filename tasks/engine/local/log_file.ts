/** Log files that services write to directly: held within a size, although the writers never open them again. */

/** A log and its older parts together take at most about (KEEP + 1) × MAX_BYTES. */
export const MAX_BYTES = 8 * 1024 * 1024;
/** Older parts that are kept: `x.log.1` is the youngest. */
export const KEEP = 3;

/**
 * Cuts the log at `path` when it is longer than `maxBytes`: its content moves to `path.1`, what was there to `path.2`, and so on.
 *
 * The writers hold the file open for appending, so it is copied and emptied, not renamed: their next line lands at its new
 * beginning. Lines written in the instant between copy and cut are lost.
 *
 * @returns whether it was cut.
 */
export async function rotate(path: string, maxBytes = MAX_BYTES, keep = KEEP): Promise<boolean> {
  const size = await Deno.stat(path).then((info) => info.size, () => 0);
  if (size <= maxBytes) return false;
  for (let i = keep - 1; i >= 1; i--) {
    await Deno.rename(`${path}.${i}`, `${path}.${i + 1}`).catch(ignoreMissing);
  }
  await Deno.copyFile(path, `${path}.1`);
  await Deno.truncate(path, 0);
  return true;
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
