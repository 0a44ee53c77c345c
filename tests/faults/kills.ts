/** Processes that are killed: each service, all at once, and who watches over them. */

import { equal } from "node:assert/strict";
import { join } from "node:path";
import { DEFINITIONS, type Service } from "../../compose/services/mod.ts";
import { findMarked } from "../../tasks/engine/local/process.ts";
import { type Fault, goThrough } from "./fault.ts";
import { answers } from "./answers.ts";
import type { FaultStack } from "./fault_stack.ts";
import { until } from "../until.ts";

const KILLED: readonly Service[] = ["prometheus", "alertmanager", "webhook", "node-exporter", "blackbox"];

/** Faults of processes. */
export const kills: readonly Fault[] = [
  ...KILLED.map((service): Fault => ({
    name: `${service} killed: it is back by itself, and no alert is lost or told twice`,
    // Of Alertmanager it may take a minute: so long Prometheus waits before it sends again what did not arrive.
    main: service === "webhook" ? ["docker"] : [],
    async run(stack) {
      const pid = (await stack.pid(service))!;
      await goThrough(stack, {
        async hit() {
          // What it told within the last seconds before, it forgets: how the end of that is told is a matter of when it ends.
          if (service === "alertmanager") await saved(stack);
          Deno.kill(pid, "SIGKILL");
        },
        meanwhile: () => comesBack(stack, service, pid),
      });
    },
  })),
];

/** Faults of all at once. */
export const reboots: readonly Fault[] = [
  {
    name: "the supervisor killed: the services go on, alerts arrive, and up brings a new one",
    engines: ["local"],
    async run(stack) {
      await goThrough(stack, {
        async hit() {
          Deno.kill(await supervisorOf(stack), "SIGKILL");
        },
        meanwhile: (raised) => stack.witness.hears(raised, "firing"),
        heal: () => stack.up(),
      });
      await supervisorOf(stack);
    },
  },
  {
    name: "everything killed at once, as when the power goes: what the boot runs brings all of it back",
    main: ["local"],
    async run(stack) {
      const pids = new Map<Service, number>();
      for (const service of stack.services) pids.set(service, (await stack.pid(service))!);
      const supervisor = stack.engineName === "local" ? await supervisorOf(stack) : undefined;
      await goThrough(stack, {
        async hit() {
          await saved(stack);
          for (const pid of [...(supervisor ? [supervisor] : []), ...pids.values()]) {
            Deno.kill(pid, "SIGKILL");
          }
        },
        async heal() {
          // Docker's restart policy is what a boot comes to.
          if (stack.engineName === "local") await stack.up();
          for (const [service, pid] of pids) await comesBack(stack, service, pid);
        },
      });
    },
  },
];

async function supervisorOf({ target }: FaultStack): Promise<number> {
  const marked = await findMarked(join(target.stateDir, "local"));
  const supervisors = marked.filter(({ service }) => service === "supervisor");
  equal(supervisors.length, 1);
  return supervisors[0]!.pid;
}

/** Waits until Alertmanager has what it told by now on disk. */
export async function saved(stack: FaultStack): Promise<void> {
  const path = join(stack.dataOf("alertmanager"), "nflog");
  const now = Date.now();
  await until("Alertmanager has written down what it told", async () => {
    const info = await Deno.stat(path).catch(() => undefined);
    return (info?.mtime?.getTime() ?? 0) > now;
  });
}

/** Waits until `service` is another process than `pid`, and ready. */
export async function comesBack(stack: FaultStack, service: Service, pid: number): Promise<void> {
  await until(`${service} is started again`, async () => {
    const now = await stack.pid(service);
    return now !== undefined && now !== pid;
  });
  const url = `${stack.urls[service]}${DEFINITIONS[service].readyPath}`;
  await until(`${service} is ready again`, () => answers(url));
}
