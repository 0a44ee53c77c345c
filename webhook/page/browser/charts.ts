/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** On pages with graphs. */

import { drawAlertGraph } from "./alert_graph.ts";
import { startDashboard } from "./dashboard.ts";

export { drawAlertGraph };

/** What goes on is drawn again. */
const AGAIN_MS = 30_000;

startDashboard();
const graphs = [...document.querySelectorAll<HTMLElement>(".graph[data-query]")];
for (const graph of graphs) void drawAlertGraph(graph);
const lasting = graphs.filter(({ dataset }) => dataset.to === undefined);
if (lasting.length > 0) {
  setInterval(() => {
    if (!document.hidden) { for (const graph of lasting) void drawAlertGraph(graph); }
  }, AGAIN_MS);
}
