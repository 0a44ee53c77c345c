/** `deno task systemd`: hardened units, as another way to run the stack than the local engine's supervisor. */

import { join, resolve } from "node:path";
import { writeFiles } from "../lib/files.ts";
import { type Command, EXIT, Failure, type Invocation, main, UsageError, userPath } from "./cli.ts";
import { makeEngine, writeRecord } from "./engine/choose.ts";
import { refuseUnits } from "./engine/local/units.ts";
import { findAlive } from "./engine/local/control.ts";
import { planOf } from "./engine/local/up.ts";
import { checkOffline } from "./offline.ts";
import { ensureSecrets } from "./secrets.ts";
import { openToChange, type Session } from "./session.ts";
import { installLines, placeUnits, systemctlOf } from "./systemd/place.ts";
import { unitsOf } from "./systemd/plan.ts";
import { hiddenFrom, type Scope, targetName } from "./systemd/unit.ts";
import { hasErrors } from "./verify.ts";

/** The command. */
export const systemd: Command = {
  name: "systemd",
  summary: "write systemd units that run the stack, as another way than the local engine's supervisor",
  flags: {
    system: {
      type: "boolean",
      help: "units of the system, each service as a user of its own (when root runs it)",
    },
    user: { type: "boolean", help: "units of your own service manager (when anybody else runs it)" },
    output: { type: "string", value: "DIR", help: "where the units go (systemd/ in the state directory)" },
  },
  examples: ["systemd", "systemd --user --output ~/.config/systemd/user"],
  async run(invocation) {
    const { flags, progress, signal, print, stateDir } = invocation;
    const scope = scopeOf(invocation);
    const output = typeof flags.output === "string" ? userPath(flags.output) : join(stateDir, "systemd");
    const local = { ...invocation, flags: { ...flags, engine: "local" } };
    using opened = await openToChange(local);
    const leftOut = await opened.engine.prepare(progress, signal);
    const session = { ...opened, ...await makeEngine(opened.stack, { ...opened.target, leftOut }) };
    const { stack, target } = session;
    await refuseRunning(session);
    const { verdicts, files } = await checkOffline(session, local);
    if (hasErrors(verdicts)) {
      throw new Failure("Cannot write units: config.ts is refused", EXIT.wrong, "`deno task check` says why");
    }
    await ensureSecrets(stack, target, { signal });
    await writeFiles(target.buildDir, files);
    const directory = join(target.stateDir, "local");
    await Deno.mkdir(join(directory, "logs"), { recursive: true, mode: 0o700 });
    const { plan, services, binaries } = await planOf({
      stack,
      target,
      directory: await Deno.realPath(directory),
      progress,
      signal,
    }, hiddenFrom);
    await writeRecord(target.stateDir, { engine: "local", running: false, stack, leftOut });
    const units = unitsOf({ scope, plan, services, binaries });
    await placeUnits(output, units);
    print(instructions(scope, stack.name, resolve(output), [...units.keys()]));
    return { code: EXIT.done, json: { scope, directory: output, units: [...units.keys()] } };
  },
};

function scopeOf({ flags }: Invocation): Scope {
  if (flags.system && flags.user) throw new UsageError('Cannot use "--system" and "--user" together');
  const root = Deno.uid() === 0;
  if (flags.system && !root) {
    throw new Failure(
      "Cannot write units of the system: only root can say as whom each service runs",
      EXIT.lacking,
      "run it as root, or `deno task systemd --user`",
    );
  }
  if (flags.user && root) {
    throw new Failure(
      "Cannot write units of a user as root: the services would run as root",
      EXIT.usage,
      "run it as that user, or `deno task systemd --system`",
    );
  }
  return root ? "system" : "user";
}

/** Two that run the same services would fight for ports and data. */
async function refuseRunning({ target }: Session): Promise<void> {
  const directory = await Deno.realPath(join(target.stateDir, "local")).catch(() => undefined);
  if (directory === undefined) return;
  await refuseUnits(directory, "write the units of a stack anew while it runs");
  const { supervisor } = await findAlive(directory);
  if (supervisor === undefined) return;
  throw new Failure(
    "Cannot write units: the stack runs under its own supervisor",
    EXIT.usage,
    "run `deno task down` first; the units then go on with the same data",
  );
}

function instructions(scope: Scope, stack: string, output: string, names: readonly string[]): string {
  const systemctl = systemctlOf(scope);
  const home = scope === "system" ? "/etc/systemd/system" : "~/.config/systemd/user";
  const target = targetName(stack);
  return [
    `${names.length} units are in ${output}`,
    "",
    ...installLines(scope, names.map((name) => join(output, name)), target),
    "See what runs:",
    `  ${systemctl} status '${stack}-*'`,
    `  journalctl ${scope === "user" ? "--user " : ""}--follow --unit '${stack}-*'`,
    "After a change of config.ts:",
    `  ${systemctl} stop ${target}, the same deno task systemd, ${systemctl} daemon-reload, ${systemctl} start ${target}`,
    "Remove them, and go back to `deno task up` with the same data:",
    `  ${systemctl} disable --now ${target} ${names.filter((name) => name !== target).join(" ")}`,
    `  rm -f ${names.map((name) => join(home, name)).join(" ")}; ${systemctl} daemon-reload`,
  ].join("\n");
}

if (import.meta.main) await main(systemd);
