/** One alert: what it is, its curve, and what became of it. */

import { COLON } from "../../channels/lines.ts";
import { Time } from "../time.tsx";
import { Acts, type ActsShown } from "./acts.tsx";
import { CurveSection, type Drawn } from "./curve.tsx";
import type { HeldAlert } from "./held.ts";
import type { Told } from "./history.ts";
import { Labels, nameOf, Severity, type Shown, State } from "./inbox.tsx";
import { printMatcher } from "../../../lib/matcher.ts";
import { matchersFor } from "./filter.ts";
import { REFRESHED, Timeline, type TimelineShown } from "./timeline.tsx";
import { WORDS } from "./words.ts";

/** What the page shows. */
export interface OneAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly generatorUrl: string;
  /** As Alertmanager holds it now; undefined when it does not. */
  readonly held?: HeldAlert;
  /** Why Alertmanager does not say what it holds. */
  readonly silent?: string;
  /** What was told last. */
  readonly lastTold?: Told;
  /** Address of the list that it was come from. */
  readonly back: string;
  readonly timeline: TimelineShown;
  readonly hasRunbook: boolean;
  readonly mayAct: boolean;
  /** Undefined when it is not known to fire. */
  readonly acts?: ActsShown;
  /** What is drawn of it; undefined when nobody says what it is. */
  readonly drawn?: Drawn;
  readonly shown: Shown;
}

/** The page. */
export function One(options: OneAlert) {
  const {
    labels,
    annotations,
    generatorUrl,
    held,
    silent,
    lastTold,
    back,
    timeline,
    hasRunbook,
    mayAct,
    acts,
    drawn,
    shown,
  } = options;
  const words = WORDS[shown.language];
  const silenceUrl = `/silences?${new URLSearchParams({
    matchers: matchersFor(labels).map(printMatcher).join("\n"),
    ...held && { alert: held.fingerprint },
  })}`;
  const source = webUrl(generatorUrl);
  const runbook = webUrl(annotations.runbook_url ?? "");
  return (
    <>
      <p>
        <a href={back}>{words.backToList}</a>
      </p>
      <header class="stack-y">
        <h1 class="row">
          <Severity labels={labels} language={shown.language} /> {nameOf(labels, shown)}
        </h1>
        <div id="state" {...REFRESHED}>
          {held
            ? (
              <p>
                <State alert={held} language={shown.language} />, {words.since}{" "}
                <Time at={held.startsAt} language={shown.language} timezone={shown.timezone} />
              </p>
            )
            : <NotHeld silent={silent} told={lastTold} shown={shown} />}
        </div>
        <p class="row">
          {hasRunbook
            ? (
              <a class="button plain" href={`/runbooks/${encodeURIComponent(labels.alertname ?? "")}`}>
                {words.runbook}
              </a>
            )
            : runbook !== undefined && <a class="button plain" href={runbook}>{words.runbook}</a>}
          {mayAct && <a class="button plain" href={silenceUrl}>{words.silenceIt}</a>}
          {source !== undefined && <a class="button plain" href={source}>{words.source}</a>}
        </p>
      </header>
      {acts && <Acts {...acts} />}
      {drawn && <CurveSection drawn={drawn} shown={shown} />}
      <section class="panel" aria-labelledby="says">
        <h2 id="says">{words.annotations}</h2>
        <dl class="facts">
          {Object.entries(annotations).map(([name, text]) => (
            <>
              <dt>{shown.foreign(name)}</dt>
              <dd>{shown.foreign(text)}</dd>
            </>
          ))}
        </dl>
      </section>
      <section class="panel stack-y" aria-labelledby="labels">
        <h2 id="labels">{words.labels}</h2>
        <Labels labels={labels} shown={shown} />
      </section>
      <Timeline {...timeline} />
    </>
  );
}

/** What is known of an alert that Alertmanager does not hold, or does not tell of. */
function NotHeld({ silent, told, shown }: {
  readonly silent?: string;
  readonly told?: Told;
  readonly shown: Shown;
}) {
  const { language, timezone, foreign } = shown;
  const words = WORDS[language];
  return (
    <div class="notice" data-severity={silent === undefined ? undefined : "warning"}>
      <p>{silent === undefined ? words.notHeld : words.noAlertmanager + COLON[language] + foreign(silent)}</p>
      {told && (
        <p>
          {words.lastTold} <Time at={told.receivedMs} language={language} timezone={timezone} />
          {COLON[language]}
          {told.alert.status === "firing" ? words.firingState : words.resolved}
        </p>
      )}
    </div>
  );
}

/** An address of the web; undefined for any other, which a label could say. */
function webUrl(text: string): string | undefined {
  const url = URL.parse(text);
  return url && (url.protocol === "https:" || url.protocol === "http:") ? url.href : undefined;
}
