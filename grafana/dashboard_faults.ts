/** What can be wrong with a dashboard's structure. */

import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { type JsonPath, walk } from "./json_places.ts";
import { panelsOf, variablesIn } from "./queries.ts";

/** One thing that is wrong in a dashboard. */
export interface Fault {
  /** The value it is about. */
  readonly path: JsonPath;
  /** Characters of that value's text before the place; 0 by default. */
  readonly skip?: number;
  /** One sentence: capital first, no full stop. */
  readonly message: string;
  readonly cure: string;
}

/** A dashboard, and what it may refer to. */
export interface DashboardScope {
  readonly dashboard: Dashboard;
  /** Type of each provisioned datasource, by uid. */
  readonly datasources: ReadonlyMap<string, string>;
  /** The dashboards that stand in other files. */
  readonly others: readonly Dashboard[];
}

/** The SDK's schema version: Grafana migrates older ones each time it loads them. */
const SCHEMA_VERSION = 42;

/** Panels that Grafana itself brings and still supports. */
const PANEL_TYPES = new Set([
  "alertlist",
  "annolist",
  "barchart",
  "bargauge",
  "candlestick",
  "canvas",
  "dashlist",
  "gauge",
  "geomap",
  "heatmap",
  "histogram",
  "logs",
  "nodeGraph",
  "piechart",
  "row",
  "stat",
  "state-timeline",
  "status-history",
  "table",
  "text",
  "timeseries",
  "trend",
  "xychart",
]);

/** Panels without numbers. */
const WITHOUT_UNIT = new Set(["alertlist", "annolist", "dashlist", "logs", "row", "text"]);

/** Datasources that need no provisioning. */
const BUILT_IN_DATASOURCES = new Set(["grafana", "-- Grafana --", "-- Mixed --", "-- Dashboard --"]);

/** Variables that Grafana sets, beside those that start with two underscores and an interval or a range. */
const BUILT_IN_VARIABLES =
  /^(timeFilter|__(interval|rate_interval|range|from|to)(_s|_ms)?|__(all|dashboard|org|user|name|field|value|data|series|cell|url_time_range|all_variables|timezone))$/;

/** Columns of Grafana's grid. */
const COLUMNS = 24;

/** Everything that is wrong with `scope.dashboard`. */
export function dashboardFaults(scope: DashboardScope): Fault[] {
  return [
    ...identityFaults(scope),
    ...panelFaults(scope),
    ...gridFaults(scope),
    ...datasourceFaults(scope),
    ...variableFaults(scope),
    ...linkFaults(scope),
  ];
}

function identityFaults({ dashboard, others }: DashboardScope): Fault[] {
  const faults: Fault[] = [];
  const { uid, title, schemaVersion } = dashboard;
  if (typeof uid !== "string" || !/^[a-zA-Z0-9_-]{1,40}$/.test(uid)) {
    faults.push({
      path: ["uid"],
      message: `Dashboard uid is ${quoted(uid)}, expected at most 40 letters, digits, "-" and "_"`,
      cure: "Give the dashboard a fixed uid: links and bookmarks hold it",
    });
  } else if (others.some((other) => other.uid === uid)) {
    faults.push({
      path: ["uid"],
      message: `Dashboard uid "${uid}" is used by two dashboards: Grafana loads only one of them`,
      cure: "Give each dashboard its own uid",
    });
  }
  if (!title) faults.push({ path: ["title"], message: "Dashboard has no title", cure: "Give it a title" });
  if (schemaVersion !== SCHEMA_VERSION) {
    faults.push({
      path: ["schemaVersion"],
      message: `Schema version is ${quoted(schemaVersion)}, expected ${SCHEMA_VERSION}`,
      cure: "Build the dashboard with the SDK that deno.json names",
    });
  }
  if ("__inputs" in dashboard) {
    faults.push({
      path: ["__inputs"],
      message: "Dashboard is an export for sharing: provisioning leaves its inputs unresolved",
      cure: "Refer to datasources by their uid and remove `__inputs`",
    });
  }
  return faults;
}

function panelFaults({ dashboard }: DashboardScope): Fault[] {
  const seen = new Map<number, string>();
  return panelsOf(dashboard).flatMap(({ panel, path }) => {
    const faults: Fault[] = [];
    const { id, title, type } = panel;
    const name = nameOf(panel, path);
    if (!title?.trim()) {
      faults.push({ path, message: `${name} has no title`, cure: "Give the panel a title" });
    }
    if (!Number.isInteger(id) || id! < 1) {
      faults.push({ path, message: `${name} has the id ${quoted(id)}, expected 1 or more`, cure: ID_CURE });
    } else if (seen.has(id!)) {
      faults.push({
        path: [...path, "id"],
        message: `${name} has the id ${id}, which ${seen.get(id!)} has already`,
        cure: ID_CURE,
      });
    } else seen.set(id!, name);
    if (!PANEL_TYPES.has(type)) {
      faults.push({
        path: [...path, "type"],
        message: `${name} is of the type ${quoted(type)}, which Grafana no longer has or never brought`,
        cure: 'Use a panel type of today, such as "timeseries", "stat" or "table"',
      });
    }
    if (!WITHOUT_UNIT.has(type) && !("fieldConfig" in panel && panel.fieldConfig?.defaults?.unit)) {
      faults.push({
        path,
        message: `${name} has no unit`,
        cure: "Say what its numbers are: without a unit 0.97 may be a share, seconds or bytes",
      });
    }
    return faults;
  });
}

const ID_CURE = "Number the panels of a dashboard from 1, each number once";

function gridFaults({ dashboard }: DashboardScope): Fault[] {
  const taken = new Map<string, string>();
  return panelsOf(dashboard).flatMap(({ panel, path }): Fault[] => {
    const { x, y, w, h } = panel.gridPos ?? {};
    const name = nameOf(panel, path);
    const cure = "Let the layout place the panels";
    if (
      ![x, y, w, h].every(Number.isInteger) || x! < 0 || y! < 0 || w! < 1 || h! < 1 || x! + w! > COLUMNS
    ) {
      const message = `${name} does not lie in the grid of ${COLUMNS} columns: ${
        JSON.stringify(panel.gridPos)
      }`;
      return [{ path, message, cure }];
    }
    const overlapped = new Set<string>();
    // The panels of a closed row lie where they will be once it is open: Grafana moves what follows.
    const row = path.length > 2 ? path[1] : "";
    for (let column = x!; column < x! + w!; column++) {
      for (let line = y!; line < y! + h!; line++) {
        const cell = `${row}:${column},${line}`;
        if (taken.has(cell)) overlapped.add(taken.get(cell)!);
        taken.set(cell, name);
      }
    }
    return [...overlapped].map((other) => ({
      path: [...path, "gridPos"],
      message: `${name} lies over ${other}`,
      cure,
    }));
  });
}

function datasourceFaults({ dashboard, datasources }: DashboardScope): Fault[] {
  return [...walk(dashboard)].flatMap(({ path, value }): Fault[] => {
    if (path.at(-1) !== "datasource") return [];
    const { uid, type } = (value ?? {}) as { uid?: string; type?: string };
    if (BUILT_IN_DATASOURCES.has(uid!)) return [];
    const known = [...datasources.keys()].map((name) => `"${name}"`).join(" or ");
    if (!datasources.has(uid!)) {
      return [{
        path,
        message: `Datasource uid is ${quoted(uid ?? value)}, which is not provisioned`,
        cure: `Refer to ${known}`,
      }];
    }
    if (type !== datasources.get(uid!)) {
      return [{
        path,
        message: `Datasource "${uid}" is of the type "${datasources.get(uid!)}", not ${quoted(type)}`,
        cure: "Give the type that is provisioned",
      }];
    }
    return [];
  });
}

function variableFaults({ dashboard }: DashboardScope): Fault[] {
  const own = new Set(dashboard.templating?.list?.map(({ name }) => name));
  return [...walk(dashboard)].flatMap(({ path, value }) => {
    // The dashboard's own description is no template.
    if (typeof value !== "string" || path.at(-1) === "description") return [];
    return [...new Set(variablesIn(value))]
      .filter((name) => !own.has(name) && !BUILT_IN_VARIABLES.test(name))
      .map((name) => ({
        path,
        message:
          `Variable "${name}" does not exist in this dashboard: Grafana leaves it in the text as it is`,
        cure: own.size === 0 ? "Add it to the dashboard's variables" : `Add it, or use ${list(own)}`,
      }));
  });
}

function linkFaults({ dashboard, others }: DashboardScope): Fault[] {
  const all = [dashboard, ...others];
  const uids = new Set(all.map(({ uid }) => uid));
  const tags = new Set(others.flatMap(({ tags = [] }) => tags));
  const byUrl = [...walk(dashboard)].flatMap(({ path, value }): Fault[] => {
    const uid = typeof value === "string" && path.at(-1) === "url" && /(?:^|\/)d\/([^/?]+)/.exec(value)?.[1];
    // What a row of a table names is not known here.
    if (!uid || uid.startsWith("$") || uids.has(uid)) return [];
    return [{
      path,
      message: `Link leads to the dashboard "${uid}", which does not exist`,
      cure: `Use one of ${list(uids)}`,
    }];
  });
  const byTag = (dashboard.links ?? []).flatMap((link, i): Fault[] => {
    if (link.type !== "dashboards" || others.length === 0 || link.tags.some((tag) => tags.has(tag))) {
      return [];
    }
    return [{
      path: ["links", i],
      message: `Link "${link.title}" leads to dashboards tagged ${
        list(link.tags)
      }, which no other dashboard is`,
      cure: `Use one of the tags ${list(tags)}`,
    }];
  });
  return [...byUrl, ...byTag];
}

/** How a message calls a panel. */
export function nameOf({ title }: { title?: string }, path: JsonPath): string {
  return title?.trim() ? `Panel "${title}"` : `Panel at ${path.join(".")}`;
}

function quoted(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value);
}

function list(names: Iterable<string | undefined>): string {
  return [...names].map((name) => `"${name}"`).join(", ");
}
