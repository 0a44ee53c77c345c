/** Only one process at a time. */

import { aboutPath } from "./system_error.ts";

/** How to wait for a lock. */
export interface LockOptions {
  readonly signal?: AbortSignal;
  /** Called when another process has held it for a second. */
  readonly onWait?: () => void;
}

/**
 * Holds the file at `path` locked until disposed; it is made if need be. The kernel gives the lock back when its holder dies,
 * however it dies, so that none is ever stale. A holder may remove the file: who waited for it then waits for its successor.
 */
export async function lockFile(path: string, { signal, onWait }: LockOptions = {}): Promise<Disposable> {
  const notice = setTimeout(() => onWait?.(), 1_000);
  try {
    while (true) {
      const file = await lockOnce(path, signal);
      if (await isAt(file, path)) return { [Symbol.dispose]: () => file.close() };
      file.close();
    }
  } finally {
    clearTimeout(notice);
  }
}

async function lockOnce(path: string, signal: AbortSignal | undefined): Promise<Deno.FsFile> {
  const file = await Deno.open(path, { create: true, write: true }).catch((error) => {
    throw aboutPath(error, "lock", path);
  });
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal!.reason);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    signal?.throwIfAborted();
    await Promise.race([file.lock(true), aborted.promise]);
    return file;
  } catch (error) {
    file.close();
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/** Whether `path` still names `file`: a lock on a file that was removed keeps nobody out. */
async function isAt(file: Deno.FsFile, path: string): Promise<boolean> {
  const [held, named] = await Promise.all([file.stat(), Deno.stat(path).catch(ignoreMissing)]);
  return held.ino === named?.ino && held.dev === named?.dev;
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
