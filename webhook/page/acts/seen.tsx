/** Who has seen an alert, in a few words. */

import { Time } from "../time.tsx";
import type { Shown } from "../alerts/inbox.tsx";
import type { Acknowledgement } from "./acknowledgements.ts";
import { WORDS } from "./words.ts";

/** "seen by ada, 5 minutes ago", with the note for who points at it or hears it. */
export function Seen({ by: { by, note, atMs }, shown, hasNote = false }: {
  readonly by: Acknowledgement;
  readonly shown: Shown;
  /** Whether the note stands beside it anyhow. */
  readonly hasNote?: boolean;
}) {
  const { language, timezone, foreign } = shown;
  const words = WORDS[language];
  const isHidden = note !== "" && !hasNote;
  return (
    <span class={hasNote ? "badge" : "soft"} title={isHidden ? foreign(note) : undefined}>
      {by === "" ? words.seen : words.seenBy(foreign(by))},{" "}
      <Time at={atMs} language={language} timezone={timezone} relative />
      {isHidden && <span class="sr-only">({foreign(note)})</span>}
    </span>
  );
}
