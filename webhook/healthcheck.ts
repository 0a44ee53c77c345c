/** `webhook healthcheck`: what a container without a shell asks itself. */

/** Where the webhook is asked when no URL is given. */
export const DEFAULT_HEALTH_URL = "http://127.0.0.1:9094/health";

/**
 * Why the webhook at `url` is not healthy; undefined when it is.
 *
 * @param timeoutMs It must answer within; 3,000 by default.
 */
export async function findIll(url: string, timeoutMs = 3_000): Promise<string | undefined> {
  try {
    // Something else that redirects, such as a login page, is not the webhook.
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: "manual" });
    await response.body?.cancel();
    return response.ok ? undefined : `${url} answers ${response.status}`;
  } catch (error) {
    return `Cannot ask ${url}: ${(error as Error).message}`;
  }
}
