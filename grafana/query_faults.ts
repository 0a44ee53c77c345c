/** What can be wrong with a dashboard's queries: their syntax, judged by Prometheus's own grammar. */

import { parsePromql } from "../lib/promql/mod.ts";
import { type DashboardScope, type Fault, nameOf } from "./faults.ts";
import { type JsonPath, walk } from "./json_places.ts";
import { replaceVariables } from "./queries.ts";

/** Every query of `scope.dashboard` that Prometheus would refuse. */
export function queryFaults({ dashboard }: Pick<DashboardScope, "dashboard">): Fault[] {
  return [...walk(dashboard)].flatMap(({ path, value }): Fault[] => {
    const found = typeof value === "string" ? queryAt(path, value) : undefined;
    if (!found) return [];
    const { expr, start } = found;
    return parsePromql(masked(expr)).errors.slice(0, 1).map(({ message, from, to }) => {
      // The text in the file has an opening quote, and escapes what JSON must escape.
      const skipTo = (at: number) => JSON.stringify(`${start}${expr.slice(0, at)}`).length - 1;
      return {
        path,
        skip: skipTo(from),
        length: Math.max(1, skipTo(to) - skipTo(from)),
        message: `${ownerOf(dashboard, path)} is refused by Prometheus at character ${from + 1}: ${
          message[0]!.toLowerCase()
        }${message.slice(1)}`,
        cure: "Write PromQL that Prometheus accepts",
      };
    });
  });
}

/** The PromQL in a string of a dashboard, and what stands before it. */
function queryAt(path: JsonPath, text: string): { expr: string; start: string } | undefined {
  if (path.at(-1) === "expr") return { expr: text, start: "" };
  if (path[0] !== "templating" || path.at(-1) !== "query") return undefined;
  const [, start, expr] = /^(label_values\()(.*),\s*\w+\)$/.exec(text) ?? [];
  return expr === undefined ? undefined : { expr, start: start! };
}

/**
 * `expr` with something of the same length in place of each variable, so that positions stay: a duration where one belongs, a number where a value
 * stands by itself, else letters.
 */
function masked(expr: string): string {
  return replaceVariables(expr, (_, whole, offset) => {
    const before = expr.slice(0, offset);
    const isDuration = /(?:[[:]|\boffset)\s*$/.test(before);
    if (isDuration) return "1m".padStart(whole.length, "0");
    const inText = (before.replace(/\\./g, "").match(/"/g)?.length ?? 0) % 2 === 1;
    const isValue = !inText && !/[\w:]$/.test(before) && !/^[\w:]/.test(expr.slice(offset + whole.length));
    return (isValue ? "1" : "x").repeat(whole.length);
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
