/** Silences: those that there are, and a new one, which is looked at before it is made. */

import { printMatcher } from "../../../lib/matcher.ts";
import { Time } from "../time.tsx";
import { mayAct, type Visitor } from "../view.ts";
import { type HeldAlert, matchersOf, type Silence } from "./held.ts";
import { Labels, nameOf, Severity, type Shown } from "./inbox.tsx";
import { WORDS } from "./words.ts";

/** What a form about a new silence says. */
export interface Draft {
  /** A matcher each line. */
  readonly matchers: string;
  readonly duration: string;
  readonly reason: string;
  /** Fingerprint of the alert from whose page it is made, to go back there; `""` for none. */
  readonly alert: string;
}

/** What the page shows. */
export interface SilencesPage {
  readonly visitor: Visitor;
  readonly shown: Shown;
  /** Undefined when Alertmanager does not say. */
  readonly silences?: readonly Silence[];
  readonly draft: Draft;
  /** What the draft would mute; undefined before it was asked for. */
  readonly muted?: readonly HeldAlert[];
  readonly problem?: string;
}

const MOST_SHOWN = 100;

/** The page. */
export function SilencesView({ visitor, shown, silences, draft, muted, problem }: SilencesPage) {
  const words = WORDS[shown.language];
  return (
    <>
      <h1>{words.silences}</h1>
      {problem !== undefined && (
        <p class="notice" data-severity="critical" role="alert">{shown.foreign(problem)}</p>
      )}
      {mayAct(visitor) && <NewSilence visitor={visitor} shown={shown} draft={draft} muted={muted} />}
      {silences && (
        <section class="panel" aria-label={words.silences}>
          {silences.length === 0
            ? <p class="empty">{words.noSilences}</p>
            : <List silences={silences} visitor={visitor} shown={shown} />}
        </section>
      )}
    </>
  );
}

function NewSilence(
  { visitor, shown, draft, muted }: Pick<SilencesPage, "visitor" | "shown" | "draft" | "muted">,
) {
  const words = WORDS[shown.language];
  return (
    <section class="panel stack-y" aria-labelledby="new">
      <h2 id="new">{words.newSilence}</h2>
      <form method="post" action="/silences/preview" class="stack-y">
        <input type="hidden" name="proof" value={visitor.proof} />
        {draft.alert !== "" && <input type="hidden" name="alert" value={draft.alert} />}
        <label class="field">
          <span>{words.matchers}</span>
          <textarea name="matchers" rows={4} class="mono" maxlength={4_000} spellcheck={false} required>
            {draft.matchers}
          </textarea>
        </label>
        <div class="row">
          <label class="field">
            <span>{words.duration}</span>
            <select name="duration">
              {Object.entries(words.durations).map(([value, text]) => (
                <option value={value} selected={value === draft.duration}>{text}</option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>{words.reason}</span>
            <input type="text" name="reason" value={draft.reason} size={40} maxlength={500} required />
          </label>
        </div>
        {muted && <input type="hidden" name="previewed" value={draft.matchers} />}
        <p class="row">
          <button class="button plain" type="submit">{words.preview}</button>
          {muted && <button class="button" type="submit" formaction="/silences">{words.make}</button>}
        </p>
      </form>
      {muted && (
        <div class="notice stack-y" role="status">
          <p>{muted.length === 0 ? words.wouldMuteNone : words.wouldMute(muted.length)}</p>
          <ul class="stack-y">
            {muted.slice(0, MOST_SHOWN).map((alert) => (
              <li class="row">
                <Severity labels={alert.labels} language={shown.language} />
                <a href={`/alerts/${encodeURIComponent(alert.fingerprint)}`}>{nameOf(alert.labels, shown)}</a>
                <Labels labels={alert.labels} shown={shown} isShort />
              </li>
            ))}
          </ul>
          {muted.length > MOST_SHOWN && <p>{words.more(muted.length - MOST_SHOWN)}</p>}
        </div>
      )}
    </section>
  );
}

function List({ silences, visitor, shown }: {
  readonly silences: readonly Silence[];
  readonly visitor: Visitor;
  readonly shown: Shown;
}) {
  const words = WORDS[shown.language];
  return (
    <div class="table-frame" tabindex={0}>
      <table class="table cards">
        <thead>
          <tr>
            {[words.mutes, words.until, words.author, words.reason].map((name) => <th scope="col">{name}
            </th>)}
            {mayAct(visitor) && (
              <th scope="col">
                <span class="sr-only">{words.end}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {silences.map((silence) => (
            <tr>
              <td>
                <ul class="chips">
                  {matchersOf(silence).map((matcher) => <li>{shown.foreign(printMatcher(matcher))}</li>)}
                </ul>
              </td>
              <td>
                <Time at={silence.endsAt} language={shown.language} timezone={shown.timezone} />
                {silence.status.state === "pending" && <span class="badge">{words.pending}</span>}
              </td>
              <td>{shown.foreign(silence.createdBy)}</td>
              <td>{shown.foreign(silence.comment)}</td>
              {mayAct(visitor) && (
                <td>
                  <form method="post" action="/silences/end">
                    <input type="hidden" name="proof" value={visitor.proof} />
                    <input type="hidden" name="id" value={silence.id} />
                    <button class="button plain small" type="submit">{words.end}</button>
                  </form>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
