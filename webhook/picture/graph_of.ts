/** Which curve an alert has: what the stack says of its rule, or what the alert itself says. */

import { join } from "node:path";
import * as z from "zod";
import { own } from "../messages/labels.ts";
import { expressionIn, graphOf } from "../page/alerts/expression.ts";
import type { Alert } from "../payload.ts";

/** Beside webhook.json; `tasks/graphs.ts` writes it. */
const GRAPHS_FILE = "graphs.json";

const HOUR_MS = 3_600_000;
/** An alert may fire for years: the curve of its last month says more. */
const LONGEST_MS = 31 * 24 * HOUR_MS;

const graphSchema = z.object({
  query: z.string(),
  operator: z.string().optional(),
  threshold: z.number().optional(),
  unit: z.string().optional(),
  /** The whole expression, as Prometheus prints it. */
  expr: z.string().optional(),
});

const graphsSchema = z.record(z.string(), graphSchema.extend({ others: z.array(graphSchema).optional() }));

/** A curve and its line. */
export type AlertCurve = Omit<z.output<typeof graphSchema>, "expr">;

/** The curves of the stack's alerts, by name. */
export type AlertCurves = z.output<typeof graphsSchema>;

/**
 * Reads them; none where there is no such file.
 *
 * @throws when it is there and not as it should be.
 */
export async function readCurves(directory: string | undefined): Promise<AlertCurves> {
  if (directory === undefined) return {};
  let text: string;
  try {
    text = await Deno.readTextFile(join(directory, GRAPHS_FILE));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
  try {
    return graphsSchema.parse(JSON.parse(text));
  } catch {
    throw new Error(`"${GRAPHS_FILE}" is not as "deno task build" writes it: build anew`);
  }
}

/**
 * The curve of an alert; undefined when nobody says what it is. Rules may share a name, with other lines for other severities and hosts: the
 * expression that the alert brings tells which one it comes from.
 */
export function curveOf(
  { labels, generatorURL }: Pick<Alert, "labels" | "generatorURL">,
  curves: AlertCurves,
): AlertCurve | undefined {
  const name = own(labels, "alertname") ?? "";
  const known = Object.hasOwn(curves, name) ? curves[name] : undefined;
  const expression = expressionIn(generatorURL);
  if (expression === undefined) return known;
  const exact = [known, ...known?.others ?? []].find((curve) => curve?.expr === expression);
  return exact ?? { ...graphOf(expression), unit: known?.unit };
}

/** Where the curve of an alert begins that is drawn until `untilMs`: an hour before the alert. Times in ms since 1970. */
export function curveFromMs(beganMs: number, untilMs: number): number {
  return Math.max(beganMs - HOUR_MS, untilMs - LONGEST_MS);
}
