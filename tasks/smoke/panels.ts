/** smoke/panels: every panel's query runs, and the dashboards show data. */

import { panelQueries, type PanelQuery } from "../../grafana/mod.ts";
import { Skipped } from "../../lib/check.ts";
import type { Files } from "../../lib/files.ts";
import { failed, smokeCheck, type SmokeContext, type Step } from "./check.ts";
import { query, Unanswered } from "./http.ts";
import { poll } from "./poll.ts";
import { activeTargets, DISCOVERY_MS, longestIntervalMs } from "./targets.ts";

const ID = "smoke/panels";

/** Metrics that a healthy stack may lack, and why: a panel that shows them is empty for a good reason. */
const MAY_BE_ABSENT: readonly (readonly [RegExp, string])[] = [
  [/\bALERTS\b/, "no alert is active"],
  [/\bvigie_webhook_delivery_duration_seconds/, "the webhook has delivered nothing yet"],
  [/\bprobe_/, "no probe is configured"],
  [/\bnode_(hwmon|thermal_zone|cooling_device)_/, "this machine shows no temperature sensor"],
  [/\bnode_pressure_/, "this kernel does not count pressure (PSI)"],
  [/\bnode_(md|bonding|edac|infiniband|power_supply|nvme|rapl)_/, "this machine has no such device"],
  [/\bnode_(nfs|nfsd|zfs|btrfs|xfs|ipvs|drbd|bcache)_/, "this machine does not use it"],
  [/\bnode_nf_conntrack_/, "this kernel does not track connections"],
  [/\bnode_systemd_/, "the exporter does not ask systemd"],
  [/\bnode_(disk|filesystem)_/, "the exporter sees no disk of its own"],
  [/\bcontainer_/, "no container is measured"],
];

/**
 * Proves that Prometheus runs the query of every panel of every dashboard without an error, and that each gives data. Rates
 * need two scrapes, so on a stack that has just started data is waited for. A query that is empty for a known, good reason (no
 * alert is active, the machine has no such sensor, the panel shows only what is above a limit) is a note, not a failure.
 *
 * When it fails: an error is Prometheus's own message about the expression; no data means that the metric's target is down
 * (see smoke/targets) or that the metric or a label in the query is misspelt.
 */
export const panels = smokeCheck(ID, "Every panel's query runs and shows data", async function* (context) {
  const { files, intervals, marginMs, progress } = context;
  const queries = panelQueries(files);
  if (queries.length === 0) {
    throw new Skipped("The stack has no dashboards: Grafana is switched off in config.ts");
  }
  const started = context.now();
  let scrapeMs: number;
  try {
    scrapeMs = longestIntervalMs(await activeTargets(context), intervals.scrapeMs);
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    yield failed(ID, "prometheus", `Cannot ask Prometheus: ${error.message}`, "run `deno task up`");
    return;
  }
  const deadlineMs = DISCOVERY_MS + 2 * scrapeMs + marginMs;
  const titles = new Map(queries.map(({ file }) => [file, titleOf(files, file)]));
  for (const [i, { dashboard, ...panel }] of queries.entries()) {
    progress.step(`Running the panels' queries`, i / queries.length);
    // One deadline for all: the data of every panel comes with the same scrapes.
    const left = Math.max(0, deadlineMs - (context.now() - started));
    yield await stepOf(context, { ...panel, dashboard: titles.get(panel.file) || dashboard }, left);
  }
});

async function stepOf(
  context: SmokeContext,
  panel: PanelQuery,
  deadlineMs: number,
): Promise<Step> {
  const { dashboard, panel: title, expr, file, refId, absent } = panel;
  const name = `${dashboard}: ${title} (${refId})`;
  const more = { group: dashboard, file };
  const excuse = absent ?? excuseOf(expr);
  let lookMs = 0;
  try {
    const { seen } = await poll(
      async () => {
        const began = context.now();
        const { result } = await query(context, expr);
        lookMs = context.now() - began;
        return result.length;
      },
      (count) => count > 0 || excuse !== undefined,
      {
        ...context,
        deadlineMs,
        waiting: () => context.progress.step(`Waiting for data: ${name}`),
      },
    );
    if (seen > 0) {
      return { name, outcome: "passed", elapsedMs: lookMs, group: dashboard, detail: `${seen} series` };
    }
    if (excuse) {
      return { name, outcome: "note", elapsedMs: lookMs, group: dashboard, detail: `no data: ${excuse}` };
    }
    return failed(
      ID,
      name,
      `The panel "${title}" of the dashboard "${dashboard}" shows no data: ${expr}`,
      "look whether the target of its metric is up (`deno task smoke --only targets`), then at the names in the query",
      { ...more, elapsedMs: lookMs },
    );
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    return failed(
      ID,
      name,
      `The query of the panel "${title}" of the dashboard "${dashboard}" fails: ${error.message}`,
      `correct the expression: ${expr}`,
      { ...more, elapsedMs: lookMs },
    );
  }
}

/** People know a dashboard by its title. */
function titleOf(files: Files, file: string): string {
  return JSON.parse(files.get(file) ?? "{}").title ?? "";
}

/** Why `expr` may give nothing on a healthy stack; undefined when it may not. */
function excuseOf(expr: string): string | undefined {
  const bare = expr.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, '""').replace(/\{[^{}]*\}/g, "");
  const known = MAY_BE_ABSENT.find(([metric]) => metric.test(bare));
  if (known) return known[1];
  return /(==|!=|>=|<=|>|<)(?!\s*bool\b)/.test(bare)
    ? "nothing is beyond the limit that it shows"
    : undefined;
}
