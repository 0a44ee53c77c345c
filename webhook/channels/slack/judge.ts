/** What Slack's answers mean. */

import type { Outcome } from "../channel.ts";
import type { HttpAnswer } from "../http.ts";
import { jsonOf, judgeFailure, saying } from "../judge.ts";
import { retryAfterMs } from "../http.ts";

/** Errors that pass. Source: docs.slack.dev/reference/methods/chat.postMessage, "Errors". */
const PASSING = new Set([
  "fatal_error",
  "internal_error",
  "rate_limited",
  "ratelimited",
  "request_timeout",
  "rollup_error",
  "service_unavailable",
  "team_added_to_org",
]);

/** Errors that are about the message: it may be taken in its plain form. All others want somebody to change something. */
const ABOUT_THE_MESSAGE = new Set([
  "attachment_payload_limit_exceeded",
  "block_mismatch",
  "blocks_too_long",
  "invalid_arguments",
  "invalid_array_arg",
  "invalid_attachments",
  "invalid_blocks",
  "invalid_blocks_format",
  "invalid_charset",
  "invalid_form_data",
  "invalid_json",
  "invalid_payload",
  "markdown_text_conflict",
  "missing_text_or_fallback_or_attachments",
  "msg_blocks_too_long",
  "msg_too_long",
  "no_text",
  "too_many_attachments",
  "too_many_contact_cards",
]);

/** An answer to a message that was posted by an incoming webhook. Source: docs.slack.dev/messaging/sending-messages-using-incoming-webhooks. */
export function judgeWebhook(answer: HttpAnswer, nowMs: number): Outcome {
  const said = answer.text.trim();
  if (answer.status === 200 && said === "ok") return { result: "delivered" };
  return judgeError(said, answer, nowMs);
}

/** An answer of the Web API: what it says, or why it failed. */
export function judgeApi(
  answer: HttpAnswer,
  nowMs: number,
): { readonly ok: Readonly<Record<string, unknown>> } | {
  readonly error: string;
  readonly outcome: Outcome;
} {
  const said = jsonOf(answer);
  if (answer.status === 200 && said?.ok === true) return { ok: said };
  const error = typeof said?.error === "string" ? said.error : "";
  return { error, outcome: judgeError(error, answer, nowMs, detailOf(said)) };
}

function judgeError(error: string, answer: HttpAnswer, nowMs: number, detail?: string): Outcome {
  const reason = saying(answer, detail);
  if (answer.status === 429 || answer.status >= 500) return judgeFailure(answer, nowMs, detail);
  if (PASSING.has(error)) {
    return { result: "retry", reason, afterMs: retryAfterMs(answer.headers, nowMs) };
  }
  if (ABOUT_THE_MESSAGE.has(error)) return { result: "refused", reason };
  // Slack's errors are one word; anything else was said by something in between.
  if (/^[a-z0-9_]+$/.test(error)) return { result: "gone", reason };
  return judgeFailure(answer, nowMs);
}

/** The error, and what it says more: which block is wrong, which permission is missing. */
function detailOf(said: Record<string, unknown> | undefined): string | undefined {
  if (typeof said?.error !== "string") return undefined;
  const { error, needed, response_metadata: metadata } = said;
  const { messages } = (metadata ?? {}) as { messages?: unknown };
  const more = Array.isArray(messages) ? messages : typeof needed === "string" ? [`needed: ${needed}`] : [];
  return [error, ...more].join(", ");
}
