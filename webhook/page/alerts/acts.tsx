/** What an operator does at an alert, and who has seen it. */

import { COLON } from "../../channels/lines.ts";
import { MAX_NOTE } from "../acts/acknowledge.ts";
import type { Acknowledgement } from "../acts/acknowledgements.ts";
import { Seen } from "../acts/seen.tsx";
import { WORDS } from "../acts/words.ts";
import { mayAct, type Visitor } from "../view.ts";
import type { HeldAlert } from "./held.ts";
import type { Shown } from "./inbox.tsx";
import { REFRESHED } from "./timeline.tsx";

/** What is shown. */
export interface ActsShown {
  readonly visitor: Visitor;
  readonly held: HeldAlert;
  readonly acknowledged?: Acknowledgement;
  /** Why it is not known who has seen what. */
  readonly unknown?: string;
  /** Why what was asked for was not done. */
  readonly refused?: string;
  readonly shown: Shown;
}

/** The section of an alert that fires. */
export function Acts({ visitor, held, acknowledged, unknown, refused, shown }: ActsShown) {
  const words = WORDS[shown.language];
  const at = `/alerts/${encodeURIComponent(held.fingerprint)}`;
  const proof = (
    <>
      <input type="hidden" name="proof" value={visitor.proof} />
      <input type="hidden" name="starts" value={`${held.startsAt}`} />
    </>
  );
  return (
    <section id="acts" class="panel stack-y" aria-labelledby="acts-title" {...REFRESHED}>
      <h2 id="acts-title">{words.title}</h2>
      {refused !== undefined && (
        <p class="notice" data-severity="critical" role="alert">{shown.foreign(refused)}</p>
      )}
      {unknown !== undefined && (
        <p class="notice" data-severity="warning">
          {words.unknown + COLON[shown.language] + shown.foreign(unknown)}
        </p>
      )}
      <div role="status">
        {acknowledged
          ? (
            <>
              <p>
                <Seen by={acknowledged} shown={shown} hasNote />
              </p>
              {acknowledged.note !== "" && <p>{shown.foreign(acknowledged.note)}</p>}
            </>
          )
          : unknown === undefined && <p class="soft">{words.nobody}</p>}
      </div>
      {mayAct(visitor) && (acknowledged
        ? (
          <form method="post" action={`${at}/withdraw`}>
            {proof}
            <button class="button plain" type="submit">{words.withdraw}</button>
          </form>
        )
        : (
          <form method="post" action={`${at}/acknowledge`} class="row filter">
            {proof}
            <label class="field">
              <span>{words.note}</span>
              <input type="text" name="note" size={40} maxlength={MAX_NOTE} />
            </label>
            <button class="button" type="submit">{words.acknowledge}</button>
          </form>
        ))}
    </section>
  );
}
