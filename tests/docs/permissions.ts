/** What the tasks of deno.json may do. */

import { join } from "node:path";
import { PROJECT } from "./markdown.ts";

/** A task that runs a program of ours. */
export interface PermittedTask {
  readonly task: string;
  readonly command: string;
  /** Permission → what it is limited to, `""` when to nothing. */
  readonly flags: ReadonlyMap<string, string>;
}

/** Every task of deno.json. */
export async function tasksWithPermissions(): Promise<PermittedTask[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.json"))) as {
    tasks: Record<string, { command: string }>;
  };
  return Object.entries(tasks).map(([task, { command }]) => ({
    task,
    command,
    flags: new Map(
      [...command.matchAll(/ --allow-(\w+)(?:=(\S+))?/g)].map(([, name, limit = ""]) => [name!, limit]),
    ),
  }));
}
