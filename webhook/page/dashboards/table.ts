/** A table's rows: what Grafana's transformations `merge` and `organize` make of several queries. */

import type { Locale } from "../../../lib/text.ts";
import { fieldFor, type Shown, shown } from "./field.ts";
import type { Field, Panel } from "./model.ts";
import type { Labels, Sample } from "./readings.ts";

/** One column. */
export interface Column {
  /** Its name before it was renamed: a label's, `Value`, or `Value #A`. */
  readonly key: string;
  readonly title: string;
  readonly field: Field;
  readonly isNumber: boolean;
}

/** One cell; undefined where the query had no such row. */
export type Cell = (Shown & { readonly value: number | string }) | undefined;

/** A table with its texts. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly { readonly labels: Labels; readonly cells: readonly Cell[] }[];
  /** Rows that are not in `rows`, as there are too many. */
  readonly left: number;
}

const MAX_ROWS = 200;

/** The table of a panel. */
export function tableOf(panel: Panel, samples: readonly Sample[], locale: Locale, now: number): Table {
  const { excludeByName, indexByName, renameByName } = panel.organize;
  const single = panel.targets.length === 1;
  const keyOf = (refId: string) => single ? "Value" : `Value #${refId}`;
  const rows = new Map<string, { labels: Labels; values: Map<string, number> }>();
  for (const { refId, labels, value } of samples) {
    const id = JSON.stringify(Object.entries(labels).sort());
    const row = rows.get(id) ?? { labels, values: new Map<string, number>() };
    row.values.set(keyOf(refId), value);
    rows.set(id, row);
  }
  const values = panel.targets.map(({ refId }) => keyOf(refId));
  const labels = [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))];
  const known = Object.keys(indexByName).filter((key) => key !== "Time");
  const columns = [...new Set([...known, ...labels, ...values])]
    .filter((key) => !excludeByName[key])
    .sort((a, b) => (indexByName[a] ?? Infinity) - (indexByName[b] ?? Infinity) || 0)
    .map((key) => {
      const title = renameByName[key] ?? key;
      return { key, title, field: fieldFor(panel, title), isNumber: values.includes(key) };
    });
  const all = sorted(panel, columns, [...rows.values()]);
  return {
    columns,
    rows: all.slice(0, MAX_ROWS).map(({ labels, values }) => ({
      labels,
      cells: columns.map(({ key, field }) => cellOf(values.get(key) ?? labels[key], field, locale, now)),
    })),
    left: Math.max(all.length - MAX_ROWS, 0),
  };
}

function cellOf(value: number | string | undefined, field: Field, locale: Locale, now: number): Cell {
  if (value === undefined) return undefined;
  const { text, tone } = shown(value, field, locale, now);
  // A table is quiet: only the columns that say so are coloured.
  return { value, text, tone: field.cell === "color-text" || field.cell === "gauge" ? tone : undefined };
}

type RowOf = { readonly labels: Labels; readonly values: ReadonlyMap<string, number> };

function sorted(panel: Panel, columns: readonly Column[], rows: RowOf[]): RowOf[] {
  const order = new Intl.Collator("en", { numeric: true });
  const [{ displayName, desc } = { displayName: "", desc: false }] = panel.sortBy;
  const by = columns.find(({ title }) => title === displayName) ?? columns[0];
  if (!by) return rows;
  const sign = desc ? -1 : 1;
  const rest = columns.filter(({ isNumber }) => !isNumber);
  return rows.sort((a, b) => {
    const [one, other] = [a.values.get(by.key), b.values.get(by.key)];
    const first = by.isNumber
      // What is not known stands last, whichever way.
      ? one === undefined || other === undefined
        ? Number(one === undefined) - Number(other === undefined)
        : sign * (one - other)
      : sign * order.compare(a.labels[by.key] ?? "", b.labels[by.key] ?? "");
    if (first) return first;
    for (const { key } of rest) {
      const next = order.compare(a.labels[key] ?? "", b.labels[key] ?? "");
      if (next) return next;
    }
    return 0;
  });
}
