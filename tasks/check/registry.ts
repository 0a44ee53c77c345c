/** Every check of `deno task check`, and which of them are chosen. */

import { composeChecks } from "../../compose/mod.ts";
import { entryChecks } from "../../entry/mod.ts";
import { grafanaChecks } from "../../grafana/mod.ts";
import type { Check } from "../../lib/check.ts";
import { nearest } from "../../lib/nearest.ts";
import { alertmanagerChecks } from "../../prometheus/alertmanager/mod.ts";
import { prometheusChecks } from "../../prometheus/mod.ts";
import { UsageError } from "../cli.ts";
import { ONLINE_CHECKS } from "../online.ts";
import type { StackContext } from "./context.ts";
import { costCheck } from "./cost.ts";
import { freshCheck } from "./fresh.ts";
import { panelNamesCheck } from "./panel_names.ts";
import { secretsCheck } from "./secrets.ts";
import { SUPPRESSION_CHECKS } from "./suppress.ts";

/** The checks of the files that the chosen engine uses. */
export const OFFLINE_CHECKS: readonly Check[] = [
  ...prometheusChecks,
  ...alertmanagerChecks,
  ...grafanaChecks,
  ...entryChecks,
].filter(({ online }) => !online);

/** The checks of the docker engine's own files, whichever engine is chosen. */
export const COMPOSE_CHECKS: readonly Check[] = composeChecks;

/** The checks of the whole stack: config.ts itself, and the files of both engines. */
export const STACK_CHECKS: readonly Check<StackContext>[] = [
  panelNamesCheck,
  secretsCheck,
  costCheck,
  freshCheck,
];

/** What a check says about itself. */
export type CheckInfo = Pick<Check, "id" | "title" | "severity">;

/** Every check, in the order that they are shown. */
export const ALL_CHECKS: readonly CheckInfo[] = [
  ...OFFLINE_CHECKS,
  ...COMPOSE_CHECKS,
  ...STACK_CHECKS,
  ...ONLINE_CHECKS,
  ...SUPPRESSION_CHECKS,
];

/** The area that a check belongs to: `promql` of `promql/rate-window`. */
export function areaOf(id: string): string {
  return id.slice(0, id.indexOf("/"));
}

/**
 * The ids that `--only` names.
 *
 * @param only Ids and areas, separated by commas; all checks when left out.
 * @throws {UsageError} when one is neither.
 */
export function chosenIds(
  only: string | undefined,
  checks: readonly Pick<Check, "id">[] = ALL_CHECKS,
): ReadonlySet<string> {
  const ids = checks.map(({ id }) => id);
  if (only === undefined) return new Set(ids);
  const wanted = only.split(",").map((name) => name.trim()).filter(Boolean);
  if (wanted.length === 0) {
    throw new UsageError('Cannot use "--only" without an id: see "deno task check --list"');
  }
  return new Set(wanted.flatMap((name) => {
    const found = ids.filter((id) => id === name || areaOf(id) === name);
    if (found.length > 0) return found;
    const near = nearest(name, [...ids, ...ids.map(areaOf)]);
    throw new UsageError(
      `Cannot run the check "${name}": there is none of that name; ${
        near ? `did you mean "${near}"?` : 'see "deno task check --list"'
      }`,
    );
  }));
}
