/** Checks of the rendered dashboards: what Grafana would show as an error, or as nothing, only when somebody looks. */

import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { type Check, type CheckContext, type Problem, Skipped } from "../lib/check.ts";
import { identityFaults } from "./dashboard_faults.ts";
import type { DashboardScope, Fault } from "./faults.ts";
import { type JsonPath, jsonPlaces, type Place, placeAt } from "./json_places.ts";
import { gridFaults, panelFaults, unitFaults } from "./panel_faults.ts";
import { dashboardTexts, datasourcesIn } from "./queries.ts";
import { queryFaults } from "./query_faults.ts";
import { shapeFault } from "./shape.ts";
import { datasourceFaults, linkFaults, variableFaults } from "./reference_faults.ts";

type Find = (scope: DashboardScope) => Fault[];

const CHECKS: readonly (readonly [id: string, title: string, find: Find])[] = [
  ["grafana/dashboards", "Grafana loads every dashboard", identityFaults],
  ["grafana/panels", "Every panel has an id, a title, a query, and a type that Grafana has", panelFaults],
  ["grafana/units", "Every panel has a unit that Grafana knows", unitFaults],
  ["grafana/layout", "No panel lies over another", gridFaults],
  ["grafana/datasources", "Every datasource that a dashboard names is provisioned", datasourceFaults],
  [
    "grafana/variables",
    "Every variable that a dashboard uses is there, and the other way round",
    variableFaults,
  ],
  ["grafana/links", "Every link leads to a dashboard", linkFaults],
  ["grafana/queries", "Prometheus takes every query of every dashboard", queryFaults],
];

/** Grafana's offline checks. */
export const checks: readonly Check[] = CHECKS.map(([id, title, find]) => ({
  id,
  title,
  severity: "error",
  online: false,
  run: (context) => problemsIn(context, id, find),
}));

interface ReadDashboard {
  readonly file: string;
  readonly text: string;
  readonly dashboard?: Dashboard;
  readonly wrong?: Place & Pick<Problem, "message" | "cure">;
}

// Read once for all checks of a context.
const read = new WeakMap<CheckContext["files"], readonly ReadDashboard[]>();

function dashboardsOf(files: CheckContext["files"]): readonly ReadDashboard[] {
  const known = read.get(files) ??
    dashboardTexts(files).map(({ file, text }) => ({ file, text, ...parse(text) }));
  read.set(files, known);
  return known;
}

async function problemsIn(
  { files }: Pick<CheckContext, "files">,
  check: string,
  find: Find,
): Promise<Problem[]> {
  const all = dashboardsOf(files);
  if (all.length === 0) throw new Skipped("Grafana is switched off");
  const datasources = new Map(datasourcesIn(files).map(({ uid, type }) => [uid, type]));
  const problems = await Promise.all(all.map(({ file, text, dashboard, wrong }) => {
    const shared = { check, severity: "error" as const, file };
    // One check says that it is no dashboard.
    if (!dashboard) return check === CHECKS[0]![0] ? [{ ...shared, ...wrong! }] : [];
    const others = all.flatMap((other) => other.file === file ? [] : other.dashboard ?? []);
    const faults = find({ dashboard, datasources, others });
    if (faults.length === 0) return [];
    const places = jsonPlaces(text);
    return faults.map(({ path, skip = 0, length, severity = "error", message, cure }): Problem => {
      return {
        ...shared,
        severity,
        ...placeAt(text, offsetOf(places, path) + skip),
        ...(length !== undefined && { length }),
        subject: dashboard.uid ?? undefined,
        message,
        cure,
      };
    });
  }));
  return problems.flat();
}

/** Where a value begins; what is missing has no place of its own: its nearest ancestor has. */
function offsetOf(places: ReturnType<typeof jsonPlaces>, path: JsonPath): number {
  return path.map((_, i) => places(path.slice(0, path.length - i))).find((at) => at !== undefined) ?? 0;
}

/** The dashboard in `text`, or what is wrong with the text. */
function parse(
  text: string,
): { dashboard?: Dashboard; wrong?: Place & Pick<Problem, "message" | "cure"> } {
  const cure = "Run `deno task generate` to write the file again";
  try {
    const dashboard = JSON.parse(text);
    if (typeof dashboard === "object" && dashboard !== null && !Array.isArray(dashboard)) {
      const fault = shapeFault(dashboard);
      if (!fault) return { dashboard };
      const offset = offsetOf(jsonPlaces(text), fault.path);
      return {
        wrong: { ...placeAt(text, offset), message: `Dashboard cannot be read: ${fault.message}`, cure },
      };
    }
    return { wrong: { line: 1, column: 1, message: "Dashboard is not a JSON object", cure } };
  } catch (error) {
    const reason = (error as SyntaxError).message;
    // V8 gives the position only in its text; without one the text ended too early.
    const position = /at position (\d+)/.exec(reason)?.[1];
    const place = placeAt(text, position === undefined ? text.trimEnd().length : Number(position));
    return { wrong: { ...place, message: `Dashboard is not JSON: ${reason}`, cure } };
  }
}
