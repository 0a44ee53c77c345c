/** What a dashboard says of a panel; how it is drawn is the house style's business, in panels.ts. */

import type { Text } from "../lib/text.ts";
import type { LineElsewhere, Runbook } from "./links.ts";

/** Grafana's ids of the units that panels use. */
export const UNITS = {
  /** 0 to 100. */
  percent: "percent",
  /** Powers of 1024, as the kernel and Prometheus count memory and disks. */
  bytes: "bytes",
  bytesPerSecond: "Bps",
  bitsPerSecond: "bps",
  packetsPerSecond: "pps",
  perSecond: "cps",
  seconds: "s",
  days: "d",
  celsius: "celsius",
  /** A number that is a name, such as an HTTP status code: never shortened. */
  code: "none",
  count: "short",
  /** Milliseconds since 1970, shown as the time that has passed. */
  ago: "dateTimeFromNow",
} as const;

/** What a panel's numbers are. */
export type Unit = keyof typeof UNITS;

/** Grafana's names of the colours that mean something here: each theme has its own shade of them. */
export const COLORS = {
  good: "green",
  warning: "orange",
  critical: "red",
  info: "blue",
  muted: "gray",
} as const;

/** A colour that means something. */
export type Color = keyof typeof COLORS;

/** Text in every language, or a text that is the same in all of them, such as a metric's label. */
export type Legend = Text | string;

/** One PromQL query of a panel. */
export interface Query {
  /** PromQL; may use `$__rate_interval`, `$__range` and the dashboard's variables. */
  readonly expr: string;
  /** Name of its series; `{{label}}` stands for a label's value. */
  readonly legend: Legend;
  /** Whether a graph draws it below zero, as what is sent opposite to what is received. */
  readonly below?: boolean;
  /** Fixed colour; the palette's next one by default. */
  readonly color?: Color;
  /** `total`: a plain line over stacked ones, as it is their sum or a limit of it. `dashed`: a limit. */
  readonly line?: "total" | "dashed";
}

/** Values from which on something is wrong: coloured in a stat, a dashed line in a graph. */
export interface Limits {
  readonly info?: number;
  readonly warning?: number;
  readonly critical?: number;
  /** Whether it is wrong to be below them; above by default. */
  readonly below?: boolean;
  /** Where they are for some hosts: graphs draw these, too. */
  readonly elsewhere?: readonly LineElsewhere[];
  /** What to do when they are crossed: the panel links to it. */
  readonly runbook?: Runbook;
}

/** Where a click leads. */
export interface Link {
  readonly title: Text;
  /**
   * A path in Grafana such as `/d/vigie-host?var-instance=${__data.fields.instance}`, or a URL. A path to a dashboard gets the time
   * range that the reader looks at.
   */
  readonly to: string;
}

interface Common {
  readonly title: Text;
  /** What it shows and when to worry: shown at the panel's "i". */
  readonly description: Text;
  readonly unit: Unit;
  /** Columns out of 24; a line that stays short of 24 is widened. */
  readonly width?: number;
  /** Height in grid units, when other than the kind's own. */
  readonly height?: number;
  /** Digits after the decimal point; Grafana chooses by default. */
  readonly decimals?: number;
  readonly limits?: Limits;
  /** Why a stack in good health may have nothing to show here: said instead of the values. Without it an empty panel is a fault. */
  readonly absent?: Text;
  /** Where its values lead. */
  readonly links?: readonly Link[];
}

/** Values over time. */
export interface Graph extends Common {
  readonly kind: "graph";
  readonly queries: readonly Query[];
  /** Whether series are stacked on one another: only where their sum means something. */
  readonly stacked?: boolean;
  /** End of the axis, when the quantity has one: 100 for a share. */
  readonly max?: number;
  /** Whether values may be negative; the axis starts at 0 otherwise. */
  readonly signed?: boolean;
}

/** The value of now, large. */
export interface Stat extends Common {
  readonly kind: "stat";
  readonly queries: readonly Query[];
  /** Text and colour to show for a value. */
  readonly values?: readonly ValueName[];
  /** Whether the legend is what to read, as for a version, or belongs to the value; a single value stands alone by default. */
  readonly shows?: "legend" | "both";
}

/** The values of now, one bar each. */
export interface Bars extends Common {
  readonly kind: "bars";
  readonly queries: readonly Query[];
  /** End of the bars, when the quantity has one: 100 for a share. */
  readonly max?: number;
}

/** States over time, one line a series. */
export interface Timeline extends Common {
  readonly kind: "timeline";
  readonly queries: readonly Query[];
  /** Text and colour of each state. */
  readonly values: readonly ValueName[];
}

/** One row a series, newest values only. */
export interface Table extends Common {
  readonly kind: "table";
  /** Labels that tell rows apart: the first columns. */
  readonly labels: readonly LabelColumn[];
  /** One a column; all give the same labels, which join them to rows. */
  readonly columns: readonly Column[];
}

/** A column of a table that shows a label. */
export interface LabelColumn {
  readonly label: string;
  readonly title: Text;
  readonly links?: readonly Link[];
  /** Whether the links' titles are shown instead of the label. */
  readonly onlyLinks?: boolean;
  /** Text and colour to show for a label's value. */
  readonly values?: readonly ValueName[];
  /** Pixels; shared out by default. */
  readonly widthPx?: number;
}

/** A column of a table that shows a value. */
export interface Column {
  readonly expr: string;
  readonly title: Text;
  readonly unit: Unit;
  readonly decimals?: number;
  readonly values?: readonly ValueName[];
  readonly limits?: Limits;
  /** End of the bar that is drawn beside the value; none by default. */
  readonly max?: number;
  /** Whether rows are sorted by it; the reader can choose another column. */
  readonly sorted?: "smallest first" | "largest first";
  readonly links?: readonly Link[];
}

/** Text and colour that stand for a value. */
export interface ValueName {
  readonly value: number | string;
  readonly text: Text;
  readonly color: Color;
}

/** What a dashboard is made of. */
export type Panel = Graph | Stat | Bars | Timeline | Table;

/** What an empty panel says when it should not be empty. */
export const NO_VALUE: Text = { fr: "aucune donnée", en: "no data" };

/** Height of each kind of panel, in grid units of 38 pixels. */
export const HEIGHTS = { stat: 4, graph: 8, bars: 8, timeline: 10, table: 8 } as const;

/** Columns that each kind of panel takes when it does not say. */
export const WIDTHS = { stat: 4, graph: 12, bars: 8, timeline: 24, table: 24 } as const;
