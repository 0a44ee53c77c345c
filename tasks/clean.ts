/** `deno task clean`: stops the stack and removes everything it made, after asking. */

import { join } from "node:path";
import { type Command, EXIT, Failure, main } from "./cli.ts";
import { ask } from "./ask.ts";
import { ENGINE_FLAG, openRunningToChange } from "./session.ts";
import { removeBuild } from "./remove_build.ts";
import { refuseForeignState, removeState } from "./state_directory.ts";

/** The command. */
export const clean: Command = {
  name: "clean",
  summary: "stop every service and remove its data, the generated files and the secrets, after asking",
  flags: { ...ENGINE_FLAG, yes: { type: "boolean", short: "y", help: "do not ask" } },
  examples: ["clean", "clean --yes"],
  async run(invocation) {
    await refuseForeignState(invocation.stateDir);
    using session = await openRunningToChange(invocation);
    const { stack, target, engine } = session;
    if (!invocation.flags.yes) {
      invocation.progress[Symbol.dispose]();
      if (!Deno.stdin.isTerminal()) {
        throw new Failure(
          "Cannot ask whether to remove all data: there is no terminal",
          EXIT.usage,
          "pass --yes",
        );
      }
      const question =
        `Remove all data of "${stack.name}": measurements, silences, dashboards' database, secrets?`;
      if (!await ask(question, invocation.signal)) {
        throw new Failure("Nothing was removed", EXIT.wrong);
      }
    }
    await engine.down(invocation.progress);
    await engine.clean(invocation.progress);
    await removeBuild(target.buildDir);
    await removeState(target.stateDir);
    invocation.print(`${stack.name} is gone: services, data, secrets and generated files`);
    const repository = join(target.stateDir, "backup", "repository");
    if (await Deno.stat(repository).then(() => true, () => false)) {
      invocation.print(
        `Its backups are left in "${repository}", with their password beside them in "secrets"`,
      );
    }
    return {
      code: EXIT.done,
      json: { name: stack.name, engine: engine.name, removed: [target.stateDir, target.buildDir] },
    };
  },
};

if (import.meta.main) await main(clean);
