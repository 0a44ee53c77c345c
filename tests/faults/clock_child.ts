/**
 * A stack whose clock jumps, in a machine of its own: run by clock_test.ts as what that machine boots into. It sets the clock, so it
 * refuses to run anywhere else.
 */

import { run } from "../../lib/process.ts";
import { goThrough } from "./fault.ts";
import { type FaultStack, startFaultStack } from "./fault_stack.ts";

/** Seconds by which the clock is set, one after the other. */
const JUMPS = [
  ["an hour ahead", 3_600],
  ["and back again", -3_600],
  ["three minutes back", -180],
] as const;

const { stdout: kernel } = await run("cat", ["/proc/cmdline"]);
if (!/\binit=\S*vigie-clock/.test(kernel)) {
  throw new Error("Cannot set the clock: this is a machine that others use");
}

let failed = 0;
try {
  await using stack = await startFaultStack("local", {
    disks: false,
    // Alertmanager takes what it heard of before the jump for over, until it hears of it again: within a scrape and an evaluation.
    groupInterval: "15s",
  });
  console.log("the stack is up");
  for (const [name, seconds] of JUMPS) await jump(stack, name, seconds);
} catch (error) {
  failed++;
  console.log(`failed: ${(error as Error).stack}`);
}
console.log(failed === 0 ? "all held" : "something did not hold");

async function jump(stack: FaultStack, name: string, seconds: number): Promise<void> {
  const began = performance.now();
  try {
    await goThrough(stack, {
      async hit() {
        const { code, stderr } = await run("date", ["-s", `@${Math.round(Date.now() / 1_000) + seconds}`]);
        if (code !== 0) throw new Error(`Cannot set the clock: ${stderr}`);
      },
    });
    console.log(`ok: ${name} (${Math.round((performance.now() - began) / 1_000)} s)`);
  } catch (error) {
    failed++;
    console.log(`failed: ${name}: ${(error as Error).message}`);
  }
}
