/** What the pages ask Prometheus: four read paths of its API, each answer limited in time, size and number. */

import { limitedText } from "./limited_text.ts";
import type { PageOptions } from "./view.ts";

/** What Prometheus is asked for: nothing else of it can be reached. */
export type Asked =
  | { readonly path: "query"; readonly query: string; readonly time?: number }
  | {
    readonly path: "query_range";
    readonly query: string;
    readonly start: number;
    readonly end: number;
    /** Seconds. */
    readonly step: number;
  }
  | {
    readonly path: "label_values";
    readonly label: string;
    readonly match: readonly string[];
    readonly start?: number;
    readonly end?: number;
  }
  | {
    readonly path: "series";
    readonly match: readonly string[];
    readonly start?: number;
    readonly end?: number;
  };

/** What came back: Prometheus's own JSON as text, or why there is none. */
export type Answered =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly status: 422 | 502 | 503 | 504; readonly error: string };

/** A series of an answer. Times are seconds since 1970, values are as Prometheus writes them. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** Of an instant query. */
  readonly value?: readonly [number, string];
  /** Of a range query. */
  readonly values?: readonly (readonly [number, string])[];
}

/** Seconds that one answer may take. */
export const TIMEOUT_SECONDS = 5;
/** Bytes that one answer may have. */
export const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
/** Points of one series that may be asked for: Prometheus gives no more. */
export const MAX_POINTS = 11_000;

// More than this at a time only makes each of them slower.
const AT_A_TIME = 8;
const MAX_WAITING = 500;
const MAX_ERROR_LENGTH = 500;

type Needed = Pick<PageOptions, "page" | "fetch" | "redact">;

/** Asks Prometheus. It never throws: what went wrong is in the answer. */
export type AskPrometheus = (asked: Asked, signal?: AbortSignal) => Promise<Answered>;

const askers = new WeakMap<Needed, AskPrometheus>();

/** What asks Prometheus for the pages made of `options`; all of them share its limits. */
export function prometheusOf(options: Needed): AskPrometheus {
  const known = askers.get(options);
  if (known) return known;
  const made = createAsk(options);
  askers.set(options, made);
  return made;
}

/** The series of a good answer to `query` or `query_range`, a scalar as one without labels; undefined when they are not as Prometheus's API has them. */
export function seriesIn(text: string): readonly Series[] | undefined {
  let data: { readonly resultType?: unknown; readonly result?: unknown } | undefined;
  try {
    data = JSON.parse(text).data;
  } catch {
    // What is no JSON has no details worth showing: the caller says that it is not understood.
    return undefined;
  }
  if (!Array.isArray(data?.result)) return undefined;
  if (data.resultType === "scalar") return [{ metric: {}, value: data.result as [number, string] }];
  const series = data.result as Series[];
  return series.every((each) => typeof each?.metric === "object") ? series : undefined;
}

function createAsk(options: Needed): AskPrometheus {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (asked, signal) => {
    const base = options.page().prometheus?.url;
    if (base === undefined) {
      return failure(503, "There is no Prometheus: webhook.json has no page.prometheus");
    }
    if (running >= AT_A_TIME) {
      if (waiting.length >= MAX_WAITING) return failure(503, "Too many queries at a time: try again");
      await new Promise<void>((next) => waiting.push(next));
    } else running++;
    try {
      if (signal?.aborted) return failure(503, "The query was given up");
      return await ask(options, base, asked, signal);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}

async function ask(
  { fetch, redact }: Needed,
  base: string,
  asked: Asked,
  given: AbortSignal | undefined,
): Promise<Answered> {
  const timeout = AbortSignal.timeout(TIMEOUT_SECONDS * 1_000);
  const signal = given ? AbortSignal.any([given, timeout]) : timeout;
  try {
    const response = await fetch(...requestOf(base, asked, signal));
    const text = await limitedText(response, MAX_ANSWER_BYTES);
    if (text === undefined) {
      return failure(
        502,
        `Prometheus's answer is larger than ${MAX_ANSWER_BYTES / 1024 / 1024} MB: ask for less`,
      );
    }
    return judged(response, text, redact);
  } catch (error) {
    if (timeout.aborted) return failure(504, `Prometheus did not answer within ${TIMEOUT_SECONDS} s`);
    if (signal.aborted) return failure(503, "The query was given up");

    return failure(502, cut(redact(`Prometheus cannot be reached: ${messageOf(error)}`)));
  }
}

function requestOf(base: string, asked: Asked, signal: AbortSignal): [URL, RequestInit] {
  const root = base.endsWith("/") ? base : `${base}/`;
  const at = (path: string) => new URL(`api/v1/${path}`, root);
  // A redirect would lead out of the paths that are allowed.
  const init: RequestInit = { redirect: "manual", signal, headers: { accept: "application/json" } };
  const limit = `${TIMEOUT_SECONDS}s`;
  switch (asked.path) {
    case "query": {
      const { query, time } = asked;
      const body = parameters({ query, time, timeout: limit });
      return [at("query"), { ...init, method: "POST", body }];
    }
    case "query_range": {
      const { query, start, end, step } = asked;
      const body = parameters({ query, start, end, step, timeout: limit });
      return [at("query_range"), { ...init, method: "POST", body }];
    }
    case "label_values": {
      const { label, match, start, end } = asked;
      const url = at(`label/${encodeURIComponent(label)}/values`);
      url.search = parameters({ start, end, "match[]": match }).toString();
      return [url, init];
    }
    case "series": {
      const { match, start, end } = asked;
      const body = parameters({ start, end, "match[]": match });
      return [at("series"), { ...init, method: "POST", body }];
    }
  }
}

function parameters(given: Record<string, string | number | readonly string[] | undefined>): URLSearchParams {
  const made = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined) made.append(name, String(each));
    }
  }
  return made;
}

function judged(response: Response, text: string, redact: (text: string) => string): Answered {
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  // Prometheus begins every good answer so; what stands behind it is for the reader to parse.
  if (response.status === 200 && isJson && text.startsWith('{"status":"success"')) return { ok: true, text };
  const said = isJson ? errorIn(text) : undefined;
  if (said === undefined) {
    return failure(502, `What answers as Prometheus is none: HTTP ${response.status} without its JSON`);
  }
  const status = response.status === 503
    ? 504
    : response.status === 400 || response.status === 422
    ? 422
    : 502;
  return failure(status, cut(redact(said)));
}

function errorIn(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    return typeof error === "string" ? error : undefined;
  } catch {
    // What is no JSON is not Prometheus's: said so by the caller.
    return undefined;
  }
}

/** What went wrong; the cause of a failed fetch says more than it does. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function cut(text: string): string {
  return text.length > MAX_ERROR_LENGTH ? `${text.slice(0, MAX_ERROR_LENGTH)}…` : text;
}

function failure(status: 422 | 502 | 503 | 504, error: string): Answered {
  return { ok: false, status, error };
}
