/** One HTTP request to a destination, and the little of its answer that is needed to judge it. */

import type { Outcome, SendContext } from "./channel.ts";

/** A request as plain data. */
export interface HttpOut {
  readonly method: "POST" | "PUT" | "PATCH";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** An answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** At most its first 64 KiB. */
  readonly text: string;
}

const ANSWER_BYTES = 64 * 1024;

/**
 * Sends `out`. No redirect is followed: Deno would repeat the request, secrets included, wherever it is pointed.
 *
 * @returns the answer, or the outcome when there was none.
 */
export async function exchange(
  out: HttpOut,
  { fetch, signal }: SendContext,
): Promise<HttpAnswer | Extract<Outcome, { result: "retry" | "gone" }>> {
  // What fetch says of such a URL repeats it, and it may be a secret.
  if (!/^https?:$/.test(URL.parse(out.url)?.protocol ?? "")) {
    return { result: "gone", reason: "Its address is not an http or https URL" };
  }
  try {
    const { method, headers, body } = out;
    const response = await fetch(out.url, { method, headers, body, redirect: "manual", signal });
    return { status: response.status, headers: response.headers, text: await head(response) };
  } catch (error) {
    return { result: "retry", reason: why(error) };
  }
}

/** A form with files, as the body of a request and the header that says what it is. */
export async function formBody(form: FormData): Promise<Pick<HttpOut, "headers" | "body">> {
  const whole = new Response(form);
  const type = whole.headers.get("content-type")!;
  return { headers: { "content-type": type }, body: new Uint8Array(await whole.arrayBuffer()) };
}

/** Whether `answer` is an answer, not an outcome. */
export function isAnswer(answer: HttpAnswer | Outcome): answer is HttpAnswer {
  return "status" in answer;
}

/**
 * How long `Retry-After` asks to wait, milliseconds; undefined when it does not say.
 *
 * @param nowMs For a date instead of seconds. Source: RFC 9110, 10.2.3.
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const said = headers.get("retry-after")?.trim();
  if (!said) return undefined;
  if (/^\d+(\.\d+)?$/.test(said)) return Math.ceil(Number(said) * 1_000);
  const at = Date.parse(said);
  return Number.isNaN(at) ? undefined : Math.max(at - nowMs, 0);
}

async function head(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return "";
  const decoder = new TextDecoder();
  let text = "";
  for (let left = ANSWER_BYTES; left > 0;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value.subarray(0, left), { stream: true });
    left -= value.length;
  }
  await reader.cancel();
  return text;
}

/** Why there is no answer. Deno's own message repeats the URL, which may be a secret. */
function why(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError") return "no answer in time";
  if (error instanceof DOMException && error.name === "AbortError") return "the attempt was ended";
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.replace(/\S*:\/\/\S*/g, "").replace(/\s+/g, " ").trim();
}
