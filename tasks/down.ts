/** `deno task down`: stops the stack; its data stays. */

import { systemError } from "../lib/system_error.ts";
import { type Command, EXIT, type Invocation, main } from "./cli.ts";
import { readRecord, type StackRecord, writeRecord } from "./engine/choose.ts";
import { ENGINE_FLAG, openRunningToChange } from "./session.ts";

/** The command. */
export const down: Command = {
  name: "down",
  summary: "stop every service; the data stays",
  flags: ENGINE_FLAG,
  examples: ["down"],
  async run(invocation) {
    using session = await openRunningToChange(invocation);
    const { stack, target, engine } = session;
    const stopped = await engine.down(invocation.progress);
    const record = await readRecord(target.stateDir);
    if (record?.engine === engine.name) {
      await remember(target.stateDir, { ...record, running: false }, invocation);
    }
    invocation.print(
      stopped.length === 0
        ? `${stack.name} was not running`
        : `${stack.name} is down: stopped ${stopped.join(", ")}; its data stays`,
    );
    return { code: EXIT.done, json: { name: stack.name, engine: engine.name, stopped } };
  },
};

/** On a full disk everything can be stopped all the same. */
async function remember(stateDir: string, record: StackRecord, { progress }: Invocation): Promise<void> {
  try {
    await writeRecord(stateDir, record);
  } catch (error) {
    const refused = systemError(error);
    if (refused === undefined) throw error;
    progress.warn(`It is not noted that the stack is down: ${refused.message}`);
  }
}

if (import.meta.main) await main(down);
