/** Services that live and answer nobody. */

import { join } from "node:path";
import { apply, readDesired } from "../../tasks/engine/local/control.ts";
import { type Fault, goThrough } from "./fault.ts";
import type { FaultStack, Keeper } from "./fault_stack.ts";
import { comesBack, saved } from "./kills.ts";

/** Faults of services that hang. */
export const hangs: readonly Fault[] = (["webhook", "alertmanager", "prometheus"] as const).map((
  service,
) => ({
  name: `${service} hangs: the supervisor ends it and starts it again`,
  // Docker starts nothing again that lives: it calls it unhealthy.
  engines: ["local"] as const,
  main: service === "webhook" ? ["local"] : [],
  run: (stack) => hang(stack, service),
}));

async function hang(stack: FaultStack, service: Keeper): Promise<void> {
  await beImpatient(stack);
  const pid = (await stack.pid(service))!;
  await goThrough(stack, {
    async hit() {
      await saved(stack);
      Deno.kill(pid, "SIGSTOP");
    },
    meanwhile: () => comesBack(stack, service, pid),
  });
}

/** Makes the supervisor ask so often that a test can wait for it. */
async function beImpatient({ target }: FaultStack): Promise<void> {
  const directory = join(target.stateDir, "local");
  const { services } = (await readDesired(directory))!;
  const hurried = services.map((spec) => ({
    ...spec,
    life: { ...spec.life!, everyMs: 500, patienceMs: 1_500, misses: 3 },
  }));
  await apply(directory, hurried, new AbortController().signal);
}
