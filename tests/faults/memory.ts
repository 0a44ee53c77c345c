/** Memory that runs out: the kernel ends a service. */

import { ok } from "node:assert/strict";
import { join } from "node:path";
import { notOnLinux } from "../unless.ts";
import { type Fault, goThrough, textAt } from "./fault.ts";
import type { FaultStack } from "./fault_stack.ts";
import { comesBack } from "./kills.ts";
import { until } from "../until.ts";

const MIB = 1024 * 1024;
// What it has stays with the group that it was in; this is what it may take beyond.
const LIMIT = 2 * MIB;
const BODY = 8 * MIB;

/** A hierarchy of control groups that limits memory: its directory, and what its files are called. */
interface Memory {
  readonly directory: string;
  readonly limit: string;
  readonly kills: string;
}

const VERSIONS: readonly Memory[] = [
  { directory: "/sys/fs/cgroup/memory", limit: "memory.limit_in_bytes", kills: "memory.oom_control" },
  { directory: "/sys/fs/cgroup", limit: "memory.max", kills: "memory.events" },
];

const found = notOnLinux === undefined && Deno.uid() === 0 ? await findMemory() : undefined;

/** Faults of memory. */
export const memory: readonly Fault[] = [{
  name: "the webhook ended for its memory: it is back by itself, and no alert is lost or told twice",
  whyNot: () => found === undefined ? "nobody may limit memory here by a control group" : undefined,
  async run(stack) {
    const pid = (await stack.pid("webhook"))!;
    const group = join(found!.directory, `${stack.name}-oom`);
    await Deno.mkdir(group);
    try {
      await goThrough(stack, {
        async hit() {
          await Deno.writeTextFile(join(group, found!.limit), String(LIMIT));
          await Deno.writeTextFile(join(group, "cgroup.procs"), String(pid));
          await until("the kernel ends it", async () => {
            await post(stack);
            return killsIn(await Deno.readTextFile(join(group, found!.kills))) > 0;
          });
        },
        meanwhile: () => comesBack(stack, "webhook", pid),
      });
      ok(await textAt(`${stack.urls.webhook}/health`) !== undefined);
    } finally {
      await until("the group is empty", () => Deno.remove(group).then(() => true, () => false));
    }
  },
}];

async function findMemory(): Promise<Memory | undefined> {
  for (const version of VERSIONS) {
    const probe = join(version.directory, `vigie-probe-${Deno.pid}`);
    try {
      await Deno.mkdir(probe);
    } catch {
      continue; // There is no such hierarchy, or it is not ours to change.
    }
    try {
      await Deno.stat(join(probe, version.limit));
      return version;
    } catch {
      // It does not limit memory.
    } finally {
      await Deno.remove(probe);
    }
  }
  return undefined;
}

/** The number of processes that the kernel ended. */
function killsIn(text: string): number {
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
}

/** Something large that it has to hold to see that it is no notification. */
async function post({ urls }: FaultStack): Promise<void> {
  try {
    const body = JSON.stringify({ text: "x".repeat(BODY) });
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${urls.webhook}/webhook`, {
      method: "POST",
      headers,
      body,
      signal: AbortSignal.timeout(5_000),
    });
    await response.body?.cancel();
  } catch {
    // It ended meanwhile: that is what is wanted.
  }
}
