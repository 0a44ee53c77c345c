/** One dead letter, and one body that was not understood. */

import { formatBytes } from "../../../lib/units.ts";
import type { DeliveryRecord, QuarantinedRecord } from "../../journal/archive.ts";
import { secondsText } from "../now/numbers.ts";
import { Time } from "../time.tsx";
import { mayAct, type Visitor } from "../view.ts";
import { WORDS } from "./words.ts";

interface Shown {
  readonly visitor: Visitor;
  readonly timezone?: string;
}

/** Bytes of a body that are shown; all of them can be downloaded. */
const SHOWN_BYTES = 64 * 1024;

/** What it had to say, and why it was given up. */
export function DeadLetterView({ visitor, timezone, delivery, names, text }: Shown & {
  readonly delivery: DeliveryRecord;
  /** Of its alerts. */
  readonly names: readonly string[];
  /** What it would say now; undefined when that cannot be had. */
  readonly text?: string;
}) {
  const { language } = visitor;
  const words = WORDS[language];
  const { id, channel, reason, attempts, failures, settledMs, createdMs } = delivery;
  return (
    <>
      <p>
        <a href="/delivery#dead">{words.back}</a>
      </p>
      <section class="panel stack-y">
        <div class="row spread">
          <h1>{names.join(", ") || words.letter(id)}</h1>
          {mayAct(visitor) && (
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
        <p class="error">{reason}</p>
      </section>
      <section class="panel" aria-labelledby="message">
        <div class="panel-head">
          <h2 id="message">{words.message}</h2>
        </div>
        {text === undefined ? <p class="soft">{words.noMessage}</p> : <pre>{text}</pre>}
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
                    <td>{reason}</td>
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
export function QuarantinedView({ visitor, timezone, found }: Shown & {
  readonly found: QuarantinedRecord & { readonly body: Uint8Array };
}) {
  const { language } = visitor;
  const words = WORDS[language];
  const { id, receivedMs, detail, bytes, body } = found;
  const shown = body.subarray(0, SHOWN_BYTES);
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
        <p class="error">{detail}</p>
      </section>
      <section class="panel stack-y" aria-label={words.message}>
        {/* What is no UTF-8 shows as replacement characters; as it came it can be downloaded. */}
        <pre>{new TextDecoder().decode(shown)}</pre>
        <p class="row">
          {shown.length < bytes && (
            <span class="soft">{words.cut(formatBytes(shown.length), formatBytes(bytes))}</span>
          )}
          <a href={`/delivery/quarantine/${id}/body`}>{words.download}</a>
        </p>
      </section>
    </>
  );
}
