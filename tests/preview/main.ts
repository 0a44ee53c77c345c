/**
 * Draws every dashboard of a stack that it starts, for people to look at: `deno run -A tests/preview/main.ts DIRECTORY [light|dark]` writes a page
 * for each, and a picture where there is Chromium. Grafana draws more finely; what is shown, where it lies and what is empty is the same.
 */

import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { join, resolve } from "node:path";
import { panelsOf, replaceVariables } from "../../grafana/queries.ts";
import { runStack } from "../e2e/panels/running.ts";
import { type Data, heightOf, pageOf, type Series } from "./page.ts";

const RECORD_SECONDS = 60;
const [directory, theme = "dark"] = Deno.args;
if (directory === undefined || (theme !== "light" && theme !== "dark")) {
  console.error("Usage: deno run -A tests/preview/main.ts DIRECTORY [light|dark]");
  Deno.exit(2);
}
await Deno.mkdir(directory, { recursive: true });
await using cleanup = new AsyncDisposableStack();
const { files, prometheus } = await runStack(cleanup);
console.error(`Records ${RECORD_SECONDS} s of history`);
await new Promise((next) => setTimeout(next, RECORD_SECONDS * 1_000));
for (const [path, text] of files) {
  if (!/^grafana\/dashboards\/.*\.json$/.test(path)) continue;
  const dashboard: Dashboard = JSON.parse(text);
  const page = resolve(directory, `${dashboard.uid}.html`);
  await Deno.writeTextFile(page, pageOf(dashboard, await dataOf(dashboard), theme));
  const picture = join(directory, `${dashboard.uid}-${theme}.png`);
  console.log((await photograph(page, picture, heightOf(dashboard))) ? picture : page);
}

async function dataOf(dashboard: Dashboard): Promise<Data> {
  const values: Record<string, string> = { __rate_interval: "4s", __range: "6h", instance: ".*", job: ".*" };
  if (dashboard.uid === "vigie-host") values.instance = "localhost";
  if (/^vigie-hosts?$/.test(dashboard.uid!)) values.job = "node";
  const data = new Map<number, Series[]>();
  for (const { panel } of panelsOf(dashboard)) {
    const series: Series[] = [];
    for (const target of "targets" in panel ? panel.targets ?? [] : []) {
      const { expr, legendFormat = "", refId = "", instant } = target as unknown as Partial<
        Record<string, string>
      >;
      const query = replaceVariables(expr!, (name) => values[name] ?? ".*");
      const now = Date.now() / 1_000;
      const range: Record<string, string> = instant
        ? { time: `${now}` }
        : { start: `${now - RECORD_SECONDS}`, end: `${now}`, step: "2" };
      const url = `${prometheus}/api/v1/query${instant ? "" : "_range"}`;
      const answer =
        await (await fetch(url, { method: "POST", body: new URLSearchParams({ query, ...range }) })).json();
      if (answer.status !== "success") throw new Error(`${panel.title}: ${answer.error}`);
      for (const { metric, value, values } of answer.data.result) {
        series.push({
          refId,
          labels: metric,
          name: legendFormat.replaceAll(/\{\{(\w+)\}\}/g, (_, label) => metric[label] ?? ""),
          values: (values ?? [value]).map(([at, number]: [number, string]) => [at, Number(number)]),
        });
      }
    }
    data.set(panel.id!, series);
  }
  return data;
}

async function photograph(page: string, picture: string, heightPx: number): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("chromium", {
      args: [
        ...[
          "--headless=new",
          "--no-sandbox",
          "--disable-gpu",
          "--hide-scrollbars",
          `--window-size=1366,${heightPx}`,
        ],
        ...[`--screenshot=${picture}`, `file://${page}`],
      ],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return false;
  }
}
