/** The house style: how every panel looks. A dashboard says what to show (panel.ts); how it is drawn is said here, once. */

import { PanelBuilder as BarsBuilder } from "@grafana/grafana-foundation-sdk/bargauge";
import * as common from "@grafana/grafana-foundation-sdk/common";
import {
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
  FieldColorModeId,
  MappingType,
  type Panel as BuiltPanel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";
import {
  DataqueryBuilder,
  PromQueryFormat,
  QueryEditorMode,
} from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimelineBuilder } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as GraphBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { Locale, Text } from "../lib/text.ts";
import {
  type Bars,
  COLORS,
  type Column,
  type Graph,
  type LabelColumn,
  type Limits,
  type Link,
  NO_VALUE,
  type Panel,
  type Query,
  type Stat,
  type Table,
  type Timeline,
  UNITS,
  type ValueName,
} from "./panel.ts";
import { limitQueries, numbersOf } from "./limit_queries.ts";
import type { Runbook } from "./links.ts";
import { PROMETHEUS } from "./provisioning.ts";

const WHAT_TO_DO: Text = { fr: "Que faire : ", en: "What to do: " };

/**
 * What Grafana loads for `panel`, without id and position.
 *
 * @param scope Matchers of the scrape targets that its dashboard shows, without braces; all of them by default.
 */
export function buildPanel(panel: Panel, locale: Locale, scope = ""): BuiltPanel {
  switch (panel.kind) {
    case "graph":
      return buildGraph(panel, locale, scope);
    case "stat":
      return buildStat(panel, locale);
    case "bars":
      return buildBars(panel, locale);
    case "timeline":
      return buildTimeline(panel, locale);
    case "table":
      return buildTable(panel, locale);
  }
}

function buildGraph(panel: Graph, locale: Locale, scope: string): BuiltPanel {
  const { limits = {}, max, stacked = false, signed = false } = panel;
  const lines = limitQueries(limits, scope);
  const queries = [...panel.queries, ...lines];
  const builder = withCommon(new GraphBuilder(), panel, locale)
    .legend(legendBelow())
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
        hasLimits(limits) && lines.length === 0
          ? common.GraphThresholdsStyleMode.Dashed
          : common.GraphThresholdsStyleMode.Off,
      ),
    );
  if (max !== undefined) builder.max(max);
  // Without a floor Grafana starts the axis at the smallest value, and a flat line looks like a cliff.
  if (!signed && !panel.queries.some(({ below }) => below)) builder.min(0);
  queries.forEach((query, i) => {
    const properties = graphProperties(query);
    builder.withTarget(queryTarget(query, i, locale).range());
    if (properties.length > 0) builder.overrideByQuery(refId(i), properties);
  });
  return builder.build();
}

function graphProperties({ below, color, line }: Query): { id: string; value: unknown }[] {
  return [
    ...(below ? [{ id: "custom.transform", value: common.GraphTransform.NegativeY }] : []),
    ...(color ? [{ id: "color", value: { mode: FieldColorModeId.Fixed, fixedColor: COLORS[color] } }] : []),
    ...(line
      ? [
        { id: "custom.stacking", value: { mode: common.StackingMode.None, group: "A" } },
        { id: "custom.fillOpacity", value: 0 },
        line === "total"
          ? { id: "custom.lineWidth", value: 2 }
          : { id: "custom.lineStyle", value: { fill: "dash", dash: [10, 10] } },
      ]
      : []),
  ];
}

function buildStat(panel: Stat, locale: Locale): BuiltPanel {
  const { limits = {}, values = [], shows } = panel;
  const colored = hasLimits(limits) || values.length > 0;
  const builder = withCommon(new StatBuilder(), panel, locale)
    .reduceOptions(newest())
    .colorMode(colored ? common.BigValueColorMode.Value : common.BigValueColorMode.None)
    .graphMode(common.BigValueGraphMode.None)
    .textMode(
      shows === "legend"
        ? common.BigValueTextMode.Name
        : shows === "both" || panel.queries.length > 1
        ? common.BigValueTextMode.ValueAndName
        : common.BigValueTextMode.Value,
    )
    .justifyMode(common.BigValueJustifyMode.Auto);
  if (values.length > 0) builder.mappings([valueMap(values, locale)]);
  // Over a range, the last value of a host that is gone would still be shown as if it were its value now.
  panel.queries.forEach((query, i) => builder.withTarget(queryTarget(query, i, locale).instant()));
  return builder.build();
}

function buildBars(panel: Bars, locale: Locale): BuiltPanel {
  const builder = withCommon(new BarsBuilder(), panel, locale)
    .reduceOptions(newest())
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .valueMode(common.BarGaugeValueMode.Color)
    .orientation(common.VizOrientation.Horizontal)
    .showUnfilled(true)
    .min(0);
  if (panel.max !== undefined) builder.max(panel.max);
  panel.queries.forEach((query, i) => builder.withTarget(queryTarget(query, i, locale).instant()));
  return builder.build();
}

function buildTimeline(panel: Timeline, locale: Locale): BuiltPanel {
  const builder = withCommon(new TimelineBuilder(), panel, locale)
    .legend(legendBelow())
    .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Single))
    .showValue(common.VisibilityMode.Never)
    .mergeValues(true)
    .rowHeight(0.8)
    .fillOpacity(80)
    .spanNulls(false)
    .mappings([valueMap(panel.values, locale)]);
  panel.queries.forEach((query, i) => builder.withTarget(queryTarget(query, i, locale).range()));
  return builder.build();
}

function buildTable(panel: Table, locale: Locale): BuiltPanel {
  const labels = panel.labels.map(({ label }) => label);
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
          ...Object.fromEntries(panel.labels.map(({ label, title }) => [label, title[locale]])),
          ...Object.fromEntries(panel.columns.map(({ title }, i) => [value(i), title[locale]])),
        },
      },
    })
    .sortBy(
      panel.columns.filter(({ sorted }) => sorted).map(({ title, sorted }) =>
        new common.TableSortByFieldStateBuilder().displayName(title[locale]).desc(sorted === "largest first")
      ),
    );
  for (const column of panel.labels) {
    const properties = labelProperties(column, locale);
    if (properties.length > 0) builder.overrideByName(column.title[locale], properties);
  }
  panel.columns.forEach((column, i) => {
    // Labels that are no columns, such as those that config.ts gives a host, would split rows.
    const expr = `max by (${labels.join(", ")}) (${column.expr})`;
    builder.withTarget(target(expr, "", i).format(PromQueryFormat.Table).instant());
    builder.overrideByName(column.title[locale], columnProperties(column, locale));
  });
  return builder.build();
}

function labelProperties({ links, onlyLinks, values, widthPx }: LabelColumn, locale: Locale) {
  return [
    ...(links ? [{ id: "links", value: dataLinks(links, locale) }] : []),
    ...(onlyLinks
      ? [{ id: "custom.cellOptions", value: { type: common.TableCellDisplayMode.DataLinks } }]
      : []),
    ...(values ? coloredText(values, locale) : []),
    ...(widthPx === undefined ? [] : [{ id: "custom.width", value: widthPx }]),
  ];
}

function columnProperties({ unit, decimals, values, limits, max, links }: Column, locale: Locale) {
  const bar = {
    type: common.TableCellDisplayMode.Gauge,
    mode: common.BarGaugeDisplayMode.Basic,
    valueDisplayMode: common.BarGaugeValueMode.Text,
  };
  return [
    { id: "unit", value: UNITS[unit] },
    ...(decimals === undefined ? [] : [{ id: "decimals", value: decimals }]),
    ...(limits ? [{ id: "thresholds", value: { mode: ThresholdsMode.Absolute, steps: steps(limits) } }] : []),
    ...(max === undefined ? [] : [
      { id: "min", value: 0 },
      { id: "max", value: max },
      { id: "custom.cellOptions", value: bar },
    ]),
    ...(values ? coloredText(values, locale) : []),
    ...(limits && max === undefined && !values
      ? [{ id: "custom.cellOptions", value: { type: common.TableCellDisplayMode.ColorText } }]
      : []),
    ...(links ? [{ id: "links", value: dataLinks(links, locale) }] : []),
  ];
}

function coloredText(values: readonly ValueName[], locale: Locale) {
  return [
    { id: "mappings", value: [valueMap(values, locale)] },
    { id: "custom.cellOptions", value: { type: common.TableCellDisplayMode.ColorText } },
  ];
}

/** Links of values: Grafana wants these three of what the SDK's type has for links of all kinds. */
function dataLinks(links: readonly Link[], locale: Locale): DashboardLink[] {
  return links.map(({ title, to }) =>
    ({ title: title[locale], url: withTime(to), targetBlank: isOutside(to) }) as DashboardLink
  );
}

/** A path to a dashboard with the time range that the reader looks at; anything else as it is. */
function withTime(to: string): string {
  return isOutside(to) || to.includes("__url_time_range")
    ? to
    : `${to}${to.includes("?") ? "&" : "?"}\${__url_time_range}`;
}

function isOutside(to: string): boolean {
  return !to.startsWith("/d/");
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
  dataLinks(links: { build(): DashboardLink }[]): this;
  links(links: DashboardLinkBuilder[]): this;
}

function withCommon<Builder extends CommonBuilder>(builder: Builder, panel: Panel, locale: Locale): Builder {
  const { title, description, unit, decimals, limits = {}, absent = NO_VALUE, links = [] } = panel;
  builder.title(title[locale]).description(description[locale]).datasource(PROMETHEUS).unit(UNITS[unit])
    .noValue(absent[locale])
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps(limits)));
  if (decimals !== undefined) builder.decimals(decimals);
  const runbooks = runbooksOf(panel);
  if (runbooks.length > 0) {
    builder.links(
      runbooks.map(({ alert, url }) =>
        new DashboardLinkBuilder(`${WHAT_TO_DO[locale]}${alert}`).type(DashboardLinkType.Link).url(url)
          .targetBlank(true)
      ),
    );
  }
  if (links.length > 0) builder.dataLinks(dataLinks(links, locale).map((link) => ({ build: () => link })));
  return builder;
}

/** What to do about the alerts whose limits a panel shows. */
function runbooksOf(panel: Panel): Runbook[] {
  const limits = [panel.limits, ...panel.kind === "table" ? panel.columns.map(({ limits }) => limits) : []];
  const runbooks = limits.flatMap((each) => each?.runbook ?? []);
  return [...new Map(runbooks.map((runbook) => [runbook.alert, runbook])).values()];
}

function steps(limits: Limits): Threshold[] {
  const crossed = numbersOf(limits).map(({ severity, value }) => ({ value, color: COLORS[severity] }))
    .sort((a, b) => a.value - b.value);
  if (!limits.below) return [{ value: null, color: COLORS.good }, ...crossed];
  // A colour holds from its value up: the worst one has no beginning, and each limit begins the next better one.
  return [...crossed.map(({ color }) => color), COLORS.good]
    .map((color, i) => ({ value: crossed[i - 1]?.value ?? null, color }));
}

function hasLimits(limits: Limits): boolean {
  return numbersOf(limits).length > 0;
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

function legendBelow(): common.VizLegendOptionsBuilder {
  return new common.VizLegendOptionsBuilder().showLegend(true)
    .displayMode(common.LegendDisplayMode.List).placement(common.LegendPlacement.Bottom);
}

function newest(): common.ReduceDataOptionsBuilder {
  return new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]);
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
