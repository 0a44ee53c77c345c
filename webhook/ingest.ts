/** From a posted body to the journal: every answer that `POST /webhook` gives. */

import type { Auth } from "./auth/mod.ts";
import type { Answer, AnswerRequest } from "./http/answer.ts";
import { type BodyReader, parseJson, type ReadBody } from "./http/body.ts";
import { refusal, Rejected, type Unreadable } from "./http/rejected.ts";
import type { Head } from "./http/request_reader.ts";
import { digestOf, groupOf } from "./identity.ts";
import { type Accepted, type Journal, JournalFailure, type NewDelivery } from "./journal/journal.ts";
import { decodeNotification, NotANotification, type Notification } from "./payload.ts";

/** What taking notifications needs. */
export interface IngestOptions {
  readonly journal: Pick<Journal, "accept" | "quarantine">;
  /** Who is to be told, as the configuration in use says. */
  readonly plan: (notification: Notification) => readonly NewDelivery[];
  readonly bodies: BodyReader;
  /** The judge in use. */
  readonly auth: () => Auth;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Whether the process is ending; nothing is accepted any more then. */
  readonly isStopping: () => boolean;
  /** Told of what is on disk now, before the sender is. */
  readonly onAccepted: (accepted: Accepted, notification: Notification) => void;
  /** Told of every refusal. */
  readonly onRejected: (rejected: Rejected, head: Pick<Head, "path">) => void;
  /** Told of a body that is in quarantine now. @param id Its id there. */
  readonly onQuarantined: (rejected: Rejected, id: number) => void;
  /** Told of a defect: the sender is answered 500 and tries again. */
  readonly onDefect: (error: unknown) => void;
}

/** What is kept of one body that was not understood. */
const QUARANTINED_BYTES = 1024 * 1024;

const ACCEPTED: Answer = { status: 200, body: "Alert received" };
const DEFECT: Answer = { status: 500, body: "Internal error" };

/**
 * Answers `POST /webhook`. A 200 says that the notification, or one that it is a copy of, is on disk.
 *
 * Alertmanager reads only the status of an answer, and copies the body into its log: answers are short and repeat nothing of the request.
 * What may succeed later is 503, as every 4xx (429 too) makes it give up until its next interval.
 * Source: `notify/webhook/webhook.go` and `notify/util.go` (`Retrier.Check`) of Alertmanager.
 */
export function createIngest(options: IngestOptions): AnswerRequest {
  const { journal, plan, bodies, auth, now, isStopping, onAccepted, onRejected, onDefect } = options;

  /** As few promises as can be: each is garbage, and there are thousands of requests a second. */
  function take(head: Head, body: Parameters<AnswerRequest>[1]): Promise<Answer> {
    const { headers } = head;
    if (isStopping()) throw new Rejected(503, "shutting_down", "Shutting down: try again");
    const judged = authorize(auth(), headers, true);
    if (judged instanceof Promise) return judged.then((signed) => takeAuthorized(headers, body, signed));
    return takeAuthorized(headers, body, judged);
  }

  function takeAuthorized(
    headers: Head["headers"],
    body: Parameters<AnswerRequest>[1],
    signed: Signed | undefined,
  ): Promise<Answer> {
    bodies.judge(headers);
    const reading = bodies.read(headers, body);
    if (reading instanceof Promise) return reading.then((read) => takeRead(read, signed));
    return takeRead(reading, signed);
  }

  function takeRead(read: ReadBody, signed: Signed | undefined): Promise<Answer> {
    const failed = (error: unknown) => {
      read.release();
      throw error;
    };
    try {
      if (signed && !signed.verify(read.raw)) throw unauthorized(auth());
      const inflating = read.inflated();
      return inflating instanceof Promise
        ? inflating.then((bytes) => accept(bytes, read, failed)).catch(failed)
        : accept(inflating, read, failed);
    } catch (error) {
      return failed(error);
    }
  }

  function accept(bytes: Uint8Array, read: ReadBody, failed: (error: unknown) => never): Promise<Answer> {
    const value = parseJson(bytes);
    let notification: Notification;
    try {
      notification = decodeNotification(value);
    } catch (error) {
      if (!(error instanceof NotANotification)) throw error;
      throw new Rejected(422, "not_a_notification", error.message, {}, { body: bytes, bytes: bytes.length });
    }
    return journal.accept({
      receivedMs: now(),
      origin: "alert",
      notification,
      body: withoutMark(bytes),
      group: groupOf(notification),
      digest: digestOf(notification),
      deliveries: plan(notification),
    }).then((accepted) => {
      read.release();
      onAccepted(accepted, notification);
      return ACCEPTED;
    }, failed);
  }

  /** Keeps what came of a body that was not understood. */
  async function quarantine(rejected: Rejected, { body, bytes }: Unreadable): Promise<void> {
    // A piece of a large body would keep all of it in memory.
    const kept = body.length > QUARANTINED_BYTES ? body.slice(0, QUARANTINED_BYTES) : body;
    const { reason, message: detail } = rejected;
    const id = await journal.quarantine({ receivedMs: now(), reason, detail, body: kept, bytes });
    options.onQuarantined(rejected, id);
  }

  async function refuse(error: unknown, head: Head): Promise<Answer> {
    let rejected = error;
    try {
      if (rejected instanceof Rejected && rejected.unreadable) {
        await quarantine(rejected, rejected.unreadable);
      }
    } catch (failure) {
      rejected = failure;
    }
    if (rejected instanceof JournalFailure) {
      // Why it cannot be written is for the operator.
      rejected = new Rejected(503, "journal_failing", "Cannot keep it: try again");
    }
    if (rejected instanceof Rejected) {
      onRejected(rejected, head);
      return refusal(rejected);
    }
    onDefect(rejected);
    return DEFECT;
  }

  return (head, body) => {
    try {
      return take(head, body).catch((error) => refuse(error, head));
    } catch (error) {
      return refuse(error, head);
    }
  };
}

/** What is left to be judged by the body. */
type Signed = Exclude<Awaited<ReturnType<Auth["judge"]>>, string>;

/** What is left to be judged by the body; undefined when nothing is. @throws {Rejected} */
export function authorize(
  auth: Auth,
  headers: Parameters<Auth["judge"]>[0],
  mayBeSigned: boolean,
): Signed | undefined | Promise<Signed | undefined> {
  const judging = auth.judge(headers, mayBeSigned);
  return judging instanceof Promise
    ? judging.then((verdict) => unlessRefused(verdict, auth))
    : unlessRefused(judging, auth);
}

function unlessRefused(verdict: Awaited<ReturnType<Auth["judge"]>>, auth: Auth): Signed | undefined {
  if (verdict === "allowed") return undefined;
  if (verdict === "refused") throw unauthorized(auth);
  if (verdict === "busy") {
    throw new Rejected(503, "overloaded", "Too many passwords are being checked: try again");
  }
  return verdict;
}

function unauthorized({ challenge }: Auth): Rejected {
  return new Rejected(401, "unauthorized", "Unauthorized", { "www-authenticate": challenge });
}

/** Without the byte order mark, which those who read the stored body need not know of. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
