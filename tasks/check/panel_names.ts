/** `grafana/unknown-name`: dashboards ask for what is exposed. */

import { panelQueries } from "../../grafana/mod.ts";
import { type Check, type Problem, Skipped } from "../../lib/check.ts";
import type { Files } from "../../lib/files.ts";
import { parsePromql } from "../../lib/promql/mod.ts";
import { type Misnomer, misnomersOf, scrapedOf } from "../../prometheus/catalogue/mod.ts";
import type { StackContext } from "./context.ts";

const DASHBOARD = /^grafana\/dashboards\/.+\.json$/;

/**
 * Compares the metrics and labels that panels ask for with the catalogue of what the exporters expose: a panel that asks for anything else stays
 * empty. What only a job of the user's own could expose is not judged.
 */
export const panelNamesCheck: Check<StackContext> = {
  id: "grafana/unknown-name",
  title: "Every metric and label in a dashboard is exposed by what is scraped",
  severity: "error",
  online: false,
  run({ files, seen }) {
    const dashboards = [...files.keys()].filter((path) => DASHBOARD.test(path));
    if (dashboards.length === 0) throw new Skipped("Grafana is switched off");
    const scraped = scrapedOf(files);
    // Another check says that they cannot be read.
    if (!scraped) return Promise.resolve([]);
    const known = new Map<string, readonly Misnomer[]>();
    return Promise.resolve(
      dashboards.flatMap((file) =>
        queriesOf(files, file).flatMap(({ dashboard, panel, refId, expr }): Problem[] => {
          const { expr: tree } = parsePromql(expr);
          const wrong = known.get(expr) ?? (tree ? misnomersOf(tree, scraped) : []);
          known.set(expr, wrong);
          // What runs may expose more than the catalogue knows: `--online` has asked.
          const told = wrong.filter(({ name }) => name === undefined || !seen?.names.has(name));
          return told.map(({ message, cure, certain, from, to }) => ({
            check: this.id,
            severity: certain ? "error" : "warning",
            file,
            ...placeOf(files.get(file)!, expr.slice(from, to), panel),
            subject: dashboard,
            message: `Query ${refId} of panel "${panel}": ${message[0]!.toLowerCase()}${message.slice(1)}`,
            cure,
          }));
        })
      ),
    );
  },
};

/** The queries of one dashboard; none when it cannot be read, which another check says. */
function queriesOf(files: Files, file: string): ReturnType<typeof panelQueries> {
  try {
    return panelQueries(new Map([...files].filter(([path]) => path === file || !DASHBOARD.test(path))));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return [];
    throw error;
  }
}

/** Where the query of a panel has `name`: the first that has, in the panel's own lines if it is there. */
function placeOf(
  text: string,
  name: string,
  panel: string,
): { line: number; column: number; length: number } | undefined {
  const lines = text.split("\n");
  const written = JSON.stringify(name).slice(1, -1);
  const title = lines.findIndex((line) => line.trim() === `"title": ${JSON.stringify(panel)},`);
  const has = (line: string) => line.includes('"expr":') && line.includes(written);
  const before = lines.findLastIndex((line, i) => i <= title && has(line));
  const line = before === -1 ? lines.findIndex(has) : before;
  return line === -1
    ? undefined
    : { line: line + 1, column: lines[line]!.indexOf(written) + 1, length: written.length };
}
