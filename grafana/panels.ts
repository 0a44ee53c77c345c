/** The house style: how every panel looks. A dashboard says what to show; how it is drawn is said here, once. */

import * as common from "@grafana/grafana-foundation-sdk/common";
import {
  FieldColorModeId,
  MappingType,
  type Panel as BuiltPanel,
  type Threshold,
  ThresholdsConfigBuilder,
} from "@grafana/grafana-foundation-sdk/dashboard";
import {
  DataqueryBuilder,
  PromQueryFormat,
  QueryEditorMode,
} from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as GraphBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { Locale, Text } from "../lib/text.ts";
import { PROMETHEUS } from "./provisioning.ts";

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
  count: "short",
} as const;

/** What a panel's numbers are. */
export type Unit = keyof typeof UNITS;

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
  readonly color?: keyof typeof COLORS;
}

/** Values from which on something is wrong: coloured in a stat, a dashed line in a graph. */
export interface Limits {
  readonly warning?: number;
  readonly critical?: number;
}

interface Common {
  readonly title: Text;
  /** What it shows and when to worry: shown at the panel's "i". */
  readonly description: Text;
  readonly unit: Unit;
  /** Columns out of 24; a line that stays short of 24 is widened. */
  readonly width?: number;
  /** Digits after the decimal point; Grafana chooses by default. */
  readonly decimals?: number;
  readonly limits?: Limits;
}

/** Values over time. */
export interface Graph extends Common {
  readonly kind: "graph";
  readonly queries: readonly Query[];
  /** Whether series are stacked on one another: only where their sum means something. */
  readonly stacked?: boolean;
  /** End of the axis, when the quantity has one: 100 for a share. */
  readonly max?: number;
}

/** The value of now, large. */
export interface Stat extends Common {
  readonly kind: "stat";
  readonly queries: readonly Query[];
  /** Text and colour to show for a value. */
  readonly values?: readonly ValueName[];
}

/** One row a series, newest values only. */
export interface Table extends Common {
  readonly kind: "table";
  /** One a column; all give the same labels, which join them to rows. */
  readonly columns: readonly Column[];
  /** Labels that become the first columns, and their headings. */
  readonly labels: Readonly<Record<string, Text>>;
}

/** A column of a table. */
export interface Column {
  readonly expr: string;
  readonly title: Text;
  readonly unit: Unit;
  readonly values?: readonly ValueName[];
  /** Whether rows are sorted by it, the smallest value first; the reader can choose another column. */
  readonly sorted?: boolean;
}

/** Text and colour that stand for a value. */
export interface ValueName {
  readonly value: number;
  readonly text: Text;
  readonly color: keyof typeof COLORS;
}

/** What a dashboard is made of. */
export type Panel = Graph | Stat | Table;

/** Grafana's names of the colours that mean something here. */
export const COLORS = {
  good: "green",
  warning: "orange",
  critical: "red",
  info: "blue",
  muted: "gray",
} as const;

/** Height of each kind of panel, in grid units of 38 pixels. */
export const HEIGHTS = { stat: 4, graph: 8, table: 8 } as const;

/** Columns that each kind of panel takes when it does not say. */
export const WIDTHS = { stat: 4, graph: 12, table: 24 } as const;

const NO_VALUE: Text = { fr: "aucune donnée", en: "no data" };

/** What Grafana loads for `panel`, without id and position. */
export function buildPanel(panel: Panel, locale: Locale): BuiltPanel {
  switch (panel.kind) {
    case "graph":
      return buildGraph(panel, locale);
    case "stat":
      return buildStat(panel, locale);
    case "table":
      return buildTable(panel, locale);
  }
}

function buildGraph(panel: Graph, locale: Locale): BuiltPanel {
  const { limits = {}, max, stacked = false } = panel;
  const builder = withCommon(new GraphBuilder(), panel, locale)
    .legend(
      new common.VizLegendOptionsBuilder().showLegend(true)
        .displayMode(common.LegendDisplayMode.List).placement(common.LegendPlacement.Bottom),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    )
    .drawStyle(common.GraphDrawStyle.Line)
    .lineInterpolation(common.LineInterpolation.Linear)
    .lineWidth(1)
    .fillOpacity(stacked ? 40 : 10)
    .showPoints(common.VisibilityMode.Auto)
    // A gap is something to see: the host was off, or could not be measured.
    .spanNulls(false)
    .stacking(
      new common.StackingConfigBuilder().mode(
        stacked ? common.StackingMode.Normal : common.StackingMode.None,
      ),
    )
    .thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(
        hasLimits(limits) ? common.GraphThresholdsStyleMode.Dashed : common.GraphThresholdsStyleMode.Off,
      ),
    );
  if (max !== undefined) builder.max(max);
  // Without a floor Grafana starts the axis at the smallest value, and a flat line looks like a cliff.
  if (!panel.queries.some(({ below }) => below)) builder.min(0);
  panel.queries.forEach((query, i) => {
    const properties = [
      ...(query.below ? [{ id: "custom.transform", value: common.GraphTransform.NegativeY }] : []),
      ...(query.color
        ? [{ id: "color", value: { mode: FieldColorModeId.Fixed, fixedColor: COLORS[query.color] } }]
        : []),
    ];
    builder.withTarget(queryTarget(query, i, locale).range());
    if (properties.length > 0) builder.overrideByQuery(refId(i), properties);
  });
  return builder.build();
}

function buildStat(panel: Stat, locale: Locale): BuiltPanel {
  const { limits = {}, values = [] } = panel;
  const colored = hasLimits(limits) || values.length > 0;
  const builder = withCommon(new StatBuilder(), panel, locale)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
    .colorMode(colored ? common.BigValueColorMode.Value : common.BigValueColorMode.None)
    .graphMode(common.BigValueGraphMode.None)
    .textMode(panel.queries.length > 1 ? common.BigValueTextMode.ValueAndName : common.BigValueTextMode.Value)
    .justifyMode(common.BigValueJustifyMode.Auto);
  if (values.length > 0) builder.mappings([valueMap(values, locale)]);
  // Over a range, the last value of a host that is gone would still be shown as if it were its value now.
  panel.queries.forEach((query, i) => builder.withTarget(queryTarget(query, i, locale).instant()));
  return builder.build();
}

function buildTable(panel: Table, locale: Locale): BuiltPanel {
  const labels = Object.keys(panel.labels);
  const value = (i: number) => panel.columns.length === 1 ? "Value" : `Value #${refId(i)}`;
  const builder = withCommon(new TableBuilder(), panel, locale)
    .withTransformation({ id: "merge", options: {} })
    .withTransformation({
      id: "organize",
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(
          [...labels, ...panel.columns.map((_, i) => value(i))].map((name, i) => [name, i]),
        ),
        renameByName: {
          ...Object.fromEntries(labels.map((label) => [label, panel.labels[label]![locale]])),
          ...Object.fromEntries(panel.columns.map(({ title }, i) => [value(i), title[locale]])),
        },
      },
    });
  builder.sortBy(
    panel.columns.filter(({ sorted }) => sorted)
      .map(({ title }) => new common.TableSortByFieldStateBuilder().displayName(title[locale]).desc(false)),
  );
  panel.columns.forEach((column, i) => {
    builder.withTarget(
      target(`sum by (${labels.join(", ")}) (${column.expr})`, "", i)
        .format(PromQueryFormat.Table).instant(),
    );
    builder.overrideByName(column.title[locale], [
      { id: "unit", value: UNITS[column.unit] },
      ...(column.values
        ? [
          { id: "mappings", value: [valueMap(column.values, locale)] },
          { id: "custom.cellOptions", value: { type: common.TableCellDisplayMode.ColorText } },
        ]
        : []),
    ]);
  });
  return builder.build();
}

/** The builders of all kinds share these methods, but no type says so. */
interface CommonBuilder {
  title(title: string): this;
  description(description: string): this;
  datasource(datasource: { type: string; uid: string }): this;
  unit(unit: string): this;
  decimals(decimals: number): this;
  noValue(noValue: string): this;
  thresholds(thresholds: ThresholdsConfigBuilder): this;
}

function withCommon<Builder extends CommonBuilder>(builder: Builder, panel: Panel, locale: Locale): Builder {
  const { title, description, unit, decimals, limits = {} } = panel;
  builder.title(title[locale]).description(description[locale]).datasource(PROMETHEUS).unit(UNITS[unit])
    .noValue(NO_VALUE[locale]).thresholds(new ThresholdsConfigBuilder().steps(steps(limits)));
  if (decimals !== undefined) builder.decimals(decimals);
  return builder;
}

function steps({ warning, critical }: Limits): Threshold[] {
  return [
    { value: null, color: COLORS.good },
    ...(warning === undefined ? [] : [{ value: warning, color: COLORS.warning }]),
    ...(critical === undefined ? [] : [{ value: critical, color: COLORS.critical }]),
  ];
}

function hasLimits({ warning, critical }: Limits): boolean {
  return warning !== undefined || critical !== undefined;
}

function valueMap(values: readonly ValueName[], locale: Locale) {
  return {
    type: MappingType.ValueToText as const,
    options: Object.fromEntries(
      values.map(({ value, text, color }, index) => [
        String(value),
        { text: text[locale], color: COLORS[color], index },
      ]),
    ),
  };
}

function queryTarget({ expr, legend }: Query, index: number, locale: Locale): DataqueryBuilder {
  return target(expr, typeof legend === "string" ? legend : legend[locale], index);
}

function target(expr: string, legend: string, index: number): DataqueryBuilder {
  return new DataqueryBuilder().refId(refId(index)).datasource(PROMETHEUS).editorMode(QueryEditorMode.Code)
    .expr(expr).legendFormat(legend);
}

/** A, B, C and so on: how Grafana tells the queries of a panel apart. */
function refId(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + index);
}
