/** Asking a service over HTTP, where no answer is an answer too. */

/** What came back. */
export interface Answer {
  readonly url: string;
  /** Whether there was an answer with a 2xx status. */
  readonly ok: boolean;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly body: string;
  /** `200 OK`, or why there was no answer: `connection refused`, `no answer within 3 s`. */
  readonly detail: string;
  /** What kind of silence it was, when it was one. */
  readonly failure?: "refused" | "timeout" | "name" | "tls" | "other";
}

/** The part of `fetch` that is used; injected by tests. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * GETs `url`; a failure to connect is a result, not an exception.
 *
 * @param timeoutMs From connecting to the last byte of the body.
 */
export async function ask(
  url: string,
  { fetch, signal, timeoutMs = 3_000, headers }: {
    readonly fetch: Fetch;
    readonly signal: AbortSignal;
    readonly timeoutMs?: number;
    readonly headers?: Readonly<Record<string, string>>;
  },
): Promise<Answer> {
  // A timer of our own: the one of AbortSignal.timeout outlives the request.
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), timeoutMs);
  const stop = () => limit.abort();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const response = await fetch(url, {
      signal: limit.signal,
      redirect: "manual",
      headers: { ...headers },
    });
    const body = await response.text();
    const detail = `${response.status} ${response.statusText}`.trim();
    return { url, ok: response.ok, status: response.status, body, detail };
  } catch (error) {
    signal.throwIfAborted();
    const none = { url, ok: false, status: 0, body: "" };
    if (limit.signal.aborted) {
      return { ...none, detail: `no answer within ${timeoutMs / 1_000} s`, failure: "timeout" };
    }
    return { ...none, ...silence(error) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

/** Whether a text about a failed connection is about a name that has no address. */
export function isNameFailure(text: string): boolean {
  return /no such host|name (or service )?not known|failure in name resolution|bad address|could not resolve|failed to lookup|nodename nor servname|server misbehaving|NXDOMAIN|ENOTFOUND|EAI_AGAIN|dns error/i
    .test(text);
}

function silence(error: unknown): { detail: string; failure: NonNullable<Answer["failure"]> } {
  const texts: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) texts.push(at.message);
  const text = texts.join(": ");
  if (/refused|os error 111/i.test(text)) return { detail: "connection refused", failure: "refused" };
  if (isNameFailure(text)) return { detail: "the name has no address", failure: "name" };
  if (/certificate|tls|handshake/i.test(text)) return { detail: text, failure: "tls" };
  // The URL stands beside it wherever it is shown.
  return { detail: text.replace(/^error sending request for url \([^)]*\): /, ""), failure: "other" };
}
