/** What Prometheus answered, as curves over one row of times. */

import { fieldFor, seriesName } from "../dashboards/field.ts";
import type { Field, Panel } from "../dashboards/model.ts";

/** Seconds since 1970 from one to the other, in steps. */
export interface Grid {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** One curve: a value for each time of the grid, null where there is none. */
export interface Curve {
  readonly name: string;
  readonly field: Field;
  readonly values: readonly (number | null)[];
}

/** A panel's model, as far as browsers need it. */
export interface PanelModel extends Pick<Panel, "field" | "overrides"> {
  readonly id: number;
  readonly kind: string;
  readonly title: string;
  readonly legendShown: boolean;
  readonly targets: readonly { readonly refId: string; readonly legend: string }[];
}

/** Prometheus's answer to a range. */
export interface RangeAnswer {
  readonly data?: {
    readonly result?: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values?: readonly (readonly [seconds: number, value: string])[];
    }[];
  };
}

/** The times of a grid, seconds since 1970. */
export function timesOf({ start, end, step }: Grid): number[] {
  const count = Math.max(Math.round((end - start) / step), 0) + 1;
  return Array.from({ length: count }, (_, i) => start + i * step);
}

/** The curves of a panel, query after query. */
export function curvesOf(
  panel: PanelModel,
  answers: ReadonlyMap<string, RangeAnswer>,
  grid: Grid,
): Curve[] {
  const count = timesOf(grid).length;
  return panel.targets.flatMap(({ refId, legend }) =>
    (answers.get(refId)?.data?.result ?? []).map(({ metric, values = [] }) => {
      const row: (number | null)[] = new Array(count).fill(null);
      for (const [at, text] of values) {
        const value = Number(text);
        const i = Math.round((at - grid.start) / grid.step);
        // Infinity has no place on an axis, and NaN is no value.
        if (i >= 0 && i < count && Number.isFinite(value)) row[i] = value;
      }
      const name = seriesName(legend, metric);
      const field = fieldFor(panel, name, refId);
      return { name: field.displayName || name, field, values: row };
    })
  );
}

/** The last value that there is, when it is no older than `within` steps. */
export function newest(values: readonly (number | null)[], within = 3): number | undefined {
  return values.slice(-within).findLast((value) => value !== null) ?? undefined;
}

/**
 * What is drawn of curves: those below are turned over, stacked ones stand on those before them that are not hidden, apart above and below.
 *
 * `bands` are pairs of curves with the room between them filled.
 */
export function stacked(curves: readonly Curve[], isHidden: (curve: Curve) => boolean = () => false): {
  drawn: (number | null)[][];
  bands: [upper: number, lower: number][];
} {
  const bands: [number, number][] = [];
  const last: Record<"true" | "false", number | undefined> = { true: undefined, false: undefined };
  const sums: Record<"true" | "false", number[]> = { true: [], false: [] };
  const drawn = curves.map((curve, i) => {
    const { field, values } = curve;
    const sign = field.below ? -1 : 1;
    const turned = values.map((value) => value === null ? null : sign * value);
    if (!field.stacked || isHidden(curve)) return turned;
    const side = `${field.below}` as const;
    const below = last[side];
    if (below !== undefined) bands.push([i, below]);
    last[side] = i;
    return turned.map((value, at) => {
      if (value === null) return null;
      return sums[side][at] = (sums[side][at] ?? 0) + value;
    });
  });
  return { drawn, bands };
}
