/** `deno task restore`: a backup brought back, into a running stack or an empty one. */

import pc from "picocolors";
import { isDirectory, type Manifest, type Part, PARTS, type Snapshot } from "../backup/mod.ts";
import { formatBytes } from "../lib/units.ts";
import { nearest } from "../lib/nearest.ts";
import { ask } from "./ask.ts";
import { repositorySecrets, SFTP_FLAGS, sftpSecretsOf } from "./backup/access.ts";
import { type Agent, openAgent } from "./backup/agent.ts";
import { bootstrap } from "./backup/bootstrap.ts";
import { type Exchange, exchange, putBack } from "./backup/exchange.ts";
import { repositoryOf } from "./backup/plan.ts";
import { readUnfinished } from "./backup/unfinished.ts";
import {
  type Command,
  type Ending,
  EXIT,
  Failure,
  type Invocation,
  main,
  UsageError,
  userPath,
} from "./cli.ts";
import { formatTable } from "./report.ts";
import { ENGINE_FLAG, openRunningToChange, openToChange, type Session } from "./session.ts";
import { formatAge } from "./status.ts";

/** What can be brought back by itself. */
const CHOICES = [...PARTS, "config", "secrets"] as const;
type Choice = typeof CHOICES[number];

/** The command. */
export const restore: Command = {
  name: "restore",
  summary: "bring a backup back, keeping what it replaces until the restored services are healthy",
  usage: "[SNAPSHOT]",
  maxArgs: 1,
  flags: {
    ...ENGINE_FLAG,
    only: { type: "string", value: "PARTS", help: `some of ${CHOICES.join(",")} (all that the backup has)` },
    list: { type: "boolean", help: "show the backups and change nothing" },
    "dry-run": { type: "boolean", help: "show what would be done and change nothing" },
    undo: { type: "boolean", help: "put back what a restore that was cut short had replaced" },
    repository: { type: "string", value: "REPOSITORY", help: "another repository than the one of config.ts" },
    "password-file": { type: "string", value: "FILE", help: "a file with the repository's password" },
    ...SFTP_FLAGS,
    yes: { type: "boolean", short: "y", help: "do not ask" },
  },
  examples: [
    "restore",
    "restore --list",
    "restore 4fa3c1d2 --only prometheus,alertmanager",
    "restore --repository /mnt/backups --password-file password",
  ],
  async run(invocation) {
    const only = chosenParts(invocation.flags.only as string | undefined);
    await bootstrap(invocation);
    // What there is can be seen whatever config.ts says now.
    using session =
      await (invocation.flags.list ? openRunningToChange(invocation) : openToChange(invocation));
    return await restoreInto(session, only, invocation);
  },
};

type OpenSession = Awaited<ReturnType<typeof openToChange>>;

async function restoreInto(
  session: OpenSession,
  only: readonly Choice[] | undefined,
  invocation: Invocation,
): Promise<Ending> {
  const { stack, target, engine } = session;
  const { flags, progress, signal, print, args } = invocation;
  await engine.prepare(progress, signal);
  const { secrets } = await repositorySecrets(stack, target, {
    make: false,
    passwordFile: flags["password-file"] as string | undefined,
  });
  const repository = flags.repository as string | undefined;
  const agent = await openAgent({
    session,
    secrets: { ...secrets, ...await sftpSecretsOf(invocation) },
    progress,
    signal,
    repository: repository !== undefined && isDirectory(repository) ? userPath(repository) : repository,
  });
  const work = { session, invocation, agent };
  if (flags.undo) return await undoOnly(work);
  if (flags.list) return list(await agent.do({ action: "list" }), session, print);

  const asked = { wanted: args[0], stack: args[0] === undefined ? stack.name : undefined };
  progress.step("read the backup");
  const { snapshot, manifest } = await agent.do({ action: "choose", ...asked });
  const parts = partsIn(manifest, agent, only);
  const status = await engine.status();
  const running = status.filter(({ state }) => state !== "stopped" && state !== "left-out").map((
    { service },
  ) => service);
  const how: Exchange = {
    ...work,
    snapshot,
    manifest,
    parts: parts.filter((part): part is Part => PARTS.some((each) => each === part)),
    config: parts.includes("config"),
    secrets: parts.includes("secrets"),
    running,
  };
  print(describe(how));
  if (flags["dry-run"]) return { code: EXIT.done, json: { snapshot, parts, running, changed: false } };
  await confirm(invocation, stack.name);
  const placed = await exchange(how);
  for (const { path, how: what } of placed) {
    if (what === "beside") print(`${path} is the one of the backup: yours was left as it is`);
    if (what === "left out") print(`${path} lay outside of the configuration's directory and is left out`);
  }
  print(
    `${pc.green("restored")} ${parts.join(", ")} of ${snapshot.shortId}, made ${
      snapshot.time.slice(0, 19)
    } UTC`,
  );
  return { code: EXIT.done, json: { snapshot, parts, running, changed: true, files: placed } };
}

async function undoOnly(
  work: { session: OpenSession; invocation: Invocation; agent: Agent },
): Promise<Ending> {
  const unfinished = await readUnfinished(work.session.target.stateDir);
  if (!unfinished) {
    work.invocation.print("No restore was cut short: there is nothing to put back");
    return { code: EXIT.done, json: { changed: false } };
  }
  await putBack(work);
  work.invocation.print("What was there before the restore is back; `deno task up` starts it");
  return { code: EXIT.done, json: { changed: true } };
}

function list(
  snapshots: readonly Snapshot[],
  { stack, target }: Session,
  print: Invocation["print"],
): Ending {
  const head = ["BACKUP", "MADE (UTC)", "AGO", "SIZE", "STACK", ""].map((text) => pc.dim(text));
  const rows = [...snapshots].reverse().map((snapshot) => [
    snapshot.shortId,
    snapshot.time.slice(0, 19).replace("T", " "),
    formatAge(Date.now() - Date.parse(snapshot.time)),
    snapshot.bytes === undefined ? "" : formatBytes(snapshot.bytes),
    snapshot.stack,
    snapshot.whole ? "" : pc.yellow("not complete"),
  ]);
  const repository = repositoryOf(stack, target);
  print(rows.length === 0 ? `There is no backup in ${repository}` : formatTable([head, ...rows]));
  return { code: EXIT.done, json: { repository, snapshots } };
}

function chosenParts(text: string | undefined): Choice[] | undefined {
  if (text === undefined) return undefined;
  return text.split(",").map((name) => {
    const choice = CHOICES.find((each) => each === name.trim());
    if (choice) return choice;
    const near = nearest(name.trim(), CHOICES);
    throw new UsageError(
      `Cannot restore "${name.trim()}": ${
        near ? `did you mean "${near}"?` : `expected some of ${CHOICES.join(", ")}`
      }`,
    );
  });
}

/** What is asked for, of what the backup has and the stack can take. */
function partsIn(manifest: Manifest, { plan }: Agent, only: readonly Choice[] | undefined): Choice[] {
  const fits = (part: Choice) => part === "config" || part === "secrets" || plan.parts[part] !== undefined;
  const there = CHOICES.filter((part) => manifest.parts[part] !== undefined);
  for (const part of only ?? []) {
    if (!there.includes(part)) {
      throw new Failure(
        `Cannot restore ${part}: the backup has none${
          manifest.missing[part] === undefined ? "" : `, as it could not be saved: ${manifest.missing[part]}`
        }`,
        EXIT.usage,
        "`deno task restore --list` shows the other backups",
      );
    }
    if (!fits(part)) {
      throw new Failure(`Cannot restore ${part}: this stack has none`, EXIT.usage, "leave it out of --only");
    }
  }
  return there.filter((part) => fits(part) && (only === undefined || only.includes(part)));
}

function describe({ manifest, snapshot, parts, config, secrets, running, session }: Exchange): string {
  const { stack, engine } = session;
  const stopped = parts.filter((part) => running.includes(part));
  const rows = [...parts, ...(config ? ["config"] : []), ...(secrets ? ["secrets"] : [])].map((part) => [
    part,
    formatBytes(manifest.parts[part]!.bytes),
    whatHappens(part, running),
  ]);
  const absent = Object.keys(manifest.parts).filter((part) =>
    ![...parts, "config", "secrets"].includes(part)
  );
  const lines = [
    `The backup ${pc.bold(snapshot.shortId)} of "${manifest.stack}" (${manifest.engine} engine), made ${
      manifest.startedAt.slice(0, 19)
    } UTC, ${
      formatAge(Date.now() - Date.parse(manifest.startedAt))
    } ago, into "${stack.name}" on the ${engine.name} engine:`,
    "",
    formatTable(rows, "  "),
    "",
    ...(manifest.stack === stack.name
      ? []
      : [pc.yellow(`It is the backup of another stack: "${manifest.stack}"`)]),
    ...(absent.length > 0 ? [`Not restored: ${absent.join(", ")}`] : []),
    ...Object.entries(manifest.missing).map(([part, why]) => pc.yellow(`It has no ${part}: ${why}`)),
    stopped.length > 0
      ? `${stopped.join(", ")} will be stopped; what is there is kept until the restored services are healthy`
      : "What is there is kept until the restored services are healthy",
  ];
  return lines.join("\n");
}

function whatHappens(part: string, running: readonly string[]): string {
  if (part === "config") return "what is missing is written, what differs is put beside yours";
  if (part === "secrets") return "replace the ones that differ";
  return running.some((service) => service === part)
    ? "replaces what runs"
    : "replaces what is there, if anything";
}

async function confirm({ flags, progress, signal }: Invocation, name: string): Promise<void> {
  if (flags.yes) return;
  progress[Symbol.dispose]();
  if (!Deno.stdin.isTerminal()) {
    throw new Failure("Cannot ask whether to restore: there is no terminal", EXIT.usage, "pass --yes");
  }
  if (!await ask(`Replace the data of "${name}"?`, signal)) {
    throw new Failure("Nothing was changed", EXIT.wrong);
  }
}

if (import.meta.main) await main(restore);
