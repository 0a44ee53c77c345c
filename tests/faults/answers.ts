/** Asking whether something answers. */

const ANSWER_MS = 2_000;

/** Whether `url` answers 2xx in time. */
export async function answers(url: string, timeoutMs = ANSWER_MS): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Whatever the reason, it does not answer.
    return false;
  }
}
