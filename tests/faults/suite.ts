/** The faults as a test: one stack, started once, and one fault after the other. */

import { dockerAnswers } from "../../tasks/engine/docker.ts";
import type { EngineName } from "../../tasks/stack.ts";
import { noDisk } from "../crash/small_disk.ts";
import { notOnLinux, unless } from "../unless.ts";
import type { Fault } from "./fault.ts";
import { startFaultStack } from "./fault_stack.ts";

/** Registers a test that does `faults` to a running stack. */
export async function testFaults(engine: EngineName, faults: readonly Fault[]): Promise<void> {
  const possible = faults.filter(({ engines }) => engines?.includes(engine) ?? true);
  const disks = noDisk === undefined;
  const reasons = new Map<Fault, string | undefined>();
  for (const fault of possible) {
    // A disk that cannot be had is not mounted either.
    reasons.set(fault, await fault.whyNot?.(engine));
  }
  Deno.test({
    ...unless(await whyNotOn(engine), `a running stack goes through every fault: ${engine}`),
    async fn(t) {
      await using stack = await startFaultStack(engine, { disks });
      for (const fault of possible) {
        const { name, ignore } = unless(reasons.get(fault), fault.name);
        const isWhole = await t.step({ name, ignore, fn: () => fault.run(stack) });
        // What one fault left broken would be put down to the next one.
        if (!isWhole && !ignore) break;
      }
    },
  });
}

async function whyNotOn(engine: EngineName): Promise<string | undefined> {
  if (engine === "local") return notOnLinux;
  const answer = await dockerAnswers();
  if (!answer.ok) return answer.reason;
  // Its processes are looked for on this machine.
  return notOnLinux ?? (Deno.uid() === 0 ? undefined : "only root may kill what runs in a container");
}
