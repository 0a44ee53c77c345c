/** What must hold for every kind of channel, whatever the message. */

import { ok } from "node:assert/strict";
import fc from "fast-check";
import type { Message } from "../../message.ts";
import type { ChannelKind } from "../channel.ts";
import { arbitraryMessage } from "./arbitrary_notification.ts";
import { CASE_NAMES, caseMessage } from "./cases.ts";

/** What is checked of one request. @throws {AssertionError} when the destination would refuse it, or it could harm a reader. */
export type Legality<Out> = (out: Out, message: Message) => void;

/** More requests than these for one message are a flood. */
const MOST_PARTS = 5;

/**
 * Renders any message, in full and plain, and gives each request to `legal`: escaping, limits, links and mentions are the channel's
 * own matter. Checked here: there is something to send and not too much, it is plain data, no text is half a character, the same
 * message renders the same again, and `preview` does not fail.
 *
 * @param refs References that the destination may have given before; none and one by default.
 */
export function rendersOnlyLegal<Out>(
  // deno-lint-ignore no-explicit-any -- the settings are the kind's own matter
  kind: ChannelKind<string, any, Out>,
  settings: Record<string, unknown>,
  legal: Legality<Out>,
  { runs = 60, refs = [undefined] }: { runs?: number; refs?: readonly (string | undefined)[] } = {},
): void {
  const check = (message: Message, ref: string | undefined) => {
    const outs = kind.render(message, settings, ref);
    ok(outs.length > 0, "nothing is sent");
    ok(outs.length <= MOST_PARTS, `${outs.length} requests for one message`);
    for (const out of [...outs, kind.plain(message, settings)]) {
      ok(JSON.stringify(out).isWellFormed() && !/\\ud[89a-f]/.test(JSON.stringify(out)), "half a character");
      legal(out, message);
      kind.preview(out, settings);
    }
    ok(
      JSON.stringify(outs) === JSON.stringify(kind.render(message, settings, ref)),
      "it renders differently again",
    );
  };
  for (const name of CASE_NAMES) {
    for (const ref of refs) {
      check(caseMessage(name, "fr"), ref);
      check(caseMessage(name, "en"), ref);
    }
  }
  fc.assert(fc.property(arbitraryMessage, fc.constantFrom(...refs), check), { numRuns: runs });
}

/** All texts in plain data, at any depth: for checks of what a reader or a parser sees. */
export function* textsIn(data: unknown): Generator<string> {
  if (typeof data === "string") yield data;
  else if (typeof data === "object" && data !== null) {
    for (const value of Object.values(data)) yield* textsIn(value);
  }
}

/** Fails unless `text` holds no character that controls a terminal or reorders what is read; line ends may stand. */
export function assertHarmless(text: string): void {
  const found = /(?![\n\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.exec(text);
  ok(!found, `U+${found?.[0].codePointAt(0)?.toString(16)} in ${JSON.stringify(text.slice(0, 200))}`);
}

/** Fails unless `url` is one that a reader may be led to. */
export function assertSafeUrl(url: string): void {
  const { protocol, username, password } = new URL(url);
  ok(/^https?:$/.test(protocol) && username === "" && password === "", url);
  ok(/^[\x21-\x7e]+$/.test(url) && !/["'<>\\^`{|}()]/.test(url), url);
}
