/** `deno task down`: stops the stack; its data stays. */

import { type Command, EXIT, main } from "./cli.ts";
import { readRecord, writeRecord } from "./engine/choose.ts";
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
      await writeRecord(target.stateDir, { ...record, running: false });
    }
    invocation.print(
      stopped.length === 0
        ? `${stack.name} was not running`
        : `${stack.name} is down: stopped ${stopped.join(", ")}; its data stays`,
    );
    return { code: EXIT.done, json: { name: stack.name, engine: engine.name, stopped } };
  },
};

if (import.meta.main) await main(down);
