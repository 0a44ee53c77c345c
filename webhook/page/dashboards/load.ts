/** The dashboards beside webhook.json: the same files that Grafana gets. */

import { join } from "node:path";
import { type Dashboard, readDashboard } from "./model.ts";

/** What was found. */
export interface Found {
  readonly dashboards: readonly Dashboard[];
  /** Files that are no dashboards, each with why. */
  readonly failures: readonly string[];
}

const MAX_FILES = 100;
const MAX_BYTES = 4 * 1024 * 1024;

/** All dashboards below `directory`, in the order of their titles. None where there is no directory. */
export async function loadDashboards(directory: string | undefined): Promise<Found> {
  const dashboards: Dashboard[] = [];
  const failures: string[] = [];
  for (const name of directory === undefined ? [] : await namesIn(join(directory, "dashboards"))) {
    const read = await load(join(directory!, "dashboards", name));
    if (typeof read === "string") failures.push(`${name}: ${read}`);
    else dashboards.push(read);
  }
  return { dashboards: dashboards.sort((a, b) => a.title.localeCompare(b.title)), failures };
}

/** One dashboard; undefined when there is none of that uid. */
export async function loadDashboard(
  directory: string | undefined,
  uid: string,
): Promise<Dashboard | undefined> {
  return (await loadDashboards(directory)).dashboards.find((dashboard) => dashboard.uid === uid);
}

async function namesIn(directory: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(directory)) if (name.endsWith(".json")) names.push(name);
  } catch (error) {
    // A configuration of one's own has no dashboards.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort().slice(0, MAX_FILES);
}

async function load(path: string): Promise<Dashboard | string> {
  try {
    if ((await Deno.stat(path)).size > MAX_BYTES) return `is larger than ${MAX_BYTES / 1024 / 1024} MB`;
    return readDashboard(JSON.parse(await Deno.readTextFile(path))) ?? "is no dashboard";
  } catch (error) {
    return error instanceof SyntaxError ? "is no JSON" : `cannot be read: ${messageOf(error)}`;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
