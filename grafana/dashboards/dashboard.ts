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
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import type { Locale, Text } from "../../lib/text.ts";
import { durationMs } from "../../lib/units.ts";
import type { GrafanaLinks } from "../links.ts";
import { COLORS, type Link, type Panel } from "../panel.ts";
import { buildPanel } from "../panels.ts";
import { grafanaInterval, PROMETHEUS } from "../provisioning.ts";
import type { GrafanaSettings } from "../schema.ts";
import { COLUMNS, layOut } from "./layout.ts";

/** One dashboard. A new one is one file that exports one of these, and one line in mod.ts. */
export interface Dashboard {
  /** Fixed, `vigie-…`: links and bookmarks hold it. The file is named after what follows `vigie-`. */
  readonly uid: `vigie-${string}`;
  readonly title: Text;
  readonly description: Text;
  /** What the reader can choose, in the order shown. */
  readonly variables: readonly Variable[];
  /** Matchers, without braces, of the alerts that are marked in its graphs and of the scrape targets that it shows. */
  readonly alerts: string;
  /** Links at its top, beside the one to the other dashboards. */
  readonly links?: readonly Link[];
  /** Whether it has anything to show in this stack; yes by default. */
  readonly shown?: (links: GrafanaLinks) => boolean;
  readonly rows: (links: GrafanaLinks, locale: Locale) => readonly Row[];
}

/** A group of panels under one heading; without a title it stands at the top, without heading. */
export interface Row {
  readonly title?: Text;
  /** Whether it is closed at first: Grafana asks for the data of its panels only once it is opened. */
  readonly collapsed?: boolean;
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
  /** Whether all of them, or some, may be chosen; all are at first. Queries see all as `.*`. */
  readonly all?: boolean;
}

const TAG = "vigie";
const GENERATED: Text = {
  fr: "Généré depuis config.ts par `deno task generate` : pour le changer, changez config.ts.",
  en: "Generated from config.ts by `deno task generate`: to change it, change config.ts.",
};
const OTHERS: Text = { fr: "Tableaux de bord Vigie", en: "Vigie dashboards" };
const FIRING: Text = { fr: "Alertes en cours", en: "Firing alerts" };
const ALL: Text = { fr: "Tous", en: "All" };

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
    .links([buildOthersLink(locale), ...(dashboard.links ?? []).map((link) => buildLink(link, locale))]
      .map((link) => ({ build: () => abovePanels(link) })));
  let id = 0;
  let y = 0;
  for (const { title, collapsed = false, panels } of dashboard.rows(links, locale)) {
    const row = title && new RowBuilder(title[locale]).id(++id).gridPos({ x: 0, y: y++, w: COLUMNS, h: 1 });
    const placed = layOut(panels, y).map(({ panel, gridPos }) => {
      const built = { ...buildPanel(panel, locale, dashboard.alerts), id: ++id, gridPos };
      return { build: () => built };
    });
    if (row && collapsed) {
      for (const panel of placed) row.withPanel(panel);
      builder.withRow(row);
      continue;
    }
    if (row) builder.withRow(row);
    for (const panel of placed) {
      builder.withPanel(panel);
      const { gridPos } = panel.build();
      y = gridPos.y + gridPos.h;
    }
  }
  return builder.build();
}

function buildVariable(
  { name, label, selector, of, initial, all = false }: Variable,
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
  if (all) {
    // Series without the label belong to all of them, too: the list of the values would leave them out.
    builder.includeAll(true).allValue(".*").multi(true).current({ text: [ALL[locale]], value: ["$__all"] });
  }
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

function buildOthersLink(locale: Locale): DashboardLink {
  return new DashboardLinkBuilder(OTHERS[locale]).type(DashboardLinkType.Dashboards).tags([TAG])
    .asDropdown(true).keepTime(true).build();
}

function buildLink({ title, to }: Link, locale: Locale): DashboardLink {
  const builder = new DashboardLinkBuilder(title[locale]).type(DashboardLinkType.Link).url(to);
  // Grafana adds the time range by itself here.
  return to.startsWith("/d/") ? builder.icon("dashboard").keepTime(true).build() : builder.build();
}

/** `item` above the panels: the SDK's default hides it in a menu. */
function abovePanels<Item extends { placement?: unknown }>(item: Item): Item {
  const { placement: _, ...rest } = item;
  return rest as Item;
}
