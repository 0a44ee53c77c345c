/** What becomes of dashboards, and of the other settings in files of a service's own. */

import type { Files } from "../../lib/files.ts";
import { fromYaml } from "../../lib/yaml.ts";
import { compareNamed, type Effect, type FieldChange, fieldChanges, named } from "./effect.ts";

type Fields = Readonly<Record<string, unknown>>;

interface Panel extends Fields {
  readonly title?: string;
  readonly type?: string;
  readonly panels?: readonly Panel[];
}

interface Dashboard extends Fields {
  readonly uid?: string;
  readonly title: string;
  readonly panels?: readonly Panel[];
}

/** What becomes of Grafana's dashboards. */
export function dashboardEffects(before: Files, after: Files): Effect[] {
  const [was, is] = [dashboardsOf(before), dashboardsOf(after)];
  const own = ({ panels: _, ...rest }: Dashboard) => rest;
  const worth = ({ title }: Dashboard) => ({ title });
  const both = [...is].filter(([uid]) => was.has(uid));
  return [
    ...compareNamed("dashboard", was, is, (a, b) => fieldChanges(own(a), own(b)), worth),
    ...both.flatMap(([uid, dashboard]) =>
      compareNamed(
        "panel",
        ...paired(panelsOf(was.get(uid)!), panelsOf(dashboard)),
        panelFields,
        ({ type }) => ({ type }),
      )
        .map((effect) => ({ ...effect, name: `${dashboard.title} / ${effect.name}` }))
    ),
  ];
}

function dashboardsOf(files: Files): Map<string, Dashboard> {
  const all = [...files].filter(([path]) => /^grafana\/dashboards\/.+\.json$/.test(path)).map((
    [path, text],
  ) => ({
    path,
    dashboard: JSON.parse(text) as Dashboard,
  }));
  return new Map(all.map(({ path, dashboard }) => [dashboard.uid ?? path, dashboard]));
}

function panelsOf({ panels = [] }: Dashboard): Map<string, Panel> {
  const flat = (panel: Panel): Panel[] => [panel, ...(panel.panels ?? []).flatMap(flat)];
  return named(panels.flatMap(flat), ({ title, type }) => title || `a ${type}`);
}

/** Panels of another title, as in another language, are found again by their number. */
function paired(
  before: ReadonlyMap<string, Panel>,
  after: ReadonlyMap<string, Panel>,
): [Map<string, Panel>, ReadonlyMap<string, Panel>] {
  const found = new Map<string, Panel>();
  for (const [title, panel] of before) {
    const again = after.has(title)
      ? undefined
      : [...after].find(([other, { id, type }]) =>
        !before.has(other) && id === panel.id && type === panel.type
      );
    found.set(again?.[0] ?? title, panel);
  }
  return [found, after];
}

function panelFields(before: Panel, after: Panel): FieldChange[] {
  // A number that only tells panels apart, and what a row holds, which is compared by itself.
  const own = ({ id: _, gridPos: _g, panels: _p, ...rest }: Panel) => rest;
  const fields = fieldChanges(own(before), own(after)).map((change) => ({
    ...change,
    field: nameOf(change.field),
  }));
  if (fields.length > 0) return fields;
  return fieldChanges(before.gridPos, after.gridPos).length > 0 ? [{ field: "place" }] : [];
}

function nameOf(path: string): string {
  if (/^targets\.\d+\.expr$/.test(path)) return "query";
  return path.replace(/^fieldConfig\.defaults\./, "").replace(/^targets\.(\d+)\./, "query $1 ");
}

// What the webhook draws follows from dashboards and rules, which are told by themselves.
const OTHERS =
  /^(?!webhook\/dashboards\/|webhook\/graphs\.json|grafana\/dashboards\/|prometheus\/prometheus\.yml|prometheus\/rules\/|alertmanager\/alertmanager\.yml|webhook\/webhook\.json|compose\.yaml)/;

/** What becomes of every file that nothing else looks into: a line for each value that differs. */
export function otherEffects(before: Files, after: Files): Effect[] {
  const of = (files: Files) =>
    new Map(
      [...files].filter(([path]) => OTHERS.test(path)).map(([path, text]) => [path, parsed(path, text)]),
    );
  return compareNamed(
    "setting",
    of(before),
    of(after),
    (a, b) =>
      typeof a === "string" || typeof b === "string"
        ? a === b ? [] : [{ field: "text" }]
        : fieldChanges(a, b),
  );
}

function parsed(path: string, text: string): unknown {
  if (path.endsWith(".json")) return JSON.parse(text);
  return /\.ya?ml$/.test(path) ? fromYaml(text) : text;
}
