/** The lists: what fires, and what was told. */

import type { Child } from "hono/jsx";
import type { Locale } from "../../../lib/text.ts";
import type { DeliveryCounts, ListedNotification } from "../../journal/archive.ts";
import { severityOf } from "../../messages/severity.ts";
import type { Alert } from "../../payload.ts";
import { Time } from "../time.tsx";
import { WORDS as PAGE_WORDS } from "../words.ts";
import type { HeldAlert } from "./held.ts";
import { WORDS } from "./words.ts";

/** What every part of these pages is shown with. */
export interface Shown {
  readonly language: Locale;
  readonly timezone?: string;
  /** A text of others, without secrets and with what cannot be seen written out. */
  readonly foreign: (text: string) => string;
}

/** A row of the history. */
export interface HistoryRow {
  readonly listed: ListedNotification;
  readonly counts: DeliveryCounts;
  /** The first of its alerts. */
  readonly alerts: readonly Alert[];
}

const MOST_ROWS = 500;
const ORDER = ["critical", "warning", "info", "none"];

/** The head of the page, with the way between its lists and the filter. */
export function Head({ language, tab, filter, problem, children }: {
  readonly language: Locale;
  readonly tab: "firing" | "history";
  readonly filter: string;
  readonly problem?: string;
  readonly children: Child;
}) {
  const words = WORDS[language];
  return (
    <>
      <h1>{words.title}</h1>
      <nav class="tabs" aria-label={words.title}>
        <a href="/alerts" aria-current={tab === "firing" ? "page" : undefined}>{words.firing}</a>
        <a href="/alerts?tab=history" aria-current={tab === "history" ? "page" : undefined}>
          {words.history}
        </a>
      </nav>
      <form method="get" action="/alerts" class="row filter">
        {tab === "history" && <input type="hidden" name="tab" value="history" />}
        <label class="field">
          <span>{words.filter}</span>
          <input
            type="search"
            name="filter"
            value={filter}
            size={48}
            maxlength={1_000}
            autocomplete="off"
            spellcheck={false}
            aria-invalid={problem === undefined ? undefined : "true"}
            aria-describedby="filter-help"
          />
        </label>
        <button class="button plain" type="submit">{words.apply}</button>
        <p id="filter-help" class={problem === undefined ? "faint" : "error"}>
          {problem ?? words.filterHelp}
        </p>
      </form>
      {children}
    </>
  );
}

/** What fires: the worst first, then the newest. */
export function FiringList({ alerts, isFiltered, shown }: {
  readonly alerts: readonly HeldAlert[];
  readonly isFiltered: boolean;
  readonly shown: Shown;
}) {
  const words = WORDS[shown.language];
  const sorted = [...alerts].sort((a, b) => rank(a) - rank(b) || b.startsAt - a.startsAt);
  if (sorted.length === 0) {
    return (
      <p class="panel empty" id="alerts" data-refresh="5000">{isFiltered ? words.noneFits : words.none}</p>
    );
  }
  return (
    <section class="panel" id="alerts" data-refresh="5000" aria-label={words.firing}>
      <p class="soft">{words.count(sorted.length)}</p>
      <div class="table-frame" tabindex={0}>
        <table class="table cards">
          <thead>
            <tr>
              {[
                words.columns.severity,
                words.columns.alert,
                words.columns.where,
                words.columns.since,
                words.columns.state,
              ]
                .map((name) => <th scope="col">{name}</th>)}
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, MOST_ROWS).map((alert) => (
              <tr>
                <td>
                  <Severity labels={alert.labels} language={shown.language} />
                </td>
                <td>
                  <a href={`/alerts/${encodeURIComponent(alert.fingerprint)}`}>
                    {nameOf(alert.labels, shown)}
                  </a>
                  {alert.annotations.summary !== undefined && (
                    <p class="soft">{shown.foreign(alert.annotations.summary)}</p>
                  )}
                </td>
                <td>
                  <Labels labels={alert.labels} shown={shown} isShort />
                </td>
                <td>
                  <Time at={alert.startsAt} language={shown.language} timezone={shown.timezone} relative />
                </td>
                <td>
                  <State alert={alert} language={shown.language} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {sorted.length > MOST_ROWS && <p class="soft">{words.more(sorted.length - MOST_ROWS)}</p>}
    </section>
  );
}

/** What was told. */
export function HistoryList({ rows, next, shown }: {
  readonly rows: readonly HistoryRow[];
  /** Address of the page with the older ones. */
  readonly next?: string;
  readonly shown: Shown;
}) {
  const words = WORDS[shown.language];
  return (
    <section class="panel" aria-label={words.history}>
      {rows.length === 0
        ? <p class="empty">{next === undefined ? words.noHistory : words.notYet}</p>
        : (
          <div class="table-frame" tabindex={0}>
            <table class="table cards">
              <thead>
                <tr>
                  {[
                    words.received,
                    words.columns.severity,
                    words.columns.state,
                    words.columns.alert,
                    words.columns.told,
                  ]
                    .map((name) => <th scope="col">{name}</th>)}
                </tr>
              </thead>
              <tbody>
                {rows.map(({ listed, counts, alerts }) => (
                  <tr>
                    <td>
                      <Time at={listed.receivedMs} language={shown.language} timezone={shown.timezone} />
                    </td>
                    <td>
                      <span class="badge" data-severity={listed.severity}>
                        {PAGE_WORDS[shown.language].severities[listed.severity]}
                      </span>
                    </td>
                    <td>{listed.status === "firing" ? words.firingState : words.resolved}</td>
                    <td>
                      <ul>
                        {alerts.map((alert) => (
                          <li>
                            <a href={`/alerts/${encodeURIComponent(alert.fingerprint)}?n=${listed.id}`}>
                              {nameOf(alert.labels, shown)}
                            </a>{" "}
                            <span class="soft">{shown.foreign(alert.labels.instance ?? "")}</span>
                          </li>
                        ))}
                        {alerts.length < listed.firing + listed.resolved && (
                          <li class="faint">{words.more(listed.firing + listed.resolved - alerts.length)}</li>
                        )}
                      </ul>
                    </td>
                    <td>
                      {[
                        ...(counts.delivered > 0 ? [words.delivered(counts.delivered)] : []),
                        ...(counts.queued > 0 ? [words.queued(counts.queued)] : []),
                        ...(counts.dead > 0 ? [words.dead(counts.dead)] : []),
                      ].join(", ")}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      {next !== undefined && (
        <p>
          <a href={next}>{words.next}</a>
        </p>
      )}
    </section>
  );
}

/** The severity of an alert. */
export function Severity(
  { labels, language }: { readonly labels: Readonly<Record<string, string>>; readonly language: Locale },
) {
  const severity = severityOf(labels.severity);
  return <span class="badge" data-severity={severity}>{PAGE_WORDS[language].severities[severity]}</span>;
}

/** Labels; `isShort` leaves out name and severity, which stand beside. */
export function Labels({ labels, shown, isShort = false }: {
  readonly labels: Readonly<Record<string, string>>;
  readonly shown: Shown;
  readonly isShort?: boolean;
}) {
  return (
    <ul class="chips">
      {Object.entries(labels).filter(([name]) => !isShort || name !== "alertname" && name !== "severity")
        .map(([name, value]) => <li>{`${shown.foreign(name)}=${shown.foreign(value)}`}</li>)}
    </ul>
  );
}

/** Whether an alert is told of, and why not. */
export function State(
  { alert: { status }, language }: { readonly alert: HeldAlert; readonly language: Locale },
) {
  const words = WORDS[language];
  if (status.silencedBy.length > 0) return <span class="badge">{words.muted}</span>;
  if (status.inhibitedBy.length > 0) return <span class="badge">{words.inhibited}</span>;
  return <span>{words.active}</span>;
}

/** What an alert is called. */
export function nameOf(labels: Readonly<Record<string, string>>, { foreign }: Shown): string {
  return foreign(labels.alertname || "?");
}

function rank({ labels }: HeldAlert): number {
  return ORDER.indexOf(severityOf(labels.severity));
}
