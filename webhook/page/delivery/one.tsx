/** One dead letter, and one body that was not understood. */

import { formatBytes } from "../../../lib/units.ts";
import type { DeliveryRecord, QuarantinedRecord } from "../../journal/archive.ts";
import { secondsText } from "../numbers.ts";
import { Time } from "../time.tsx";
import { mayAct, type Visitor } from "../view.ts";
import { visible } from "../visible.ts";
import { showBytes, SHOWN_BYTES } from "./bytes.ts";
import { WORDS } from "./words.ts";

interface Shown {
  readonly visitor: Visitor;
  readonly timezone?: string;
  /** Puts `<secret>` in the place of each secret. */
  readonly redact: (text: string) => string;
}

/** What it had to say, and why it was given up. */
export function DeadLetterView({ visitor, timezone, redact, delivery, names, text, canReplay }: Shown & {
  readonly delivery: DeliveryRecord;
  /** Of its alerts. */
  readonly names: readonly string[];
  /** What it would say now; undefined when that cannot be had. */
  readonly text?: string;
  /** Whether its channel is still configured: to one that is gone nothing can be sent. */
  readonly canReplay: boolean;
}) {
  const { language } = visitor;
  const words = WORDS[language];
  const { id, channel, reason, attempts, failures, settledMs, createdMs } = delivery;
  const foreign = (given: string) => visible(redact(given));
  return (
    <>
      <p>
        <a href="/delivery#dead">{words.back}</a>
      </p>
      <section class="panel stack-y">
        <div class="row spread">
          <h1>{foreign(names.join(", ")) || words.letter(id)}</h1>
          {mayAct(visitor) && canReplay && (
            <form method="post" action="/delivery/replay">
              <input type="hidden" name="proof" value={visitor.proof} />
              <input type="hidden" name="id" value={id} />
              <button class="button" type="submit">{words.replay}</button>
            </form>
          )}
        </div>
        <p class="soft">
          {words.letter(id)}
          {" · "}
          {words.channel} {channel}
          {" · "}
          <Time at={settledMs ?? createdMs} language={language} timezone={timezone} />
          {" · "}
          {words.attempts} {attempts}
        </p>
        <p class="error">{foreign(reason)}</p>
        {!canReplay && <p class="soft">{words.noChannel(channel)}</p>}
      </section>
      <section class="panel" aria-labelledby="message">
        <div class="panel-head">
          <h2 id="message">{words.message}</h2>
        </div>
        {text === undefined
          ? <p class="soft">{words.noMessage}</p>
          : <pre class="foreign">{foreign(text)}</pre>}
      </section>
      {failures.length > 0 && (
        <section class="panel" aria-labelledby="failures">
          <div class="panel-head">
            <h2 id="failures">{words.failures}</h2>
          </div>
          <div class="table-frame">
            <table class="table">
              <thead>
                <tr>
                  <th scope="col">{words.when}</th>
                  <th scope="col">{words.why}</th>
                  <th scope="col" class="number">{words.took}</th>
                </tr>
              </thead>
              <tbody>
                {failures.map(({ atMs, tookMs, reason }) => (
                  <tr>
                    <td>
                      <Time at={atMs} language={language} timezone={timezone} />
                    </td>
                    <td>{foreign(reason)}</td>
                    <td class="number">{secondsText(tookMs, language)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
    </>
  );
}

/** What arrived, as text, and why it was not understood. */
export function QuarantinedView({ visitor, timezone, redact, found }: Shown & {
  readonly found: QuarantinedRecord & { readonly body: Uint8Array };
}) {
  const { language } = visitor;
  const words = WORDS[language];
  const { id, receivedMs, detail, bytes, body } = found;
  const { kind, text, isCut } = showBytes(body, redact);
  return (
    <>
      <p>
        <a href="/delivery#quarantine">{words.back}</a>
      </p>
      <section class="panel stack-y">
        <h1>{words.body(id)}</h1>
        <p class="soft">
          <Time at={receivedMs} language={language} timezone={timezone} />
          {" · "}
          {formatBytes(bytes)}
        </p>
        <p class="error">{visible(redact(detail))}</p>
      </section>
      <section class="panel stack-y" aria-label={words.message}>
        <pre class={kind === "text" ? "foreign" : "foreign dump"} tabindex={0}>{text}</pre>
        <p class="row">
          {(isCut || body.length < bytes) && (
            <span class="soft">
              {words.cut(formatBytes(Math.min(SHOWN_BYTES, body.length)), formatBytes(bytes))}
            </span>
          )}
          <a href={`/delivery/quarantine/${id}/body`}>{words.download}</a>
        </p>
      </section>
    </>
  );
}
