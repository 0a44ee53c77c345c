/** What a channel makes of the answers that a destination may give. */

import { deepEqual } from "node:assert/strict";
import type { ChannelKind, Outcome, SendContext } from "../channel.ts";
import { caseMessage } from "./cases.ts";
import {
  type FakeDestination,
  fakeDestination,
  type ReceivedRequest,
  type Reply,
} from "./fake_destination.ts";

/** When requests are sent in tests: a Sunday, 10:05 UTC. */
export const NOW_MS = Date.parse("2026-11-22T10:05:00Z");

/** What sending needs, at a time that stands still. */
export function sendContext(more: Partial<SendContext> = {}): SendContext {
  return {
    fetch,
    print: () => Promise.reject(new Error("nothing is printed")),
    signal: new AbortController().signal,
    now: () => NOW_MS,
    ...more,
  };
}

/** Sends one message to a destination that answers with `reply`. @returns the outcome, and the request as it came. */
export async function sendOnce(
  // deno-lint-ignore no-explicit-any -- the settings and requests are the kind's own matter
  kind: ChannelKind<string, any, any>,
  settingsFor: (destination: FakeDestination) => Record<string, unknown>,
  reply: Reply,
  context: Partial<SendContext> = {},
): Promise<{ outcome: Outcome; request: ReceivedRequest }> {
  await using destination = fakeDestination();
  destination.otherwise(reply);
  const settings = settingsFor(destination);
  const [out] = kind.render(caseMessage("firing", "en"), settings);
  const outcome = await kind.send(out, settings, sendContext(context));
  return { outcome, request: destination.requests[0]! };
}

/** One row: an answer, and what it means; a reason is compared when it is given. */
export type Row = readonly [title: string, reply: Reply, wanted: Partial<Outcome>];

/** Fails unless the channel judges each of the answers as its row says. */
export async function judges(
  // deno-lint-ignore no-explicit-any -- as above
  kind: ChannelKind<string, any, any>,
  settingsFor: (destination: FakeDestination) => Record<string, unknown>,
  rows: readonly Row[],
): Promise<void> {
  for (const [title, reply, wanted] of rows) {
    const { outcome } = await sendOnce(kind, settingsFor, reply);
    const { reason, ...rest } = outcome as { reason?: string };
    const told = Object.entries("reason" in wanted ? outcome : rest).filter(([, value]) =>
      value !== undefined
    );
    deepEqual(Object.fromEntries(told), wanted, `${title}: ${reason}`);
  }
}
