/** Asking the services' HTTP APIs. */

import type { SmokeContext } from "./check.ts";

/** A service did not answer, or not as its API says; the message says what was asked and what came. */
export class Unanswered extends Error {
  override readonly name = "Unanswered";
  /** @param status HTTP status; undefined when there was no answer at all. */
  constructor(message: string, readonly status?: number) {
    super(message);
  }
}

/** What to ask. */
export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Statuses to take; any 2xx by default. */
  readonly statuses?: readonly number[];
}

const TIMEOUT_MS = 10_000;
// Enough of a body for its message, short enough for a line.
const EXCERPT = 200;

/** An answer, its body read. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * Asks `url` and reads the answer whole.
 *
 * @throws {Unanswered} when there is no answer within 10 s, or one of another status.
 */
export async function ask(
  { fetch, signal }: Pick<SmokeContext, "fetch" | "signal">,
  url: string,
  { method = "GET", headers = {}, body, statuses }: Ask = {},
): Promise<Answer> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  let answer: Answer;
  try {
    const response = await fetch(url, { method, headers, body, signal: stop, redirect: "manual" });
    answer = { status: response.status, text: await response.text() };
  } catch (error) {
    signal.throwIfAborted();
    throw new Unanswered(`Cannot reach ${url}: ${reasonOf(error as Error)}`);
  }
  const right = statuses?.includes(answer.status) ?? (answer.status >= 200 && answer.status < 300);
  if (right) return answer;
  throw new Unanswered(
    `${method} ${url} was answered with ${answer.status}${excerpt(answer.text)}`,
    answer.status,
  );
}

/**
 * The JSON that `url` answers with.
 *
 * @throws {Unanswered} as `ask` does, and when the answer is not JSON.
 */
export async function askJson<T>(
  context: Pick<SmokeContext, "fetch" | "signal">,
  url: string,
  options: Ask = {},
): Promise<T> {
  const { text, status } = await ask(context, url, options);
  try {
    return JSON.parse(text);
  } catch {
    throw new Unanswered(
      `${options.method ?? "GET"} ${url} was not answered with JSON: is another program on that port?${
        excerpt(text)
      }`,
      status,
    );
  }
}

/**
 * The `data` of Prometheus's answer to `path`.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/
 *
 * @throws {Unanswered} as `ask` does; an error of Prometheus's own (a bad query) is its message.
 */
export async function askPrometheus<T>(
  context: Pick<SmokeContext, "fetch" | "signal" | "urls">,
  path: string,
  options: Ask = {},
): Promise<T> {
  const url = context.urls.prometheus + path;
  const answer = await askJson<{ status?: string; data?: T; error?: string; errorType?: string }>(
    context,
    url,
    { ...options, statuses: [200, 400, 422, 503] },
  );
  if (answer.status !== "success") {
    throw new Unanswered(
      answer.error ? `${answer.errorType ?? "error"}: ${answer.error}` : `${url} was answered without data`,
      200,
    );
  }
  return answer.data as T;
}

/** The result of an instant query; the expression goes in the body, so that its length does not matter. */
export async function query(
  context: Pick<SmokeContext, "fetch" | "signal" | "urls">,
  expr: string,
): Promise<QueryResult> {
  return await askPrometheus(context, "/api/v1/query", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ query: expr }).toString(),
  });
}

/** Data of an instant query. */
export interface QueryResult {
  readonly resultType: "vector" | "matrix" | "scalar" | "string";
  // A scalar or string result is one sample, which counts as data as well.
  readonly result: readonly unknown[];
}

function excerpt(text: string): string {
  const line = text.trim().split("\n")[0]!.slice(0, EXCERPT);
  return line === "" ? "" : `: ${line}`;
}

function reasonOf(error: Error): string {
  if (error.name === "TimeoutError") return `no answer within ${TIMEOUT_MS / 1_000} s`;
  // Deno's own messages are long and name the URL once more; the reason stands at their end.
  const text = `${error.message} ${(error.cause as Error | undefined)?.message ?? ""}`;
  if (/refused/i.test(text)) return "connection refused";
  if (/dns|lookup|resolve/i.test(text)) return "the host name is not known";
  if (/reset|closed before|connection closed/i.test(text)) return "the connection was cut";
  return error.message;
}
