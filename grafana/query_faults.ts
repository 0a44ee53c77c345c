/** What can be wrong with a dashboard's queries: their syntax, judged by Prometheus's own grammar. */

import { type DashboardScope, type Fault, nameOf } from "./dashboard_faults.ts";
import { type JsonPath, walk } from "./json_places.ts";
import { replaceVariables } from "./queries.ts";

/** Every query of `scope.dashboard` that does not parse. */
export async function queryFaults({ dashboard }: Pick<DashboardScope, "dashboard">): Promise<Fault[]> {
  const { parser } = await import("@prometheus-io/lezer-promql");
  return [...walk(dashboard)].flatMap(({ path, value }): Fault[] => {
    const found = typeof value === "string" ? queryAt(path, value) : undefined;
    if (!found) return [];
    const { expr, start } = found;
    let wrongAt: number | undefined;
    parser.parse(masked(expr)).iterate({
      enter: ({ type, from }) => {
        if (type.isError) wrongAt ??= from;
      },
    });
    if (wrongAt === undefined) return [];
    const rest = expr.slice(wrongAt).trimStart();
    const next = /^(?:\w+|\S)/.exec(rest)?.[0];
    return [{
      path,
      // The text in the file has an opening quote, and escapes what JSON must escape.
      skip: JSON.stringify(`${start}${expr.slice(0, wrongAt)}`).length - 1,
      message: `${ownerOf(dashboard, path)} does not parse at character ${wrongAt + 1}: unexpected ${
        next === undefined ? "end" : `"${next}"`
      } in "${expr}"`,
      cure: "Write PromQL that Prometheus accepts",
    }];
  });
}

/** The PromQL in a string of a dashboard, and what stands before it. */
function queryAt(path: JsonPath, text: string): { expr: string; start: string } | undefined {
  if (path.at(-1) === "expr") return { expr: text, start: "" };
  if (path[0] !== "templating" || path.at(-1) !== "query") return undefined;
  const [, start, expr] = /^(label_values\()(.*),\s*\w+\)$/.exec(text) ?? [];
  return expr === undefined ? undefined : { expr, start: start! };
}

/** `expr` with something of the same length in place of each variable, so that positions stay: a duration where one belongs. */
function masked(expr: string): string {
  return replaceVariables(expr, (_, whole, offset) => {
    const isDuration = /[[:]\s*$/.test(expr.slice(0, offset));
    return isDuration ? "1m".padStart(whole.length, "0") : "x".repeat(whole.length);
  });
}

function ownerOf(dashboard: DashboardScope["dashboard"], path: JsonPath): string {
  const owner = (depth: number) =>
    path.slice(0, depth).reduce<unknown>((value, key) => (value as never)[key], dashboard);
  if (path[0] === "panels") {
    const depth = path.lastIndexOf("targets");
    const { refId } = owner(depth + 2) as { refId?: string };
    return `Query ${refId} of ${
      nameOf(owner(depth) as { title?: string }, path.slice(0, depth)).replace("P", "p")
    }`;
  }
  const { name } = owner(3) as { name?: string };
  return `Query of ${path[0] === "templating" ? "variable" : "annotation"} "${name}"`;
}
