/** What the API is made of, and what its routes share. */

import type { Locale } from "../../lib/text.ts";
import type { Deliveries } from "../delivery/mod.ts";
import type { Archive, DeliveryRecord } from "../journal/archive.ts";
import type { Journal } from "../journal/journal.ts";
import { readBody } from "../journal/summary.ts";
import type { Notification } from "../payload.ts";
import { Problem } from "./problem.ts";

/** What the API shows and moves. */
export interface ApiOptions {
  readonly archive: Archive;
  readonly journal: Pick<Journal, "accept" | "replay" | "depths">;
  readonly deliveries: Pick<Deliveries, "wake" | "channels">;
  /** Language of test messages. */
  readonly locale: () => Locale;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Whether the process is ending; nothing is changed any more then. */
  readonly isStopping: () => boolean;
  /** What a delivery would say now, in its plain form; undefined when its channel is gone. */
  readonly textOf: (delivery: DeliveryRecord) => Promise<string | undefined>;
}

/** What `createApi` needs besides what the routes show. */
export interface ServedApiOptions extends ApiOptions {
  readonly version: string;
  /** Whether clients must prove who they are, as the configuration in use says. */
  readonly isGuarded: () => boolean;
  /** Puts `<secret>` in the place of each secret. */
  readonly redact: (text: string) => string;
  /** Told of a defect; the client is answered 500. */
  readonly onDefect: (error: unknown) => void;
}

/** `value`. @throws {Problem} 404 when there is none. */
export function found<T>(value: T | undefined, what: string): T {
  if (value !== undefined) return value;
  throw new Problem(404, `There is no ${what}; it never was, or it was removed for its age`);
}

/** @throws {Problem} 503 when nothing is changed any more. */
export function mustRun({ isStopping }: Pick<ApiOptions, "isStopping">): void {
  if (isStopping()) throw new Problem(503, "Shutting down: try again");
}

/** The id that a page begins below, and its length. */
export function startOf({ cursor, limit }: { readonly cursor?: string; readonly limit: number }) {
  return { below: cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor), limit };
}

/** A page's end as a client gives it back. */
export function nextOf({ next }: { readonly next?: number }): string | null {
  return next === undefined ? null : String(next);
}

// Half a second of work and a hundred MB of memory is too much for one question: what is larger is had as bytes.
const DECODED_BYTES = 8 * 1024 * 1024;

/** What a stored body says; null when it is too large to be shown, or when the disk has changed it. */
export function decodedOf(body: Uint8Array): Notification | null {
  return isTooLarge(body) ? null : readBody(body) ?? null;
}

/** Whether what a stored body says is too large to be shown. */
export function isTooLarge(body: Uint8Array): boolean {
  return body.length > DECODED_BYTES;
}
