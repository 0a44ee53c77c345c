/** A dashboard as Grafana loads it, as far as it is drawn here. Reading is total: what is odd is left out, never thrown at the reader. */

import * as z from "zod";
import type { Dashboard, Field, Kind, Panel, Row } from "./dashboard.ts";

export type {
  Dashboard,
  Field,
  Kind,
  Organize,
  Override,
  Panel,
  Row,
  Target,
  Variable,
} from "./dashboard.ts";

/** Text, or nothing where something else stands. */
const text = z.string().catch("");
const maybeText = z.string().optional().catch(undefined);
const maybeNumber = z.number().optional().catch(undefined);
const flag = z.boolean().catch(false);
/** Those of a list that can be read. */
function listOf<Item>(item: z.ZodType<Item>) {
  return z.array(item.nullable().catch(null)).catch([]).transform((all) =>
    all.filter((each) => each !== null)
  );
}

const step = z.object({ value: z.number().nullable().catch(null), color: text });
const steps = z.object({ mode: text, steps: listOf(step) }).catch({ mode: "", steps: [] });
const link = z.object({ title: text, url: z.string(), type: text });
const named = z.object({ text: maybeText, color: maybeText });
const mapping = z.discriminatedUnion("type", [
  z.object({ type: z.literal("value"), options: z.record(z.string(), named) }),
  z.object({
    type: z.literal("range"),
    options: z.object({
      from: z.number().nullable().catch(null),
      to: z.number().nullable().catch(null),
      result: named,
    }),
  }),
  z.object({ type: z.literal("special"), options: z.object({ match: text, result: named }) }),
  z.object({ type: z.literal("regex"), options: z.object({ pattern: text, result: named }) }),
]);

/** An object as it is; an empty one in the place of anything else. */
function recordOf(given: unknown): object {
  return typeof given === "object" && given !== null && !Array.isArray(given) ? given : {};
}

/** A threshold: its colour holds from its value up; the first has none. */
export type Step = z.output<typeof step>;
/** Text and colour that stand for values. */
export type Mapping = z.output<typeof mapping>;
/** Where a click leads, as it is written in the model. */
export type ModelLink = z.output<typeof link>;

const KINDS: Readonly<Record<string, Kind>> = {
  timeseries: "graph",
  stat: "stat",
  bargauge: "bars",
  gauge: "gauge",
  "state-timeline": "timeline",
  table: "table",
  text: "text",
};

const custom = z.object({
  drawStyle: z.string().catch("line"),
  fillOpacity: z.number().min(0).max(100).catch(10),
  lineWidth: z.number().min(0).max(10).catch(1),
  showPoints: text,
  spanNulls: z.union([z.boolean(), z.number().transform(() => true)]).catch(false),
  stacking: z.object({ mode: text }).catch({ mode: "none" }),
  thresholdsStyle: z.object({ mode: text }).catch({ mode: "off" }),
  transform: text,
  lineStyle: z.object({ fill: text }).catch({ fill: "" }),
  scaleDistribution: z.object({ type: text }).catch({ type: "" }),
  cellOptions: z.object({ type: text }).catch({ type: "auto" }),
  width: maybeNumber,
});
const defaults = z.object({
  unit: text,
  decimals: maybeNumber,
  min: maybeNumber,
  max: maybeNumber,
  noValue: text,
  displayName: maybeText,
  thresholds: steps,
  mappings: listOf(mapping),
  links: listOf(link),
  color: z.object({ mode: text, fixedColor: maybeText }).catch({ mode: "", fixedColor: undefined }),
  custom: z.unknown().default({}).transform((given) => custom.parse(recordOf(given))),
});
const property = z.object({ id: z.string(), value: z.unknown().optional() });
const override = z.object({
  matcher: z.object({ id: z.string(), options: z.string() }),
  properties: listOf(property),
});
const target = z.object({
  refId: text,
  expr: z.string(),
  legendFormat: text,
  instant: flag,
  hide: flag,
});
const organize = z.object({
  excludeByName: z.record(z.string(), z.boolean()).catch({}),
  indexByName: z.record(z.string(), z.number()).catch({}),
  renameByName: z.record(z.string(), z.string()).catch({}),
});
const panelShape = z.object({
  id: z.number().catch(0),
  type: text,
  title: text,
  description: text,
  gridPos: z.object({
    w: z.number().min(1).max(24).catch(12),
    h: z.number().min(1).max(40).catch(8),
  }).catch({ w: 12, h: 8 }),
  targets: listOf(target),
  fieldConfig: z.object({ defaults: z.unknown().optional(), overrides: listOf(override) }).catch({
    defaults: {},
    overrides: [],
  }),
  links: listOf(link),
  transformations: listOf(z.object({ id: z.string(), options: z.unknown().optional() })),
  options: z.object({
    textMode: text,
    colorMode: text,
    graphMode: text,
    content: text,
    sortBy: listOf(z.object({ displayName: z.string(), desc: flag })),
    legend: z.object({ showLegend: z.boolean().catch(true) }).catch({ showLegend: true }),
  }).catch({
    textMode: "",
    colorMode: "",
    graphMode: "",
    content: "",
    sortBy: [],
    legend: { showLegend: true },
  }),
  collapsed: flag,
  panels: z.array(z.unknown()).catch([]),
});
const variableShape = z.object({
  name: z.string().regex(/^\w+$/),
  label: text,
  type: text,
  query: z.union([
    z.string(),
    z.object({ query: z.string() }).transform(({ query }) => query),
  ]).catch(""),
  definition: text,
  multi: flag,
  includeAll: flag,
  allValue: maybeText,
  current: z.object({ value: z.union([z.string().transform((one) => [one]), z.array(z.string())]) })
    .transform(({ value }) => value).catch([]),
  hide: z.number().catch(0),
});
const shape = z.object({
  uid: z.string().regex(/^[\w-]{1,80}$/),
  title: text,
  description: text,
  time: z.object({ from: z.string(), to: z.string() }).catch({ from: "now-6h", to: "now" }),
  refresh: text,
  templating: z.object({ list: listOf(variableShape) }).catch({ list: [] }),
  panels: z.array(z.unknown()).catch([]),
  links: listOf(link.extend({ url: text })),
});

const DRAWN_STYLES = ["line", "bars", "points"];
const DRAWN_TRANSFORMATIONS = ["merge", "organize"];
const DRAWN_OVERRIDES = ["byName", "byFrameRefID"];

/** The dashboard in `json`; undefined when it is none, as it has no uid. */
export function readDashboard(json: unknown): Dashboard | undefined {
  const parsed = shape.safeParse(json);
  if (!parsed.success) return undefined;
  const { uid, title, description, time, refresh, templating, panels, links } = parsed.data;
  return {
    uid,
    title: title || uid,
    description,
    ...time,
    refresh,
    variables: templating.list.map(({ hide, definition, query, label, name, ...rest }) => ({
      ...rest,
      name,
      label: label || name,
      query: query || definition,
      hidden: hide === 2,
    })),
    rows: readRows(panels),
    links: links.filter(({ type, url }) => type === "link" && url !== ""),
  };
}

function readRows(panels: readonly unknown[]): Row[] {
  const rows: { id: number; title: string; collapsed: boolean; panels: Panel[] }[] = [];
  for (const given of panels) {
    const parsed = panelShape.safeParse(given);
    if (!parsed.success) continue;
    const { id, type, title, collapsed, panels: inner } = parsed.data;
    if (type === "row") {
      rows.push({ id, title, collapsed, panels: inner.flatMap((each) => readPanel(each)) });
      continue;
    }
    if (rows.length === 0) rows.push({ id: 0, title: "", collapsed: false, panels: [] });
    rows.at(-1)!.panels.push(...readPanel(given));
  }
  return rows.filter(({ panels }) => panels.length > 0);
}

function readPanel(given: unknown): Panel[] {
  const parsed = panelShape.safeParse(given);
  if (!parsed.success) return [];
  const { id, type, title, description, gridPos, targets, fieldConfig, links, transformations, options } =
    parsed.data;
  const kind = KINDS[type] ?? "other";
  const organized = transformations.find(({ id }) => id === "organize");
  const settings = defaults.parse(recordOf(fieldConfig.defaults));
  return [{
    id,
    kind,
    type,
    unsupported: [
      ...transformations.map(({ id }) => id).filter((id) => !DRAWN_TRANSFORMATIONS.includes(id)),
      ...fieldConfig.overrides.map(({ matcher }) => matcher.id).filter((id) => !DRAWN_OVERRIDES.includes(id)),
      ...DRAWN_STYLES.includes(settings.custom.drawStyle) ? [] : [settings.custom.drawStyle],
      ...["", "linear"].includes(settings.custom.scaleDistribution.type)
        ? []
        : [settings.custom.scaleDistribution.type],
    ],
    title,
    description,
    width: Math.round(gridPos.w),
    height: Math.round(gridPos.h),
    targets: targets.filter(({ hide, expr }) => !hide && expr !== "").map((
      { refId, expr, legendFormat, instant },
    ) => ({ refId, expr, legend: legendFormat, instant })),
    field: fieldOf(settings),
    overrides: fieldConfig.overrides.map(({ matcher, properties }) => ({
      by: matcher.id,
      of: matcher.options,
      field: Object.assign({}, ...properties.map(({ id, value }) => propertyOf(id, value))),
    })),
    links,
    textMode: options.textMode,
    coloured: options.colorMode !== "none",
    spark: options.graphMode === "area",
    sortBy: options.sortBy,
    organize: organize.catch({ excludeByName: {}, indexByName: {}, renameByName: {} }).parse(
      recordOf(organized?.options),
    ),
    markdown: kind === "text" ? options.content : "",
    legendShown: options.legend.showLegend,
  }];
}

function fieldOf({ thresholds, color, custom: own, ...rest }: z.output<typeof defaults>): Field {
  return {
    ...rest,
    steps: thresholds.steps,
    percentSteps: thresholds.mode === "percentage",
    color: color.mode === "fixed" ? color.fixedColor : undefined,
    below: own.transform === "negative-Y",
    stacked: own.stacking.mode === "normal",
    fillPercent: own.fillOpacity,
    lineWidth: own.lineWidth,
    dashed: own.lineStyle.fill === "dash",
    bars: own.drawStyle === "bars",
    points: own.drawStyle === "points" || own.showPoints === "always",
    spanNulls: own.spanNulls,
    thresholdLines: !["off", ""].includes(own.thresholdsStyle.mode),
    cell: own.cellOptions.type,
    widthPx: own.width,
  };
}

const OVERRIDABLE: Readonly<Record<string, readonly (keyof Field)[]>> = {
  unit: ["unit"],
  decimals: ["decimals"],
  min: ["min"],
  max: ["max"],
  noValue: ["noValue"],
  displayName: ["displayName"],
  thresholds: ["steps", "percentSteps"],
  mappings: ["mappings"],
  links: ["links"],
  color: ["color"],
  "custom.transform": ["below"],
  "custom.stacking": ["stacked"],
  "custom.fillOpacity": ["fillPercent"],
  "custom.lineWidth": ["lineWidth"],
  "custom.lineStyle": ["dashed"],
  "custom.drawStyle": ["bars", "points"],
  "custom.spanNulls": ["spanNulls"],
  "custom.cellOptions": ["cell"],
  "custom.width": ["widthPx"],
};

/** One property of an override, read as the same key of the defaults is. */
function propertyOf(id: string, value: unknown): Partial<Field> {
  const keys = OVERRIDABLE[id] ?? [];
  const given = id.startsWith("custom.")
    ? { custom: { [id.slice("custom.".length)]: value } }
    : { [id]: value };
  const field = fieldOf(defaults.parse(given));
  return Object.fromEntries(keys.map((key) => [key, field[key]]));
}
