/** Alerts in groups: by a label, or as Alertmanager groups them. */

import type { Severity } from "../../message.ts";
import { bySeverity, severityOf } from "../../messages/severity.ts";

/** What a list is grouped by: a label's name, `ALERTMANAGERS`, or `NONE`. */
export type GroupedBy = string;

/** Grouped as Alertmanager tells them. No label is called so. */
export const ALERTMANAGERS = "-am";
/** Not grouped. */
export const NONE = "-";
/** What most readers want first. */
export const BY_DEFAULT = "alertname";

/** A group. */
export interface Group<Row> {
  /** What tells it from the others. */
  readonly key: string;
  /** What its rows share. */
  readonly labels: Readonly<Record<string, string>>;
  readonly worst: Severity;
  /** The worst first, then those that fire since last. */
  readonly rows: readonly Row[];
}

/** What can be put into a group. */
export interface Groupable {
  readonly labels: Readonly<Record<string, string>>;
  /** Ms since 1970. */
  readonly sinceMs: number;
}

const LABEL = /^[a-zA-Z_]\w{0,127}$/;

/** What a reader asks for; what cannot be is what most want. */
export function readGroupedBy(text: string | null): GroupedBy {
  return text === NONE || text === ALERTMANAGERS || LABEL.test(text ?? "") ? text! : BY_DEFAULT;
}

/** The groups, the worst first. @param labelsOf What the group of a row has in common, such as `{alertname: "HostDown"}`. */
export function groupsOf<Row extends Groupable>(
  rows: readonly Row[],
  labelsOf: (row: Row) => Readonly<Record<string, string>>,
): Group<Row>[] {
  const groups = Map.groupBy(rows, (row) => JSON.stringify(Object.entries(labelsOf(row)).sort()));
  return [...groups].map(([key, rows]) => {
    const sorted = rows.toSorted((a, b) =>
      bySeverity(severityOf(a.labels.severity), severityOf(b.labels.severity)) || b.sinceMs - a.sinceMs
    );
    return { key, labels: labelsOf(rows[0]!), worst: severityOf(sorted[0]!.labels.severity), rows: sorted };
  }).sort((a, b) => bySeverity(a.worst, b.worst) || (a.key < b.key ? -1 : 1));
}
