/** What a dashboard is, and how it becomes the JSON that Grafana loads. */

import {
  type AnnotationQuery,
  AnnotationQueryBuilder,
  type Dashboard as BuiltDashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
  type GridPos,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import type { Locale, Text } from "../../lib/text.ts";
import { durationMs } from "../../lib/units.ts";
import type { GrafanaLinks } from "../links.ts";
import { buildPanel, COLORS, HEIGHTS, type Panel, WIDTHS } from "../panels.ts";
import { grafanaInterval, PROMETHEUS } from "../provisioning.ts";
import type { GrafanaSettings } from "../schema.ts";

/** One dashboard. A new one is one file that exports one of these, and one line in mod.ts. */
export interface Dashboard {
  /** Fixed, `vigie-…`: links and bookmarks hold it. The file is named after what follows `vigie-`. */
  readonly uid: `vigie-${string}`;
  readonly title: Text;
  readonly description: Text;
  /** What the reader can choose, in the order shown. */
  readonly variables: readonly Variable[];
  /** Selector of the alerts that are marked in its graphs: matchers, without braces. */
  readonly alerts: string;
  /** Whether it has anything to show in this stack; yes by default. */
  readonly shown?: (links: GrafanaLinks) => boolean;
  readonly rows: (links: GrafanaLinks, locale: Locale) => readonly Row[];
}

/** A group of panels under one heading; without a title it stands at the top, without heading. */
export interface Row {
  readonly title?: Text;
  /** From left to right; a line ends where the next panel would not fit into 24 columns. */
  readonly panels: readonly Panel[];
}

/** A choice at the top of a dashboard: the values of a label. */
export interface Variable {
  readonly name: string;
  readonly label: Text;
  /** Series whose label is offered. */
  readonly selector: string;
  /** The label. */
  readonly of: string;
  /** What is chosen at first, when it exists; else the first value. */
  readonly initial?: string;
}

const COLUMNS = 24;
const TAG = "vigie";
const GENERATED: Text = {
  fr: "Généré depuis config.ts par `deno task generate` : pour le changer, changez config.ts.",
  en: "Generated from config.ts by `deno task generate`: to change it, change config.ts.",
};
const OTHERS: Text = { fr: "Tableaux de bord Vigie", en: "Vigie dashboards" };
const FIRING: Text = { fr: "Alertes en cours", en: "Firing alerts" };

/** What Grafana loads for `dashboard`: ids count from 1 in reading order, every line of panels fills the grid. */
export function buildDashboard(
  dashboard: Dashboard,
  settings: GrafanaSettings,
  locale: Locale,
  links: GrafanaLinks,
): BuiltDashboard {
  const builder = new DashboardBuilder(dashboard.title[locale])
    .uid(dashboard.uid)
    .description(`${dashboard.description[locale]} ${GENERATED[locale]}`)
    .tags([TAG, "generated"])
    .timezone("browser")
    .time({ from: "now-6h", to: "now" })
    .refresh(grafanaInterval(durationMs(settings.refresh) / 1_000))
    .tooltip(DashboardCursorSync.Crosshair)
    .variables(dashboard.variables.map((variable) => buildVariable(variable, locale)))
    .annotation({ build: () => buildAlertMarks(dashboard.alerts, locale) })
    .link({ build: () => buildLink(locale) });
  let id = 0;
  let y = 0;
  for (const { title, panels } of dashboard.rows(links, locale)) {
    if (title) {
      builder.withRow(new RowBuilder(title[locale]).id(++id).gridPos({ x: 0, y, w: COLUMNS, h: 1 }));
      y += 1;
    }
    for (const { panel, gridPos } of layOut(panels, y)) {
      const built = { ...buildPanel(panel, locale), id: ++id, gridPos };
      builder.withPanel({ build: () => built });
      y = gridPos.y + gridPos.h;
    }
  }
  return builder.build();
}

/**
 * Positions of `panels`, from left to right and from line `y` down. Each line is as high as its highest panel and is
 * widened to the whole grid, so that a panel that is left out leaves no hole.
 *
 * @throws {RangeError} when a panel is wider than the grid.
 */
export function layOut(panels: readonly Panel[], y: number): { panel: Panel; gridPos: GridPos }[] {
  const lines: Panel[][] = [];
  let used = COLUMNS;
  for (const panel of panels) {
    const width = widthOf(panel);
    if (!(Number.isInteger(width) && width >= 1 && width <= COLUMNS)) {
      throw new RangeError(`Cannot place "${panel.title.en}": width is ${width}, expected 1 to ${COLUMNS}`);
    }
    if (used + width > COLUMNS) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)!.push(panel);
    used += width;
  }
  return lines.flatMap((line) => {
    const height = Math.max(...line.map(({ kind }) => HEIGHTS[kind]));
    const total = line.reduce((sum, panel) => sum + widthOf(panel), 0);
    let sum = 0;
    const placed = line.map((panel) => {
      const x = Math.round(sum * COLUMNS / total);
      sum += widthOf(panel);
      return { panel, gridPos: { x, y, w: Math.round(sum * COLUMNS / total) - x, h: height } };
    });
    y += height;
    return placed;
  });
}

function widthOf({ kind, width = WIDTHS[kind] }: Panel): number {
  return width;
}

function buildVariable(
  { name, label, selector, of, initial }: Variable,
  locale: Locale,
): QueryVariableBuilder {
  const query = `label_values(${selector}, ${of})`;
  const builder = new QueryVariableBuilder(name)
    .label(label[locale])
    .datasource(PROMETHEUS)
    // qryType 1 is "label values": without it Grafana's editor shows the query as raw text.
    .query({ qryType: 1, query, refId: "PrometheusVariableQueryEditor-VariableQuery" })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc);
  if (initial !== undefined) builder.current({ text: initial, value: initial });
  return builder;
}

function buildAlertMarks(matchers: string, locale: Locale): AnnotationQuery {
  const expr = `ALERTS{alertstate="firing",severity!="none"${matchers && `,${matchers}`}}`;
  const query = new AnnotationQueryBuilder()
    .name(FIRING[locale])
    .datasource(PROMETHEUS)
    .enable(true)
    .iconColor(COLORS.critical)
    .titleFormat("{{alertname}}")
    .textFormat("{{instance}}")
    .tagKeys("severity")
    .target(new DataqueryBuilder().refId("Anno").expr(expr).range()).build();
  return abovePanels(query);
}

function buildLink(locale: Locale): DashboardLink {
  const link = new DashboardLinkBuilder(OTHERS[locale]).type(DashboardLinkType.Dashboards).tags([TAG])
    .keepTime(true)
    .build();
  return abovePanels(link);
}

/** `item` above the panels: the SDK's default hides it in a menu. */
function abovePanels<Item extends { placement?: unknown }>(item: Item): Item {
  const { placement: _, ...rest } = item;
  return rest as Item;
}
