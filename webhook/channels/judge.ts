/** What an answer means, as far as HTTP itself says it. */

import { oneLine } from "../one_line.ts";
import type { Outcome } from "./channel.ts";
import { type HttpAnswer, retryAfterMs } from "./http.ts";

const MAX_SAYING = 200;

/** What `answer` says, as the reason of an outcome: its status, and the beginning of its body. */
export function saying({ status, text }: HttpAnswer, detail = text): string {
  const said = oneLine(detail.trim(), MAX_SAYING);
  return said === "" ? `It answered ${status}` : `It answered ${status}: ${said}`;
}

/**
 * What a failure means when only its status tells: overload and outages pass (408, 425, 429, 5xx), credentials and addresses do not without
 * a change of the configuration (301, 308, 401, 403, 404, 410), any other 4xx is about this message. A success that the destination does not
 * confirm in its own way came from something in between, and is tried again.
 *
 * @param nowMs For a `Retry-After` that is a date.
 */
export function judgeFailure(answer: HttpAnswer, nowMs: number, detail?: string): Outcome {
  const { status, headers } = answer;
  const reason = saying(answer, detail);
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return { result: "retry", reason, afterMs: retryAfterMs(headers, nowMs) };
  }
  if (status === 301 || status === 308) {
    return {
      result: "gone",
      reason: `${saying({ ...answer, text: "" })}: it has moved, and no redirect is followed`,
    };
  }
  if (status === 401 || status === 403 || status === 404 || status === 410) return { result: "gone", reason };
  if (status >= 400) return { result: "refused", reason };
  return { result: "retry", reason: `${reason}, which is not how it confirms` };
}

/** The JSON object in an answer's body; undefined when there is none. */
export function jsonOf({ text }: HttpAnswer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? value as Record<string, unknown>
      : undefined;
  } catch {
    return undefined;
  }
}
