/** A dashboard, as far as it is drawn here. */

import type { Mapping, ModelLink, Step } from "./model.ts";

/** How the values of a series are shown. */
export interface Field {
  readonly unit: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  /** Said where there is nothing to show. */
  readonly noValue: string;
  readonly displayName?: string;
  readonly steps: readonly Step[];
  /** Whether thresholds are in percent of min to max. */
  readonly percentSteps: boolean;
  readonly mappings: readonly Mapping[];
  readonly links: readonly ModelLink[];
  /** Grafana's name of a fixed colour. */
  readonly color?: string;
  readonly below: boolean;
  readonly stacked: boolean;
  readonly fillPercent: number;
  readonly lineWidth: number;
  readonly dashed: boolean;
  readonly bars: boolean;
  readonly points: boolean;
  readonly spanNulls: boolean;
  readonly thresholdLines: boolean;
  readonly cell: string;
  readonly widthPx?: number;
}

/** What is different of some series. */
export interface Override {
  readonly by: string;
  readonly of: string;
  readonly field: Partial<Field>;
}

/** One query of a panel. */
export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legend: string;
  readonly instant: boolean;
}

/** Kinds that are drawn. */
export type Kind = "graph" | "stat" | "bars" | "gauge" | "timeline" | "table" | "text" | "other";

/** One panel. */
export interface Panel {
  readonly id: number;
  readonly kind: Kind;
  /** Grafana's name of its kind. */
  readonly type: string;
  /** What of it is not drawn. */
  readonly unsupported: readonly string[];
  readonly title: string;
  readonly description: string;
  /** Columns of 24. */
  readonly width: number;
  /** Units of 38 pixels. */
  readonly height: number;
  readonly targets: readonly Target[];
  readonly field: Field;
  readonly overrides: readonly Override[];
  readonly links: readonly ModelLink[];
  readonly textMode: string;
  readonly coloured: boolean;
  readonly spark: boolean;
  readonly sortBy: readonly { readonly displayName: string; readonly desc: boolean }[];
  readonly organize: Organize;
  readonly markdown: string;
  readonly legendShown: boolean;
}

/** Which columns a table shows, in which order, under which names. */
export interface Organize {
  readonly excludeByName: Readonly<Record<string, boolean>>;
  readonly indexByName: Readonly<Record<string, number>>;
  readonly renameByName: Readonly<Record<string, string>>;
}

/** Panels below one heading. */
export interface Row {
  readonly id: number;
  readonly title: string;
  readonly collapsed: boolean;
  readonly panels: readonly Panel[];
}

/** A choice at the top. */
export interface Variable {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly query: string;
  readonly multi: boolean;
  readonly includeAll: boolean;
  readonly allValue?: string;
  readonly current: readonly string[];
  readonly hidden: boolean;
}

/** One dashboard. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly from: string;
  readonly to: string;
  /** As Grafana writes it, such as `60s`; `""` for never. */
  readonly refresh: string;
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
  readonly links: readonly ModelLink[];
}
