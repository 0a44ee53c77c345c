/** `deno task up`: from config.ts to a running stack, and again after each change. */

import pc from "picocolors";
import { formatElapsed } from "../lib/units.ts";
import { type Files, refuseForeign, writeFiles } from "../lib/files.ts";
import { type Command, type Ending, EXIT, Failure, type Invocation, main } from "./cli.ts";
import { prepareBackup } from "./backup/bundle.ts";
import { refuseUnfinishedRestore } from "./backup/unfinished.ts";
import { makeEngine, readRecord, type StackRecord, writeRecord } from "./engine/choose.ts";
import type { Applied } from "./engine/engine.ts";
import { settleGrafanaPassword } from "./grafana_password.ts";
import { checkOffline } from "./offline.ts";
import { exportEntryRoot } from "./entry_root.ts";
import { renderFor } from "./render.ts";
import { formatTable } from "./report.ts";
import { ensureSecrets, GRAFANA_PASSWORD } from "./secrets.ts";
import { ENGINE_FLAG, openToChange, type Session } from "./session.ts";
import { firstPasswordOf } from "./sign_on.ts";
import { publicUrlsOf, urlsOf } from "./stack.ts";
import { FIRST_USER } from "../webhook/mod.ts";
import { ACCEPT_FLAG, confirmLosses, lossesOf } from "./upgrade/data_loss.ts";
import { runningVersions, waitingChanges } from "./upgrade/held.ts";
import { readJournal } from "./upgrade/journal.ts";
import { markBuild, otherStateDir, rememberFiles, runningFiles } from "./upgrade/memory.ts";
import { formatVerdict, hasErrors } from "./verify.ts";
import { join, relative } from "node:path";

/** The command. */
export const up: Command = {
  name: "up",
  summary: "generate, check, start, and wait until every service is ready; run again it applies what changed",
  flags: { ...ENGINE_FLAG, ...ACCEPT_FLAG },
  examples: [
    "up",
    "up --engine local",
    "up --config staging.ts --build build-staging --state .state-staging",
  ],
  async run(invocation) {
    using opened = await openToChange(invocation);
    await refuseUnfinishedRestore(invocation.stateDir);
    const upgrade = await readJournal(invocation.stateDir);
    if (upgrade) {
      const { service, from, to } = upgrade.steps[upgrade.at]!;
      invocation.progress.warn(
        `An upgrade of ${service} from ${from} to ${to} was cut short: \`deno task upgrade\` completes it, or goes back`,
      );
    }
    return await startStack(opened, invocation);
  },
};

/** Brings up what `opened` says. Whoever calls it has the state directory's lock. */
export async function startStack(
  opened: Awaited<ReturnType<typeof openToChange>>,
  invocation: Invocation,
): Promise<Ending> {
  const started = performance.now();
  const { progress, signal, print } = invocation;
  const before = await readRecord(opened.target.stateDir);
  const last = before && await leftNothing(before) ? undefined : before;
  refuseOther(opened, last);
  await refuseForeign(invocation.buildDir);
  const leftOut = await opened.engine.prepare(progress, signal);
  const session = { ...opened, ...await makeEngine(opened.stack, { ...opened.target, leftOut }) };
  const { stack, target, engine } = session;
  const files = await refuseWrong(session, invocation);
  await refuseLoss(session, last, invocation);
  await ensureSecrets(stack, target, { signal });
  if (stack.backup) await prepareBackup(invocation.config, stack, target);
  await writeFiles(target.buildDir, files);
  // Remembered before anything starts: an interrupted `up` is found by `down` and `status`.
  const versions = { ...last?.versions, ...runningVersions(stack, target) };
  await writeRecord(target.stateDir, { engine: engine.name, running: true, stack, leftOut, versions });
  await markBuild(target.buildDir, target.stateDir);
  const applied = await engine.up(progress, signal);
  await rememberFiles(target.stateDir, renderFor(stack, target));
  await settlePassword(session, applied, signal);
  const entryRoot = await exportEntryRoot(stack, target);
  const ms = performance.now() - started;
  print(summary(session, applied, ms, entryRoot));
  const waiting = waitingChanges(opened.configured ?? stack, versions);
  for (const { service, from, to } of waiting) {
    progress.note(`${service} stays at ${from}: \`deno task upgrade\` changes it to ${to}`);
  }
  const gatePassword = firstPasswordOf(stack);
  return {
    code: EXIT.done,
    json: {
      name: stack.name,
      engine: engine.name,
      ms: Math.round(ms),
      ...(waiting.length > 0 && { waiting }),
      services: applied.map((service) => ({ ...service, url: publicUrlsOf(stack)[service.service] })),
      ...(runs(applied, "grafana") && { grafanaPasswordFile: join(target.stateDir, GRAFANA_PASSWORD) }),
      ...(gatePassword !== undefined && { signOnPasswordFile: join(target.stateDir, gatePassword) }),
      ...(entryRoot !== undefined && { entryRootFile: entryRoot }),
    },
  };
}

/** Asks before data would be dropped: what is in use now is what the last `up` was given. */
async function refuseLoss(
  { stack, target }: Session,
  record: StackRecord | undefined,
  invocation: Invocation,
): Promise<void> {
  const { engine, buildDir, stateDir } = target;
  const before = record && { ...record, files: await runningFiles(stateDir) };
  const other = record ? undefined : await otherStateDir(buildDir, stateDir);
  await confirmLosses(
    lossesOf(before, { stack, engine, files: renderFor(stack, target) }, other),
    invocation,
  );
}

/** Whether the last `up` ended before anything was made: Docker had not all images, say. */
async function leftNothing({ engine, stack: { name } }: StackRecord): Promise<boolean> {
  if (engine !== "docker") return false;
  const { hasNothingOf } = await import("./engine/docker_containers.ts");
  return await hasNothingOf(name);
}

/**
 * A stack has one set of ports and data: on two engines at once, or under two Compose project names, it would fight with itself.
 */
function refuseOther({ stack, engine }: Session, record: StackRecord | undefined): void {
  if (record?.running && record.stack.name !== stack.name) {
    throw new Failure(
      `Cannot start the stack "${stack.name}": this state directory is the one of "${record.stack.name}", which runs`,
      EXIT.usage,
      "run `deno task down` first, or name another directory with --state",
    );
  }
  if (record?.running && record.engine !== engine.name) {
    throw new Failure(
      `Cannot start the stack on the ${engine.name} engine: it runs on the ${record.engine} engine`,
      EXIT.usage,
      `run \`deno task down --engine ${record.engine}\` first`,
    );
  }
}

/** Grafana's database is made with one password, and keeps it until it is told another. */
async function settlePassword(
  { stack, target, engine }: Session,
  applied: readonly Applied[],
  signal: AbortSignal,
): Promise<void> {
  if (!runs(applied, "grafana")) return;
  await settleGrafanaPassword({
    url: urlsOf(stack).grafana,
    user: stack.grafana.adminUser,
    stateDir: target.stateDir,
    stack: stack.name,
    engine: engine.name,
    signal,
  });
}

/** @returns the files that were checked, which are the ones to write. */
async function refuseWrong(session: Session, invocation: Invocation): Promise<Files> {
  const { verdicts, directoryOf, files } = await checkOffline(session, invocation);
  const shown = verdicts.filter(({ id, problems }) => problems.length > 0 && id !== "build/fresh");
  const texts = await Promise.all(shown.map((verdict) => formatVerdict(verdict, directoryOf(verdict.id))));
  if (hasErrors(verdicts)) {
    throw new Failure(
      `Cannot apply config.ts: what it gives is refused, and nothing was changed\n\n${texts.join("\n")}`,
      EXIT.wrong,
      "mend config.ts, then run the same command again",
    );
  }
  for (const text of texts) invocation.progress.warn(text);
  return files;
}

function summary(
  { stack, target, engine }: Session,
  applied: readonly Applied[],
  ms: number,
  entryRoot: string | undefined,
): string {
  const urls = publicUrlsOf(stack);
  const rows = applied.map(({ service, action, readyMs, detail }) =>
    action === "left-out" || action === "stopped"
      ? [pc.yellow(service), detail ?? "", action === "left-out" ? "left out" : "stopped", ""]
      : [pc.green(service), urls[service], action, formatElapsed(readyMs)]
  );
  const lines = [
    `${pc.bold(stack.name)} is up on the ${engine.name} engine in ${formatElapsed(ms)}`,
    ...(runs(applied, "webhook")
      ? [`${urls.webhook} shows what is well, what is wrong, and who was told`]
      : []),
    "",
    formatTable(rows, "  "),
    "",
  ];
  if (runs(applied, "grafana")) {
    const path = join(target.stateDir, GRAFANA_PASSWORD);
    lines.push(`Grafana: user ${stack.grafana.adminUser}, its password is in ${relative(Deno.cwd(), path)}`);
  }
  const gatePassword = firstPasswordOf(stack);
  if (gatePassword !== undefined) {
    const path = join(target.stateDir, gatePassword);
    lines.push(`Sign in as ${FIRST_USER}: the password is in ${relative(Deno.cwd(), path)}`);
  }
  if (entryRoot !== undefined) {
    lines.push(
      `Browsers trust it once they know the authority in ${relative(Deno.cwd(), entryRoot)}: docs/tls.md`,
    );
  }
  lines.push("Next: `deno task smoke` proves that an alert arrives, `deno task status` shows what runs");
  return lines.join("\n");
}

function runs(applied: readonly Applied[], service: string): boolean {
  return applied.some((entry) =>
    entry.service === service && entry.action !== "left-out" && entry.action !== "stopped"
  );
}

if (import.meta.main) await main(up);
