/** What `generate --diff` tells: config.ts against what runs. */

import type { StackRecord } from "../engine/choose.ts";
import { renderFor } from "../render.ts";
import type { EngineName, Stack, Target } from "../stack.ts";
import { runningFiles } from "../upgrade/memory.ts";
import {
  type Effect,
  effectsOf,
  formatActions,
  formatEffects,
  type ServiceAction,
  serviceActions,
} from "./mod.ts";

/** What a change does to what runs. */
export interface Difference {
  readonly effects: readonly Effect[];
  /** What `up` would do to each service. */
  readonly actions: readonly ServiceAction[];
  readonly text: string;
}

/**
 * What `stack` would change of what the last `up` brought up.
 *
 * @param stack What config.ts says, with the versions that run.
 * @param record The last `up`; undefined when there was none.
 */
export async function differenceOf(
  stack: Stack,
  target: Omit<Target, "engine">,
  record: StackRecord | undefined,
): Promise<Difference> {
  const engine: EngineName = record?.engine ?? (stack.engine === "local" ? "local" : "docker");
  const place = { ...target, engine };
  const after = { stack, target: place, files: renderFor(stack, place) };
  if (record === undefined) {
    const actions = serviceActions(undefined, after);
    const text = `Nothing was brought up yet. \`up\` would start:\n\n${formatActions(actions)}\n`;
    return { effects: [], actions, text };
  }
  const was = { ...place, leftOut: record.leftOut };
  const files = await runningFiles(target.stateDir) ?? renderFor(record.stack, was);
  const before = { stack: record.stack, target: was, files };
  const effects = effectsOf(before, after);
  const actions = serviceActions(record.running ? before : undefined, after);
  const changes = effects.length === 0 ? "Nothing changes in what runs" : formatEffects(effects);
  const head = record.running ? "What `up` would do" : "The stack is down. `up` would start";
  return { effects, actions, text: `${changes}\n\n${head}\n\n${formatActions(actions)}\n` };
}
