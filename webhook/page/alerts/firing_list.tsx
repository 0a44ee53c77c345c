/** The list of what fires, in groups. */

import type { Acknowledgement } from "../acts/acknowledgements.ts";
import { Seen } from "../acts/seen.tsx";
import { severityOf, worst } from "../../messages/severity.ts";
import { Time } from "../time.tsx";
import { WORDS as PAGE_WORDS } from "../words.ts";
import type { Details, FiringRow } from "./firing.ts";
import { ALERTMANAGERS, type Group, type GroupedBy, NONE } from "./group.ts";
import { Labels, nameOf, Severity, type Shown, State } from "./inbox.tsx";
import { ToldChannels } from "./told.tsx";
import { WORDS } from "./words.ts";

/** What is shown. */
export interface FiringShown {
  readonly groups: readonly Group<FiringRow>[];
  readonly groupedBy: GroupedBy;
  readonly details: ReadonlyMap<FiringRow, Details>;
  /** Of all groups, also of rows that are not shown. */
  readonly count: number;
  readonly isFiltered: boolean;
  /** The address of this list. */
  readonly list: string;
  /** Who has seen it, while that holds. */
  readonly seenBy: (row: FiringRow) => Acknowledgement | undefined;
  readonly shown: Shown;
}

/** From so many alerts on, groups of several are closed at first. */
const MANY = 100;

/** The groups. */
export function FiringList(
  { groups, groupedBy, details, count, isFiltered, list, seenBy, shown }: FiringShown,
) {
  const words = WORDS[shown.language];
  if (count === 0) return <p class="panel empty">{isFiltered ? words.noneFits : words.none}</p>;
  const left = count - details.size;
  return (
    <section class="panel firing" aria-label={words.firing}>
      <p class="soft">{words.count(count)}</p>
      <div class="columns" aria-hidden="true">
        {columnsOf(shown).map((name) => <span>{name}</span>)}
      </div>
      {groups.map((group) => {
        const rows = <Rows group={group} details={details} list={list} seenBy={seenBy} shown={shown} />;
        if (groupedBy === NONE) return rows;
        return (
          <details class="group" id={`group-${group.key}`} open={count <= MANY || group.rows.length === 1}>
            <summary>
              <span class="badge" data-severity={group.worst}>
                {PAGE_WORDS[shown.language].severities[group.worst]}
              </span>{" "}
              <strong>{titleOf(group, groupedBy, shown)}</strong>{" "}
              <span class="soft">{words.count(group.rows.length)}</span>
            </summary>
            {rows}
          </details>
        );
      })}
      {left > 0 && <p class="soft">{words.more(left)}</p>}
    </section>
  );
}

function titleOf({ labels }: Group<FiringRow>, groupedBy: GroupedBy, shown: Shown): string {
  const words = WORDS[shown.language];
  const pairs = Object.entries(labels);
  if (groupedBy !== ALERTMANAGERS) return shown.foreign(labels[groupedBy] || words.without(groupedBy));
  return pairs.length === 0
    ? words.ungrouped
    : pairs.map(([name, value]) => `${shown.foreign(name)}=${shown.foreign(value)}`).join(", ");
}

function columnsOf({ language }: Shown): string[] {
  const { severity, alert, where, value, since, told, state } = WORDS[language].columns;
  return [severity, alert, where, value, since, told, state];
}

function Rows({ group, details, list, seenBy, shown }: {
  readonly group: Group<FiringRow>;
  readonly details: ReadonlyMap<FiringRow, Details>;
  readonly list: string;
  readonly seenBy: FiringShown["seenBy"];
  readonly shown: Shown;
}) {
  return (
    <table class="table cards">
      <colgroup>{columnsOf(shown).map(() => <col />)}</colgroup>
      <thead class="sr-only">
        <tr>{columnsOf(shown).map((name) => <th scope="col">{name}</th>)}</tr>
      </thead>
      <tbody>
        {group.rows.map((row) => {
          const known = details.get(row);
          return known && (
            <Row
              row={row}
              details={known}
              without={group.labels}
              list={list}
              seen={seenBy(row)}
              shown={shown}
            />
          );
        })}
      </tbody>
    </table>
  );
}

function Row({ row, details: { value, line, told }, without, list, seen, shown }: {
  readonly row: FiringRow;
  readonly details: Details;
  readonly without: Readonly<Record<string, string>>;
  readonly list: string;
  readonly seen?: Acknowledgement;
  readonly shown: Shown;
}) {
  const { labels, annotations, sinceMs, held, from } = row;
  const { language, timezone } = shown;
  const words = WORDS[language];
  const name = nameOf(labels, shown);
  const chips = Object.fromEntries(
    Object.entries(labels).filter(([label]) => !Object.hasOwn(without, label)),
  );
  return (
    <tr>
      <td>
        <Severity labels={labels} language={language} />
      </td>
      <td>
        {row.fingerprint === "" ? <strong>{name}</strong> : <a href={addressOf(row, list)}>{name}</a>}
        {annotations.summary !== undefined && <p class="soft">{shown.foreign(annotations.summary)}</p>}
      </td>
      <td>
        <Labels labels={chips} shown={shown} isShort />
      </td>
      <td data-label={words.columns.value}>
        {value ?? <span class="faint">–</span>}
        {line !== undefined && <p class="faint">{` ${words.threshold} ${line}`}</p>}
      </td>
      <td data-label={words.columns.since}>
        <Time at={sinceMs} language={language} timezone={timezone} relative />
      </td>
      <td data-label={words.columns.told}>
        {told === undefined
          ? <span class="faint">{words.notReadYet}</span>
          : told.length === 0
          ? <span class="faint">{words.nobody}</span>
          : <ToldChannels deliveries={told} shown={shown} />}
      </td>
      <td>
        {held !== undefined && <State alert={held} language={language} />}
        {seen && (
          <>
            {" "}
            <Seen by={seen} shown={shown} />
          </>
        )}
        {from !== undefined && (
          <span class="soft">
            {words.asTold} <Time at={from.receivedMs} language={language} timezone={timezone} />
          </span>
        )}
      </td>
    </tr>
  );
}

function addressOf({ fingerprint, from }: FiringRow, list: string): string {
  const given = new URLSearchParams({
    ...from && { n: `${from.notificationId}` },
    ...list !== "/alerts" && { list },
  });
  return `/alerts/${encodeURIComponent(fingerprint)}${given.size > 0 ? `?${given}` : ""}`;
}

/** The worst of what somebody is told of, for the page's title and icon. */
export function worstOf(rows: readonly FiringRow[]): "critical" | "warning" | "info" | "good" {
  const active = rows.filter(({ held }) => held?.status.state === "active")
    .map(({ labels }) => severityOf(labels.severity));
  const found = worst(active);
  return found === "none" ? "good" : found;
}
