/** The timeline of one alert: what happened, who was told, and how each attempt went. */

import type { DeliveryRecord } from "../../journal/archive.ts";
import { secondsText } from "../numbers.ts";
import { Time } from "../time.tsx";
import type { Shown } from "./inbox.tsx";
import type { Event } from "./story.ts";
import { COLON } from "../../channels/lines.ts";
import { TIMELINE } from "./timeline_words.ts";

/** What is shown. */
export interface TimelineShown {
  readonly events: readonly Event[];
  /** Notifications on this part, when older ones may be left. */
  readonly cutAfter?: number;
  /** Addresses of the older part and of the newest one, where this is not all. */
  readonly older?: string;
  readonly newest?: string;
  /** Why silences are not among the events. */
  readonly silencesUnknown?: string;
  readonly nowMs: number;
  readonly shown: Shown;
}

/** Up to so many attempts stand open. */
const ATTEMPTS_OPEN = 3;
/** How often parts of this page are read again, ms: the webhook tells of notifications and deliveries, but not of silences made elsewhere. */
export const REFRESHED = { "data-refresh": 5_000, "data-refresh-live": 15_000 } as const;

/** The section. */
export function Timeline(options: TimelineShown) {
  const { events, cutAfter, older, newest, silencesUnknown, shown } = options;
  const words = TIMELINE[shown.language];
  return (
    <section id="timeline" class="panel stack-y" aria-labelledby="timeline-title" {...REFRESHED}>
      <h2 id="timeline-title">{words.title}</h2>
      {newest !== undefined && (
        <p>
          <a href={newest}>{words.newest}</a>
        </p>
      )}
      {silencesUnknown !== undefined && (
        <p class="soft">
          {words.silencesUnknown}
          {COLON[shown.language]}
          {shown.foreign(silencesUnknown)}
        </p>
      )}
      {events.length === 0
        ? <p class="soft">{older === undefined ? words.none : words.noneHere}</p>
        : <ol class="events">{events.map((event) => <Entry event={event} {...options} />)}</ol>}
      {older !== undefined && (
        <p class="row soft">
          {cutAfter !== undefined && cutAfter > 0 && <span>{words.cut(cutAfter)}</span>}
          <a href={older}>{words.older}</a>
        </p>
      )}
    </section>
  );
}

function Entry({ event, nowMs, shown }: TimelineShown & { readonly event: Event }) {
  const { language, timezone, foreign } = shown;
  const words = TIMELINE[language];
  return (
    <li data-event={event.kind}>
      <p>
        <Time at={event.atMs} language={language} timezone={timezone} />{" "}
        <strong>{event.kind === "told" ? words.told[event.as] : words.events[event.kind]}</strong>
        {event.kind === "silenced" && (
          <>
            {" "}
            {words.by} {foreign(event.silence.createdBy)}, {words.until}{" "}
            <Time at={event.silence.endsAt} language={language} timezone={timezone} />
          </>
        )}
        {event.kind === "acknowledged" && event.acknowledgement.by !== "" && (
          <>{words.by} {foreign(event.acknowledgement.by)}</>
        )}
      </p>
      {event.kind === "acknowledged" && event.acknowledgement.note !== "" && (
        <p class="soft">{foreign(event.acknowledgement.note)}</p>
      )}
      {event.kind === "silenced" && event.silence.comment !== "" && (
        <p class="soft">{foreign(event.silence.comment)}</p>
      )}
      {event.kind === "told" && (
        event.deliveries.length === 0 ? <p class="soft">{words.nobody}</p> : (
          <ul>
            {event.deliveries.map((delivery) => <Sent delivery={delivery} nowMs={nowMs} shown={shown} />)}
          </ul>
        )
      )}
    </li>
  );
}

const STATE_TONES = { queued: "warning", delivered: "good", coalesced: undefined, dead: "critical" } as const;

function Sent({ delivery, nowMs, shown }: {
  readonly delivery: DeliveryRecord;
  readonly nowMs: number;
  readonly shown: Shown;
}) {
  const { id, channel, state, attempts, via, because, failures } = delivery;
  const words = TIMELINE[shown.language];
  const isSimple = state === "delivered" && failures.length === 0 && attempts === 1;
  const steps = isSimple ? null : <Steps delivery={delivery} nowMs={nowMs} shown={shown} />;
  return (
    <li>
      <p class="row">
        <strong class="channel">{shown.foreign(channel)}</strong>
        <span class="badge" data-severity={STATE_TONES[state]}>{words.states[state]}</span>
        {isSimple && <Accepted delivery={delivery} shown={shown} />}
        {via.length > 0 && (
          <span class="soft">
            {shown.foreign(
              words.instead(via.at(-1)!) + (because === "" ? "" : COLON[shown.language] + because),
            )}
          </span>
        )}
        {state === "dead" && <a href={`/delivery/dead/${id}`}>{words.read}</a>}
      </p>
      {failures.length > ATTEMPTS_OPEN
        ? (
          <details id={`attempts-${id}`}>
            <summary>{words.attempts(attempts)}</summary>
            {steps}
          </details>
        )
        : steps}
    </li>
  );
}

function Accepted({ delivery: { settledMs, tookMs }, shown }: {
  readonly delivery: DeliveryRecord;
  readonly shown: Shown;
}) {
  const { language, timezone } = shown;
  return (
    <span class="soft">
      {settledMs !== null && <Time at={settledMs} language={language} timezone={timezone} />}{" "}
      {TIMELINE[language].accepted}{" "}
      {tookMs !== null && <span class="faint">({secondsText(tookMs, language)})</span>}
    </span>
  );
}

/** Each attempt, and what is to come. */
function Steps({ delivery, nowMs, shown }: {
  readonly delivery: DeliveryRecord;
  readonly nowMs: number;
  readonly shown: Shown;
}) {
  const { state, attempts, failures, createdMs, nextMs, settledMs } = delivery;
  const { language, timezone, foreign } = shown;
  const words = TIMELINE[language];
  // A replayed delivery counts anew; what was tried before it is kept.
  const before = failures.filter(({ atMs }) => atMs < createdMs);
  const since = failures.slice(before.length);
  const lost = attempts - since.length - (state === "delivered" ? 1 : 0);
  const colon = COLON[language];
  const failed = ({ atMs, tookMs, reason }: DeliveryRecord["failures"][number]) => (
    <li>
      <Time at={atMs} language={language} timezone={timezone} /> {words.failed}
      {colon}
      {foreign(reason)} <span class="faint">({secondsText(tookMs, language)})</span>
    </li>
  );
  return (
    <ol class="attempts">
      {before.map(failed)}
      {before.length > 0 && (
        <li>
          <Time at={createdMs} language={language} timezone={timezone} /> {words.replayed}
        </li>
      )}
      {lost > 0 && <li class="faint">{words.lost(lost)}</li>}
      {since.map(failed)}
      {state === "delivered" && (
        <li>
          <Accepted delivery={delivery} shown={shown} />
        </li>
      )}
      {state === "dead" && settledMs !== null && settledMs !== failures.at(-1)?.atMs && (
        <li>
          <Time at={settledMs} language={language} timezone={timezone} /> {words.states.dead}
          {colon}
          {foreign(delivery.reason)}
        </li>
      )}
      {state === "queued" && (
        <li>
          {nextMs > nowMs
            ? (
              <>
                {words.next} <Time at={nextMs} language={language} timezone={timezone} />
              </>
            )
            : words.due}
        </li>
      )}
    </ol>
  );
}
