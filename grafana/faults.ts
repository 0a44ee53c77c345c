/** What can be wrong with a dashboard, and how it is said. */

import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { JsonPath } from "./json_places.ts";

/** One thing that is wrong in a dashboard. */
export interface Fault {
  /** The value it is about. */
  readonly path: JsonPath;
  /** Characters of that value's text before the place; 0 by default. */
  readonly skip?: number;
  /** How many characters are wrong; all of a short value when left out. */
  readonly length?: number;
  /** One sentence: capital first, no full stop. */
  readonly message: string;
  readonly cure: string;
  /** An error when left out. */
  readonly severity?: "error" | "warning";
}

/** A dashboard, and what it may refer to. */
export interface DashboardScope {
  readonly dashboard: Dashboard;
  /** Type of each provisioned datasource, by uid. */
  readonly datasources: ReadonlyMap<string, string>;
  /** The dashboards that stand in other files. */
  readonly others: readonly Dashboard[];
}

/** How a message calls a panel. */
export function nameOf({ title }: { title?: string }, path: JsonPath): string {
  return title?.trim() ? `Panel "${title}"` : `Panel at ${path.join(".")}`;
}

/** A value as a message quotes it. */
export function quoted(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value);
}

/** Names as a message lists them. */
export function list(names: Iterable<string | undefined>): string {
  return [...names].map((name) => `"${name}"`).join(", ");
}
