/** What can be wrong with a dashboard's panels. */

import { type DashboardScope, type Fault, nameOf, quoted } from "./faults.ts";
import { panelsOf } from "./queries.ts";
import type { JsonPath } from "./json_places.ts";
import { isKnownUnit, unitCure } from "./units.ts";

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
const WITHOUT_NUMBERS = new Set(["alertlist", "annolist", "dashlist", "logs", "row", "text"]);

/** Columns of Grafana's grid. */
const COLUMNS = 24;

/** Panels without id, title or description, of types that are gone, without queries. */
export function panelFaults({ dashboard }: DashboardScope): Fault[] {
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
    if (type === "row") return faults;
    if (!("description" in panel && panel.description?.trim())) {
      faults.push({
        severity: "warning",
        path,
        message: `${name} has no description`,
        cure: "Say what it shows and from when on it is bad",
      });
    }
    return [...faults, ...targetFaults(panel, path)];
  });
}

/** A panel that asks nothing, or two queries by the same letter. */
function targetFaults(panel: object & { title?: string; type?: string }, path: JsonPath): Fault[] {
  const name = nameOf(panel, path);
  const targets = "targets" in panel && Array.isArray(panel.targets) ? panel.targets : [];
  if (targets.length === 0) {
    return WITHOUT_NUMBERS.has(panel.type ?? "")
      ? []
      : [{ path, message: `${name} asks nothing: it has no query`, cure: "Give it a query, or remove it" }];
  }
  const letters = targets.map(({ refId }) => refId);
  return letters.flatMap((refId, i): Fault[] =>
    letters.indexOf(refId) === i ? [] : [{
      path: [...path, "targets", i],
      message: `${name} has two queries by the letter ${quoted(refId)}: Grafana shows only one of them`,
      cure: "Give each query its own letter",
    }]
  );
}

/** A panel without a unit, or with one that Grafana does not know. */
export function unitFaults({ dashboard }: DashboardScope): Fault[] {
  return panelsOf(dashboard).flatMap(({ panel, path }): Fault[] => {
    if (WITHOUT_NUMBERS.has(panel.type)) return [];
    const name = nameOf(panel, path);
    const config = "fieldConfig" in panel ? panel.fieldConfig : undefined;
    const unit = config?.defaults?.unit;
    const units = [
      ...(unit ? [{ at: [...path, "fieldConfig", "defaults", "unit"], unit }] : []),
      ...(config?.overrides ?? []).flatMap(({ properties }, i) =>
        properties.flatMap(({ id, value }, j) =>
          id === "unit"
            ? [{
              at: [...path, "fieldConfig", "overrides", i, "properties", j, "value"],
              unit: String(value),
            }]
            : []
        )
      ),
    ];
    return [
      ...(unit ? [] : [{
        path,
        message: `${name} has no unit`,
        cure: "Say what its numbers are: without a unit 0.97 may be a share, seconds or bytes",
      }]),
      ...units.filter((one) => !isKnownUnit(one.unit)).map((one): Fault => ({
        path: one.at,
        message: `${name} has the unit ${
          quoted(one.unit)
        }, which Grafana does not know: it would be shown as a word`,
        cure: unitCure(one.unit),
      })),
    ];
  });
}

const ID_CURE = "Number the panels of a dashboard from 1, each number once";

/** Panels outside the grid, or over one another. */
export function gridFaults({ dashboard }: DashboardScope): Fault[] {
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
