/** Downloads a file: with progress, taken up again where a lost connection ended it. */

import { Unavailable } from "./source.ts";

/** How to download. */
export interface DownloadOptions {
  /** Longest time without a single byte, milliseconds; 30 000 by default. */
  readonly stallTimeoutMs?: number;
  /** How often a lost connection is taken up again; 3 by default. */
  readonly retries?: number;
}

interface Details extends DownloadOptions {
  readonly signal: AbortSignal;
  /** Called with the fraction that is there, 0 to 1, when the size is known. */
  readonly onProgress?: (fraction: number) => void;
}

/** Thrown when the way to the server is broken: whatever else is wanted of it will not come either. */
export class Broken extends Unavailable {}

/** Thrown inside when another try may succeed. */
class Lost extends Error {}

/**
 * Downloads `url` to `path`. A part that an earlier call left at `path.part` is completed, when the server can.
 *
 * @returns whether a part was completed, so that its beginning is not this call's.
 * @throws {Broken} when the connection is lost again and again. @throws {Unavailable} when the server does not have it.
 */
export async function download(url: string, path: string, details: Details): Promise<boolean> {
  const { retries = 3, signal } = details;
  const part = `${path}.part`;
  let resumed = false;
  for (let attempt = 0;; attempt++) {
    try {
      const start = await Deno.stat(part).then(({ size }) => size, () => 0);
      const appended = await fetchInto(url, part, start, details);
      if (attempt === 0) resumed = appended;
      await Deno.rename(part, path);
      return resumed;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Lost)) throw error;
      if (attempt >= retries) {
        throw new Broken(`${url}: ${error.message}${attempt > 0 ? `, ${attempt + 1} times` : ""}`);
      }
    }
  }
}

/** @returns whether the body was appended to what `part` had. */
async function fetchInto(url: string, part: string, start: number, details: Details): Promise<boolean> {
  const { stallTimeoutMs = 30_000, signal, onProgress } = details;
  const stall = new AbortController();
  let timer = setTimeout(() => stall.abort(), stallTimeoutMs);
  const stillThere = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stall.abort(), stallTimeoutMs);
  };
  try {
    const response = await fetch(url, {
      headers: start > 0 ? { range: `bytes=${start}-` } : {},
      signal: AbortSignal.any([signal, stall.signal]),
    });
    if (response.status === 416) {
      // The part is not the beginning of this file.
      await response.body?.cancel();
      await Deno.remove(part);
      throw new Lost("the server refused to continue");
    }
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw new Unavailable(`${url} answered ${response.status} ${response.statusText}`.trim());
    }
    const append = response.status === 206;
    const length = Number(response.headers.get("content-length"));
    const from = append ? start : 0;
    using file = await Deno.open(part, { write: true, create: true, append, truncate: !append });
    let have = from;
    for await (const piece of response.body) {
      stillThere();
      for (let written = 0; written < piece.length;) written += await file.write(piece.subarray(written));
      have += piece.length;
      if (length > 0) onProgress?.(have / (from + length));
    }
    if (length > 0 && have < from + length) throw new Lost("the connection ended early");
    return append;
  } catch (error) {
    if (error instanceof Unavailable || error instanceof Lost || signal.aborted) throw error;
    if (stall.signal.aborted) throw new Lost(`not a byte for ${stallTimeoutMs / 1_000} s`);
    // A full disk is not the connection's fault.
    if ((error as { code?: string }).code === "ENOSPC") throw error;
    throw new Lost((error as Error).message);
  } finally {
    clearTimeout(timer);
  }
}
