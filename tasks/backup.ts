/** `deno task backup`: a backup now, of whatever the stack is. */

import { relative } from "node:path";
import pc from "picocolors";
import { type Backup, isDirectory } from "../backup/mod.ts";
import { formatBytes, formatElapsed } from "../lib/units.ts";
import { openAgent } from "./backup/agent.ts";
import { bundleOf } from "./backup/bundle.ts";
import { repositoryOf } from "./backup/plan.ts";
import { repositorySecrets } from "./backup/access.ts";
import { type Command, EXIT, type Invocation, main } from "./cli.ts";
import { ENGINE_FLAG, openRunningToChange, type Session } from "./session.ts";

/** The command. */
export const backup: Command = {
  name: "backup",
  summary: "save all data, config.ts and the secrets, encrypted, where `backup` in config.ts says",
  flags: {
    ...ENGINE_FLAG,
    verify: { type: "boolean", help: "check the repository as well, even when that is not due" },
    "new-repository": { type: "boolean", help: "begin a new repository where the known one is gone" },
  },
  examples: ["backup", "backup --verify"],
  async run(invocation) {
    using session = await openRunningToChange(invocation);
    const made = await takeBackup(session, invocation);
    const repository = repositoryOf(session.stack, session.target);
    invocation.print(
      `${pc.green("backup")} ${made.snapshot.slice(0, 8)} of "${session.stack.name}": ${
        formatBytes(made.bytes)
      }, ` +
        `${formatBytes(made.addedBytes)} of them new, in ${formatElapsed(made.tookMs)}\n` +
        `${made.snapshots} ${made.snapshots === 1 ? "backup" : "backups"} in ${shown(repository)}, ${
          formatBytes(made.repositoryBytes)
        }${made.verified ? ", checked" : ""}`,
    );
    return { code: EXIT.done, json: { name: session.stack.name, repository, ...made } };
  },
};

/** Makes a backup of the stack of `session`. @throws {Failure} when it is not complete. */
export async function takeBackup(session: Session, invocation: Invocation): Promise<Backup> {
  const { stack, target } = session;
  const { progress, signal, flags, config } = invocation;
  const { secrets, made } = await repositorySecrets(stack, target, { make: true });
  if (made !== undefined) {
    progress.warn(
      `The backups are encrypted with a password that was made now: it is in ${
        relative(Deno.cwd(), made)
      }. Without it they are lost: keep a copy of it on another machine, such as in a password manager`,
    );
  }
  const agent = await openAgent({ session, secrets, progress, signal });
  return await agent.do({
    action: "save",
    bundle: await bundleOf(config, stack, target),
    newRepository: flags["new-repository"] === true,
    verify: flags.verify === true,
  });
}

function shown(repository: string): string {
  return isDirectory(repository) ? relative(Deno.cwd(), repository) || repository : repository;
}

if (import.meta.main) await main(backup);
