/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** On pages with graphs. */

import { drawAlertGraph } from "./alert_graph.ts";
import { startDashboard } from "./dashboard.ts";

export { drawAlertGraph };

startDashboard();
for (const graph of document.querySelectorAll<HTMLElement>(".graph[data-query]")) void drawAlertGraph(graph);
