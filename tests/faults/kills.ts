/** Processes that are killed: each service, all at once, and who watches over them. */

import { DEFINITIONS, type Service } from "../../compose/services/mod.ts";
import { type Fault, goThrough } from "./fault.ts";
import { answers } from "./answers.ts";
import type { FaultStack } from "./fault_stack.ts";
import { until } from "./witness.ts";
import { join } from "node:path";

const KILLED: readonly { readonly service: Service; readonly main?: boolean }[] = [
  { service: "prometheus", main: true },
  { service: "alertmanager", main: true },
  { service: "webhook", main: true },
  { service: "node-exporter" },
  { service: "blackbox" },
];

/** Faults of processes. */
export const kills: readonly Fault[] = [
  ...KILLED.map(({ service, main }): Fault => ({
    name: `${service} killed: it is back by itself, and no alert is lost or told twice`,
    main,
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

/** Waits until Alertmanager has what it told by now on disk. */
async function saved(stack: FaultStack): Promise<void> {
  const path = join(stack.dataOf("alertmanager"), "nflog");
  const now = Date.now();
  await until("Alertmanager has written down what it told", async () => {
    const info = await Deno.stat(path).catch(() => undefined);
    return (info?.mtime?.getTime() ?? 0) > now;
  });
}

/** Waits until `service` is another process than `pid`, and ready. */
async function comesBack(stack: FaultStack, service: Service, pid: number): Promise<void> {
  await until(`${service} is started again`, async () => {
    const now = await stack.pid(service);
    return now !== undefined && now !== pid;
  });
  const url = `${stack.urls[service]}${DEFINITIONS[service].readyPath}`;
  await until(`${service} is ready again`, () => answers(url));
}
