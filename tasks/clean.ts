/** `deno task clean`: stops the stack and removes everything it made, after asking. */

import { type Command, EXIT, Failure, main } from "./cli.ts";
import { ENGINE_FLAG, openRunning } from "./session.ts";
import { removeBuild } from "./remove_build.ts";

/** The command. */
export const clean: Command = {
  name: "clean",
  summary: "stop every service and remove its data, the generated files and the secrets, after asking",
  flags: { ...ENGINE_FLAG, yes: { type: "boolean", short: "y", help: "do not ask" } },
  examples: ["clean", "clean --yes"],
  async run(invocation) {
    const { stack, target, engine } = await openRunning(invocation);
    if (!invocation.flags.yes) {
      invocation.progress[Symbol.dispose]();
      if (!Deno.stdin.isTerminal()) {
        throw new Failure(
          "Cannot ask whether to remove all data: there is no terminal",
          EXIT.usage,
          "pass --yes",
        );
      }
      if (
        !confirm(`Remove all data of "${stack.name}": measurements, silences, dashboards' database, secrets?`)
      ) {
        throw new Failure("Nothing was removed", EXIT.wrong);
      }
    }
    await engine.down(invocation.progress);
    await engine.clean(invocation.progress);
    await removeBuild(target.buildDir);
    await Deno.remove(target.stateDir, { recursive: true }).catch(ignoreNotFound);
    invocation.print(`${stack.name} is gone: services, data, secrets and generated files`);
    return {
      code: EXIT.done,
      json: { name: stack.name, engine: engine.name, removed: [target.stateDir, target.buildDir] },
    };
  },
};

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

if (import.meta.main) await main(clean);
