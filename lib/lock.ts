/** Only one process at a time. */

/** How to wait for a lock. */
export interface LockOptions {
  readonly signal?: AbortSignal;
  /** Called when another process has held it for a second. */
  readonly onWait?: () => void;
}

/**
 * Holds the file at `path` locked until disposed; it is made if need be. The kernel gives the lock back when its holder dies,
 * however it dies, so that none is ever stale.
 */
export async function lockFile(path: string, { signal, onWait }: LockOptions = {}): Promise<Disposable> {
  const file = await Deno.open(path, { create: true, write: true });
  const notice = setTimeout(() => onWait?.(), 1_000);
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal!.reason);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    signal?.throwIfAborted();
    await Promise.race([file.lock(true), aborted.promise]);
  } catch (error) {
    file.close();
    throw error;
  } finally {
    clearTimeout(notice);
    signal?.removeEventListener("abort", abort);
  }
  return { [Symbol.dispose]: () => file.close() };
}
