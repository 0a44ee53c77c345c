/** What the pages of alerts share: the head with its filter, and how an alert is written. */

import type { Child } from "hono/jsx";
import type { Locale } from "../../../lib/text.ts";
import { severityOf } from "../../messages/severity.ts";
import { WORDS as PAGE_WORDS } from "../words.ts";
import { ID } from "./id.ts";
import { ALERTMANAGERS, BY_DEFAULT, type GroupedBy, NONE, readGroupedBy } from "./group.ts";
import type { HeldAlert } from "./held.ts";
import { WORDS } from "./words.ts";

/** What every part of these pages is shown with. */
export interface Shown {
  readonly language: Locale;
  readonly timezone?: string;
  /** A text of others, without secrets and with what cannot be seen written out. */
  readonly foreign: (text: string) => string;
}

/** The head of the page, with the way between its lists and the filter. */
export function Head({ language, tab, filter, groupedBy, canAsk, problem, children }: {
  readonly language: Locale;
  readonly tab: "firing" | "history";
  readonly filter: string;
  readonly groupedBy: GroupedBy;
  /** Whether there is an Alertmanager, whose groups can be asked for. */
  readonly canAsk: boolean;
  readonly problem?: string;
  readonly children: Child;
}) {
  const words = WORDS[language];
  return (
    <>
      <header class="row spread">
        <h1>{words.title}</h1>
        <a href="/proof">{words.testPath}</a>
      </header>
      <nav class="tabs" aria-label={words.title}>
        <a href={listAddress({ filter, groupedBy })} aria-current={tab === "firing" ? "page" : undefined}>
          {words.firing}
        </a>
        <a
          href={listAddress({ tab: "history", filter, groupedBy })}
          aria-current={tab === "history" ? "page" : undefined}
        >
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
        {tab === "history"
          ? groupedBy !== BY_DEFAULT && <input type="hidden" name="group" value={groupedBy} />
          : (
            <label class="field group-by">
              <span>{words.groupBy}</span>
              <select name="group">
                {choicesOf(groupedBy, canAsk).map((choice) => (
                  <option value={choice} selected={choice === groupedBy}>
                    {words.groups[choice] ?? choice}
                  </option>
                ))}
              </select>
            </label>
          )}
        <button class="button plain" type="submit">{words.apply}</button>
        <p id="filter-help" class={problem === undefined ? "faint" : "error"}>
          {problem ?? words.filterHelp}
        </p>
      </form>
      {children}
    </>
  );
}

const CHOICES = [BY_DEFAULT, "severity", "instance", "job"];

function choicesOf(groupedBy: GroupedBy, canAsk: boolean): GroupedBy[] {
  return [...new Set([...CHOICES, ...canAsk ? [ALERTMANAGERS] : [], NONE, groupedBy])];
}

/** The address of a list, with what its reader has chosen. */
export function listAddress(
  { tab, filter, groupedBy, below }: {
    readonly tab?: "history";
    readonly filter: string;
    readonly groupedBy: GroupedBy;
    readonly below?: number;
  },
): string {
  const given = new URLSearchParams({
    ...tab && { tab },
    ...filter !== "" && { filter },
    ...groupedBy !== BY_DEFAULT && { group: groupedBy },
    ...below !== undefined && { below: `${below}` },
  });
  return given.size > 0 ? `/alerts?${given}` : "/alerts";
}

/** Back to where a page of one alert was come from. @param list Such a list's address, as anybody may have written it. */
export function backTo(list: string): string {
  const url = URL.parse(list, "http://list");
  const asked = url?.searchParams ?? new URLSearchParams();
  const below = asked.get("below") ?? "";
  const place = listAddress({
    tab: asked.get("tab") === "history" ? "history" : undefined,
    filter: asked.get("filter") ?? "",
    groupedBy: readGroupedBy(asked.get("group")),
    below: ID.test(below) ? Number(below) : undefined,
  });
  return /^#n\d+$/.test(url?.hash ?? "") ? place + url!.hash : place;
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
