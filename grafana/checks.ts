/** Checks of the rendered dashboards: what Grafana would show as an error, or as nothing, only when somebody looks. */

import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { type Check, type CheckContext, type Problem, Skipped } from "../lib/check.ts";
import { dashboardFaults, type DashboardScope, type Fault } from "./dashboard_faults.ts";
import { jsonPlaces, type Place, placeAt } from "./json_places.ts";
import { dashboardTexts, datasourcesIn } from "./queries.ts";
import { queryFaults } from "./query_faults.ts";

/** Grafana's offline checks. */
export const checks: readonly Check[] = [
  {
    id: "grafana/dashboards",
    title: "Every dashboard loads and refers only to what exists",
    online: false,
    run: (context) => problemsIn(context, "grafana/dashboards", dashboardFaults),
  },
  {
    id: "grafana/queries",
    title: "Every query of every dashboard is PromQL",
    online: false,
    run: (context) => problemsIn(context, "grafana/queries", queryFaults),
  },
];

async function problemsIn(
  { files }: Pick<CheckContext, "files">,
  check: string,
  find: (scope: DashboardScope) => Fault[] | Promise<Fault[]>,
): Promise<Problem[]> {
  const texts = dashboardTexts(files);
  if (texts.length === 0) throw new Skipped("Grafana is switched off");
  const read = texts.map(({ file, text }) => ({ file, text, ...parse(text) }));
  const datasources = new Map(datasourcesIn(files).map(({ uid, type }) => [uid, type]));
  const problems = await Promise.all(read.map(async ({ file, text, dashboard, wrong }) => {
    const shared = { check, severity: "error" as const, file };
    if (!dashboard) return [{ ...shared, ...wrong! }];
    const others = read.flatMap((other) => other.file === file ? [] : other.dashboard ?? []);
    const offsetOf = jsonPlaces(text);
    return (await find({ dashboard, datasources, others })).map(({ path, skip = 0, message, cure }) => {
      // What is missing has no place of its own: its nearest ancestor has.
      const offset = path.map((_, i) => offsetOf(path.slice(0, path.length - i))).find((at) =>
        at !== undefined
      );
      return { ...shared, ...placeAt(text, (offset ?? 0) + skip), message, cure };
    });
  }));
  return problems.flat();
}

/** The dashboard in `text`, or what is wrong with the text. */
function parse(
  text: string,
): { dashboard?: Dashboard; wrong?: Place & Pick<Problem, "message" | "cure"> } {
  const cure = "Run `deno task generate` to write the file again";
  try {
    const dashboard = JSON.parse(text);
    if (typeof dashboard === "object" && dashboard !== null && !Array.isArray(dashboard)) {
      return { dashboard };
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
