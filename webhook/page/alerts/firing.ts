/** What fires, as rows of a list: from Alertmanager, or from the journal where there is none to ask. */

import type { Archive, DeliveryRecord } from "../../journal/archive.ts";
import type { Locale } from "../../../lib/text.ts";
import type { AlertCurve } from "../../picture/graph_of.ts";
import { formatNumber } from "../dashboards/units.ts";
import type { HeldAlert } from "./held.ts";
import { momentOf } from "./story.ts";
import type { LastTold, ToldBook } from "./told_book.ts";
import type { ReadValues } from "./values.ts";

/** An alert in the list. */
export interface FiringRow {
  /** `""` when its sender gives it none. */
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly generatorURL: string;
  /** Since when it fires, ms since 1970. */
  readonly sinceMs: number;
  /** As Alertmanager holds it; undefined when that is not known. */
  readonly held?: HeldAlert;
  /** The notification that this is known from, when Alertmanager does not tell. */
  readonly from?: { readonly notificationId: number; readonly receivedMs: number };
}

/** What is shown of a row beside the alert itself. */
export interface Details {
  /** What its expression gives now, with its unit. */
  readonly value?: string;
  /** The line that it crossed: `> 90 %`. */
  readonly line?: string;
  /** Deliveries of what was told last of it; undefined when that is not known yet, `[]` when nobody was told. */
  readonly told?: readonly DeliveryRecord[];
}

/** What details are made from. */
export interface DetailsFrom {
  readonly archive: Archive;
  readonly book: ToldBook;
  /** Whether the book is read to its end. */
  readonly isBookRead: boolean;
  readonly curveOf: (row: FiringRow) => AlertCurve | undefined;
  readonly readValues: ReadValues;
  readonly language: Locale;
}

/** A row of an alert that Alertmanager holds. */
export function rowOfHeld(held: HeldAlert): FiringRow {
  const { fingerprint, labels, annotations, generatorURL, startsAt } = held;
  return { fingerprint, labels, annotations, generatorURL, sinceMs: startsAt, held };
}

/** A row of an alert that the journal knows of. */
export function rowOfTold({ alert, notificationId, receivedMs }: LastTold): FiringRow {
  const { fingerprint, labels, annotations, generatorURL, startsAt } = alert;
  const from = { notificationId, receivedMs };
  return { fingerprint, labels, annotations, generatorURL, sinceMs: momentOf(startsAt) ?? receivedMs, from };
}

/** The details of `rows`. */
export async function detailsOf(
  rows: readonly FiringRow[],
  { archive, book, isBookRead, curveOf, readValues, language }: DetailsFrom,
): Promise<Map<FiringRow, Details>> {
  const wanted = rows.flatMap((row) => {
    const curve = curveOf(row);
    return curve === undefined ? [] : [{ row, labels: row.labels, curve }];
  });
  const values = await readValues(wanted);
  const figures = new Map(wanted.map(({ row, curve }, i) => {
    const { operator = "", threshold, unit = "short" } = curve;
    const text = (number: number) => formatNumber(number, { unit, locale: language });
    const value = values[i] === undefined ? undefined : text(values[i]);
    return [row, {
      value,
      line: threshold === undefined ? undefined : `${operator} ${text(threshold)}`.trim(),
    }];
  }));
  const deliveries = new Map<number, readonly DeliveryRecord[]>();
  const told = (row: FiringRow) => {
    const id = row.from?.notificationId ?? book.of(row)?.notificationId;
    if (id === undefined) return isBookRead ? [] : undefined;
    if (!deliveries.has(id)) deliveries.set(id, archive.deliveries(id));
    return deliveries.get(id);
  };
  return new Map(rows.map((row) => [row, { ...figures.get(row), told: told(row) }]));
}
