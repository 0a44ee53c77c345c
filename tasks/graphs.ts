/** What the webhook draws of each alert: its expression without the comparison, and the line that it crossed. */

import type { Files } from "../lib/files.ts";
import { alertGraphs, type PrometheusLinks } from "../prometheus/mod.ts";
import type { Stack } from "./stack.ts";

/** `webhook/graphs.json`: the graph of each alert, by its name. The webhook reads it whenever it is to draw one. */
export function renderGraphs(stack: Stack, links: PrometheusLinks): Files {
  return new Map([["webhook/graphs.json", JSON.stringify(alertGraphs(stack, links), null, 2) + "\n"]]);
}
