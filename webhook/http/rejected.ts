/** Requests that are refused. */

import type { Rejection } from "../metrics.ts";
import type { Answer } from "./answer.ts";

/** What is kept of a body that was not understood. */
export interface Unreadable {
  readonly body: Uint8Array;
  /** How long it was, as far as it was read, bytes. */
  readonly bytes: number;
}

/** A request that is not taken: what to answer and what to count. The message is for the sender, and repeats nothing of the request. */
export class Rejected extends Error {
  override readonly name = "Rejected";
  constructor(
    readonly status: 400 | 401 | 413 | 415 | 422 | 503,
    readonly reason: Rejection,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    /** The body, when it is to be quarantined. */
    readonly unreadable?: Unreadable,
  ) {
    super(message);
  }
}

/** What the sender is told. */
export function refusal({ status, message, headers }: Rejected): Answer {
  return { status, body: message, headers: { "content-type": "text/plain; charset=utf-8", ...headers } };
}
