/** The channels with their state, dead letters and quarantine, as lists. */

import { formatBytes } from "../../../lib/units.ts";
import type { DeliveryRecord, Page, QuarantinedRecord } from "../../journal/archive.ts";
import { Time } from "../time.tsx";
import { mayAct, type Visitor } from "../view.ts";
import { Channels, type ChannelsShown, REFRESHED } from "./channels.tsx";
import { WORDS } from "./words.ts";

/** What the page shows. */
export interface Deliveries extends ChannelsShown {
  readonly dead: Page<DeliveryRecord>;
  readonly quarantine: Page<QuarantinedRecord>;
  /** Names of a notification's alerts. */
  readonly namesOf: (notificationId: number) => readonly string[];
  /** The address's parameters: where the lists begin, and what was done. */
  readonly asked: URLSearchParams;
  /** The delivery of the test message that was sent from here. */
  readonly test?: DeliveryRecord;
  /** Why something was not done. */
  readonly problem?: string;
}

const TEST_REFRESH_MS = 1_000;
// Its boxes stand in a table.
const REPLAY = "replay";
const TEST_SEVERITIES = { queued: "info", delivered: "good", coalesced: "info", dead: "critical" } as const;

/** The page. */
export function DeliveryView(shown: Deliveries) {
  const { visitor, asked, problem, channels, test } = shown;
  const words = WORDS[visitor.language];
  const replayed = asked.get("replayed");
  return (
    <>
      <h1>{words.title}</h1>
      {problem !== undefined && <p class="notice" data-severity="critical" role="alert">{problem}</p>}
      {replayed !== null && /^\d+$/.test(replayed) && (
        <p class="notice" data-severity="good" role="status">{words.replayed(Number(replayed))}</p>
      )}
      {test && (
        <div id="tested" role="status" {...REFRESHED} data-refresh={TEST_REFRESH_MS}>
          <p class="notice" data-severity={TEST_SEVERITIES[test.state]}>
            {words.testSent(test.channel)} {words.outcomes[test.state]}
            {test.state !== "delivered" && test.reason !== "" && `: ${shown.foreign(test.reason)}`}
          </p>
        </div>
      )}
      <section class="panel" aria-labelledby="channels">
        <div class="panel-head">
          <h2 id="channels">{words.channels}</h2>
          <span class="faint small">{words.lately} {words.sinceStart}</span>
        </div>
        <Channels {...shown} />
      </section>
      {mayAct(visitor) && channels.length > 0 && <TestForm {...shown} />}
      <DeadLetters {...shown} />
      <Quarantine {...shown} />
    </>
  );
}

function TestForm({ visitor, channels }: Deliveries) {
  const words = WORDS[visitor.language];
  return (
    <section class="panel" aria-labelledby="test">
      <div class="panel-head">
        <h2 id="test">{words.testHead}</h2>
      </div>
      <form method="post" action="/delivery/test" class="inline-form">
        <input type="hidden" name="proof" value={visitor.proof} />
        <label class="field">
          <span>{words.channel}</span>
          <select name="channel">
            {channels.map(({ name }) => <option value={name}>{name}</option>)}
          </select>
        </label>
        <label class="field">
          <span>{words.testText}</span>
          <input type="text" name="text" maxlength={1000} />
        </label>
        <button class="button plain" type="submit">{words.test}</button>
      </form>
    </section>
  );
}

function DeadLetters({ visitor, timezone, channels, dead, depths, namesOf, asked, foreign }: Deliveries) {
  const { language } = visitor;
  const words = WORDS[language];
  const acts = mayAct(visitor);
  const known = new Set(channels.map(({ name }) => name));
  const whole = channels.filter(({ name }) => (depths.get(name)?.dead ?? 0) > 0);
  return (
    <section class="panel" id="dead-letters" aria-labelledby="dead" {...REFRESHED}>
      <div class="panel-head">
        <h2 id="dead">{words.dead}</h2>
        {acts && (
          <div class="row">
            {whole.map(({ name }) => (
              <form method="post" action="/delivery/replay-channel">
                <input type="hidden" name="proof" value={visitor.proof} />
                <input type="hidden" name="channel" value={name} />
                <button class="button plain small" type="submit">{words.replayAll(name)}</button>
              </form>
            ))}
          </div>
        )}
      </div>
      {dead.items.length === 0 ? <p class="soft">{words.noDead}</p> : (
        <>
          <div class="table-frame">
            <table class="table">
              <thead>
                <tr>
                  {acts && <td></td>}
                  {[words.when, words.what, words.channel, words.why].map((text) => (
                    <th scope="col">{text}</th>
                  ))}
                  <th scope="col" class="number">{words.attempts}</th>
                </tr>
              </thead>
              <tbody>
                {dead.items.map((
                  { id, notificationId, channel, reason, attempts, settledMs, createdMs },
                ) => (
                  <tr>
                    {acts && (
                      <td>
                        <input
                          type="checkbox"
                          name="id"
                          form={REPLAY}
                          value={id}
                          aria-label={words.select(id)}
                          disabled={!known.has(channel)}
                        />
                      </td>
                    )}
                    <td>
                      <Time at={settledMs ?? createdMs} language={language} timezone={timezone} />
                    </td>
                    <td>
                      <a href={`/delivery/dead/${id}`}>
                        {foreign(namesOf(notificationId).join(", ")) || id}
                      </a>
                    </td>
                    <td>{channel}</td>
                    <td>{foreign(reason)}</td>
                    <td class="number">{attempts}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {acts && (
            <form method="post" action="/delivery/replay" id={REPLAY}>
              <input type="hidden" name="proof" value={visitor.proof} />
              <button class="button plain small" type="submit">{words.replaySelected}</button>
            </form>
          )}
        </>
      )}
      <Paging name="dead" next={dead.next} asked={asked} visitor={visitor} />
    </section>
  );
}

function Quarantine({ visitor, timezone, quarantine, asked, foreign }: Deliveries) {
  const { language } = visitor;
  const words = WORDS[language];
  return (
    <section class="panel" id="quarantined" aria-labelledby="quarantine" {...REFRESHED}>
      <div class="panel-head">
        <h2 id="quarantine">{words.quarantine}</h2>
      </div>
      {quarantine.items.length === 0 ? <p class="soft">{words.noQuarantine}</p> : (
        <div class="table-frame">
          <table class="table">
            <thead>
              <tr>
                {[words.when, words.why].map((text) => <th scope="col">{text}</th>)}
                <th scope="col" class="number">{words.size}</th>
              </tr>
            </thead>
            <tbody>
              {quarantine.items.map(({ id, receivedMs, detail, bytes }) => (
                <tr>
                  <td>
                    <a href={`/delivery/quarantine/${id}`}>
                      <Time at={receivedMs} language={language} timezone={timezone} />
                    </a>
                  </td>
                  <td>{foreign(detail)}</td>
                  <td class="number">{formatBytes(bytes)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Paging name="quarantine" next={quarantine.next} asked={asked} visitor={visitor} />
    </section>
  );
}

function Paging({ name, next, asked, visitor }: {
  readonly name: "dead" | "quarantine";
  readonly next?: number;
  readonly asked: URLSearchParams;
  readonly visitor: Visitor;
}) {
  const words = WORDS[visitor.language];
  if (next === undefined && !asked.has(name)) return null;
  return (
    <p class="row">
      {asked.has(name) && <a href={placeOf(asked, name)}>{words.newest}</a>}
      {next !== undefined && <a href={placeOf(asked, name, next)}>{words.older}</a>}
    </p>
  );
}

/** The page with one of its lists beginning elsewhere, and the other where it is. */
function placeOf(asked: URLSearchParams, name: "dead" | "quarantine", below?: number): string {
  const other = name === "dead" ? "quarantine" : "dead";
  const query = new URLSearchParams();
  if (below !== undefined) query.set(name, String(below));
  if (asked.has(other)) query.set(other, asked.get(other)!);
  return `/delivery${query.size === 0 ? "" : `?${query}`}#${name}`;
}
