/** What a fault is: something that breaks in a running stack, and what must hold meanwhile and afterwards. */

import { equal } from "node:assert/strict";
import type { EngineName } from "../../tasks/stack.ts";
import type { FaultStack } from "./fault_stack.ts";
import { until } from "../until.ts";

/** A fault. */
export interface Fault {
  /** What happens and what must hold, as the name of a test. */
  readonly name: string;
  /** Engines on which it can be done; both by default. */
  readonly engines?: readonly EngineName[];
  /** Engines on which every run of the tests does it: together they may take a minute and a half. */
  readonly main?: readonly EngineName[];
  /** Why it cannot be done here; undefined when it can. */
  readonly whyNot?: (engine: EngineName) => string | undefined | Promise<string | undefined>;
  /** Does it and holds the stack to what must be. */
  run(stack: FaultStack): Promise<void>;
}

/** One fault, step by step. */
export interface Course {
  /** Does the damage. */
  readonly hit: () => Promise<unknown>;
  /** What shows that the damage is done, and what must hold while it lasts. @param raised An alert that began after the damage. */
  readonly meanwhile?: (raised: string) => Promise<unknown>;
  /** Ends it; by default nobody does anything. */
  readonly heal?: () => Promise<unknown>;
  /** Whether what was told before may be told again, as the very same delivery; it may not by default. */
  readonly mayRepeat?: boolean;
}

/**
 * Lets a stack go through a fault. An alert that fires before is not told again; one that begins meanwhile is told once it is over; the
 * end of both is told: each exactly once.
 */
export async function goThrough(
  stack: FaultStack,
  { hit, meanwhile, heal, mayRepeat }: Course,
): Promise<void> {
  const { witness } = stack;
  const before = witness.raise();
  await witness.hears(before, "firing");
  await settled(stack);
  await hit();
  const during = witness.raise();
  await meanwhile?.(during);
  await heal?.();
  await stack.ready();
  await witness.hears(during, "firing");
  witness.lower(before, during);
  for (const marker of [before, during]) await witness.hears(marker, "resolved");
  await settled(stack);
  for (const marker of [before, during]) {
    for (const status of ["firing", "resolved"] as const) {
      const deliveries = witness.deliveries(marker, status);
      equal(new Set(deliveries).size, 1, `${marker} ${status}: ${deliveries.join(", ")}`);
      if (!mayRepeat) equal(deliveries.length, 1, `${marker} ${status} was told ${deliveries.length} times`);
    }
  }
}

/** Waits until the webhook has nothing left to tell and has written down that it told it. */
export async function settled(stack: FaultStack): Promise<void> {
  await until("the webhook has nothing left to tell", async () => {
    const text = await textAt(`${stack.urls.webhook}/metrics`);
    const depths = [...(text ?? "").matchAll(/^vigie_webhook_queue_depth\{.*\} (\d+)$/gm)];
    return depths.length > 0 && depths.every(([, depth]) => depth === "0");
  });
}

/** The text at `url`; undefined while there is none. */
export async function textAt(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return await response.text();
  } catch {
    return undefined;
  }
}
