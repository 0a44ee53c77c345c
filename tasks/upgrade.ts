/** `deno task upgrade`: other versions of what Vigie runs, one service at a time, with a way back. */

import pc from "picocolors";
import { compareFiles } from "../lib/files.ts";
import { formatElapsed } from "../lib/units.ts";
import { ask } from "./ask.ts";
import { type Command, EXIT, Failure, type Invocation, main } from "./cli.ts";
import { differingKeys } from "./doctor/configuration.ts";
import { readRecord, type StackRecord } from "./engine/choose.ts";
import { formatTable } from "./report.ts";
import { renderStack } from "./render.ts";
import { openToChange, type Session } from "./session.ts";
import { smokeTest } from "./smoke.ts";
import { stackBackups } from "./upgrade/stack_backups.ts";
import { failuresOf, NoWayBack, type Outcome, takeStep } from "./upgrade/change.ts";
import type { VersionChange } from "./upgrade/held.ts";
import { type Journal, readJournal, removeJournal, writeJournal } from "./upgrade/journal.ts";
import { isDowngrade, planUpgrade } from "./upgrade/plan.ts";
import { type Rehearsal, rehearse } from "./upgrade/rehearsal.ts";

const MOST_SHOWN = 5;

/** The command. */
export const upgrade: Command = {
  name: "upgrade",
  summary:
    "change versions: back up, try each new one on its configuration, change one service at a time, go back when it fails",
  usage: "[SERVICE…]",
  maxArgs: Number.POSITIVE_INFINITY,
  flags: {
    to: { type: "string", value: "VERSION", help: "the version of the one service that is named" },
    "dry-run": { type: "boolean", help: "show the steps and try the new versions, change nothing" },
    yes: { type: "boolean", short: "y", help: "do not ask" },
    "no-backup": { type: "boolean", help: "take no backup first" },
  },
  examples: ["upgrade --dry-run", "upgrade", "upgrade prometheus --to 3.5.3 --yes"],
  async run(invocation) {
    const { print, progress, flags } = invocation;
    using session = await openToChange(invocation);
    const record = await insistOnRunning(invocation.stateDir);
    const interrupted = await readJournal(invocation.stateDir);
    if (interrupted && !flags["dry-run"]) {
      progress.note("An interrupted upgrade is completed first");
      return ended(invocation, session, await carryOut(session, invocation, interrupted));
    }
    await insistOnSame(session, record, invocation);
    const wish = { services: invocation.args, to: flags.to as string | undefined };
    const planned = planUpgrade(session.configured ?? session.stack, record.versions ?? {}, wish);
    const tried = await tryAll(session, planned, invocation);
    const steps = tried.filter(({ rehearsal }) => rehearsal.same === undefined).map(({ change }) => change);
    print(planText(tried, invocation));
    const refused = tried.flatMap(({ rehearsal }) => rehearsal.problems);
    const json = { name: session.stack.name, engine: session.engine.name, steps: tried.map(stepJson) };
    if (refused.length > 0) {
      throw new Failure(
        `Cannot upgrade: nothing was changed\n${refused.map((problem) => `  ${problem}`).join("\n")}`,
        EXIT.wrong,
        "choose another version, or one Vigie that knows this one; the stack runs on as it is",
        json,
      );
    }
    if (steps.length === 0 || flags["dry-run"]) return { code: EXIT.done, json: { ...json, changed: [] } };
    await confirm(steps, invocation);
    const failing = await baseline(session, invocation);
    const snapshot = flags["no-backup"] ? undefined : await stackBackups.take(session, invocation);
    if (snapshot !== undefined) progress.note(`Backed up as ${snapshot.slice(0, 8)}`);
    const journal: Journal = { steps, at: 0, phase: "change", snapshot, failing };
    return ended(invocation, session, await carryOut(session, invocation, journal));
  },
};

/** Makes the steps of `journal` from where it is. Stops at the first one that goes back. */
async function carryOut(
  session: Session,
  invocation: Invocation,
  journal: Journal,
): Promise<{ outcomes: Outcome[]; snapshot?: string; left: readonly VersionChange[] }> {
  const { stateDir } = session.target;
  const backups = stackBackups;
  let current = journal;
  const outcomes: Outcome[] = [];
  for (; current.at < current.steps.length; current = { ...current, at: current.at + 1, phase: "change" }) {
    invocation.signal.throwIfAborted();
    const outcome = await takeStep({ session, invocation, backups }, current).catch((error) => {
      throw error instanceof NoWayBack ? noWayBack(error) : error;
    });
    outcomes.push(outcome);
    if (outcome.ended === "back") break;
    const { service, from, to } = outcome.change;
    invocation.progress.note(`${service} ${from} → ${to}: ready, and the smoke test passes`);
    if (current.at + 1 < current.steps.length) {
      await writeJournal(stateDir, { ...current, at: current.at + 1, phase: "change" });
    }
  }
  await removeJournal(stateDir);
  return { outcomes, snapshot: current.snapshot, left: current.steps.slice(current.at + 1) };
}

/** @throws {Failure} when nothing runs whose version could be changed. */
async function insistOnRunning(stateDir: string): Promise<StackRecord> {
  const record = await readRecord(stateDir);
  if (record?.running && Object.keys(record.versions ?? {}).length > 0) return record;
  throw new Failure(
    record?.running
      ? "Cannot upgrade: it is not known which versions run"
      : "Cannot upgrade: the stack does not run, so nothing could be proved",
    EXIT.usage,
    "run `deno task up` first: it starts the versions that ran last",
  );
}

/** An upgrade changes versions and nothing else: what else is new is applied before. */
async function insistOnSame(session: Session, record: StackRecord, invocation: Invocation): Promise<void> {
  const { stack, target, engine } = session;
  const without = ({ versions: _, ...rest }: typeof stack) => rest;
  const keys = differingKeys(without(record.stack), without(stack));
  const files = keys.length > 0 ? [] : await compareFiles(target.buildDir, renderStack(stack, target));
  const differences = [...keys, ...files.map(({ path }) => `${path} is not what config.ts gives`)];
  if (differences.length > 0 || record.engine !== engine.name) {
    const more = differences.length > MOST_SHOWN ? [`and ${differences.length - MOST_SHOWN} more`] : [];
    throw new Failure(
      `Cannot upgrade: what runs is not what config.ts gives\n${
        [...differences.slice(0, MOST_SHOWN), ...more].map((line) => `  ${line}`).join("\n")
      }`,
      EXIT.usage,
      "run `deno task up` first, so that the upgrade changes versions and nothing else",
    );
  }
  invocation.progress.step("look at what runs");
  const down = (await engine.status()).filter(({ state }) => state !== "ready" && state !== "left-out");
  if (down.length === 0) return;
  throw new Failure(
    `Cannot upgrade: ${down.map(({ service, state }) => `${service} is ${state}`).join(", ")}`,
    EXIT.wrong,
    "run `deno task doctor`, mend what it finds, then run the same command again",
  );
}

interface Tried {
  readonly change: VersionChange;
  readonly rehearsal: Rehearsal;
}

async function tryAll(
  session: Session,
  planned: readonly VersionChange[],
  invocation: Invocation,
): Promise<Tried[]> {
  const { progress, signal, flags } = invocation;
  const tried: Tried[] = [];
  for (const change of planned) {
    const rehearsal = await rehearse(session, change, { exact: flags.to !== undefined, progress, signal });
    tried.push({ change, rehearsal });
  }
  return tried;
}

/** Smoke checks that fail already: they say nothing about the change. */
async function baseline(session: Session, invocation: Invocation): Promise<string[]> {
  invocation.progress.step("smoke test of what runs now");
  const failing = failuresOf(await smokeTest(session, invocation));
  for (const { check, why } of failing) {
    invocation.progress.warn(`${check} fails already, and says nothing about the upgrade: ${why}`);
  }
  return failing.map(({ check }) => check);
}

async function confirm(steps: readonly VersionChange[], invocation: Invocation): Promise<void> {
  if (invocation.flags.yes) return;
  invocation.progress[Symbol.dispose]();
  if (!Deno.stdin.isTerminal() || invocation.json) {
    throw new Failure(
      "Cannot ask whether to upgrade: there is no terminal, and nothing was changed",
      EXIT.usage,
      "pass --yes; --dry-run shows the steps",
    );
  }
  const what = steps.length === 1 ? "this service" : `these ${steps.length} services`;
  if (!await ask(`Upgrade ${what}?`, invocation.signal)) throw new Failure("Nothing was changed", EXIT.wrong);
}

function planText(tried: readonly Tried[], { flags }: Invocation): string {
  if (tried.length === 0) return "Every service runs the version that it should";
  const rows = tried.map(({ change, rehearsal: { same, problems, tried: what } }) => [
    change.service,
    `${change.from} → ${change.to}`,
    same ?? (problems.length > 0 ? pc.red("refused") : what.length > 0 ? `tried: ${what.join(", ")}` : ""),
    isDowngrade(change) ? pc.yellow("older than what runs") : "",
  ]);
  const backup = flags["no-backup"] ? "without a backup" : "after a backup";
  return [
    `Steps, ${backup}, each until the service is ready and the smoke test passes; one that fails goes back`,
    "",
    formatTable(rows, "  "),
    "",
  ].join("\n");
}

function stepJson({ change, rehearsal: { same, problems, tried } }: Tried) {
  return { ...change, problems, tried, ...(same !== undefined && { same }) };
}

function ended(
  invocation: Invocation,
  { stack, engine }: Session,
  { outcomes, snapshot, left }: Awaited<ReturnType<typeof carryOut>>,
): { code: number; json: unknown } {
  const changed = outcomes.filter((outcome) => outcome.ended === "changed");
  const back = outcomes.find((outcome) => outcome.ended === "back");
  const json = {
    name: stack.name,
    engine: engine.name,
    snapshot,
    changed: changed.map(({ change }) => change),
  };
  for (const { change: { service, from, to }, ms } of changed) {
    invocation.print(`${pc.green(service)} ${from} → ${to} (${formatElapsed(ms)})`);
  }
  if (back === undefined) return { code: EXIT.done, json };
  const { service, from, to } = back.change;
  const data = back.restored ? ", with its data from the backup" : "";
  const rest = left.length === 0
    ? ""
    : `\nNot tried any more: ${left.map((change) => `${change.service} ${change.to}`).join(", ")}`;
  throw new Failure(
    `${service} ${to} does not do, and ${from} runs again${data}\n${indented(back.reason)}${rest}`,
    EXIT.wrong,
    "choose another version with --to, or stay: `up` keeps the versions that run",
    { ...json, back: { ...back.change, reason: back.reason, restored: back.restored } },
  );
}

function noWayBack({ change: { service, from }, reason, failure, snapshot }: NoWayBack): Failure {
  return new Failure(
    `${service} had to go back to ${from}, and that does not do either\nwhy it had to:\n${
      indented(reason)
    }\nwhy it cannot:\n${indented(failure)}`,
    EXIT.wrong,
    `see \`deno task logs ${service}\` and \`deno task doctor\`, mend the cause, then run \`deno task upgrade\` again${
      snapshot === undefined ? "" : `; the backup from before is ${snapshot}`
    }`,
  );
}

function indented(text: string): string {
  return text.split("\n").map((line) => `  ${line}`).join("\n");
}

if (import.meta.main) await main(upgrade);
