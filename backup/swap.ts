/**
 * Exchanging a service's data for what was brought back, so that it can be undone: what is there moves to `.vigie-restore/before` in the same
 * directory, what is new moves from `.vigie-restore/new` to its place. Each step can be cut short at any moment and done again; the file
 * `phase` says in which direction files were moving.
 */

import { join } from "node:path";
import { readIfThere, writeAtomically } from "../lib/files.ts";
import { isThere, namesIn, removeIfThere, syncDirectory } from "./files.ts";
import type { PartKind } from "./parts/part.ts";
import type { PartPlan } from "./plan.ts";

/** The directory in a service's data that no service minds. */
const ASIDE = ".vigie-restore";
/** `out`: old files are leaving. `in`: new ones are coming, or all are there. `back`: new ones are leaving. `home`: old ones come back. */
type Phase = "out" | "in" | "back" | "home";

/** Where new data is put, in the data directory `data`. */
export function newDirectory(data: string): string {
  return join(data, ASIDE, "new");
}

/** Exchanges what is there for what was brought back. Nothing is done where nothing was. */
export async function swap(plan: PartPlan, kind: PartKind): Promise<void> {
  const { data } = plan;
  if (!await isThere(join(data, ASIDE))) return;
  const phase = await phaseOf(data);
  if (phase === "back" || phase === "home") throw new Error(`Cannot swap "${data}": it is being put back`);
  if (phase !== "in") {
    await setPhase(data, "out");
    await moveAll(data, join(data, ASIDE, "before"), kind);
    await setPhase(data, "in");
  }
  await moveAll(newDirectory(data), data, kind);
  await own(data, plan, kind);
}

/** Puts what was there back in its place, wherever a swap was cut short, and removes what was brought. */
export async function undo({ data }: PartPlan, kind: PartKind): Promise<void> {
  const phase = await phaseOf(data);
  const before = join(data, ASIDE, "before");
  if (phase === "in" || phase === "back") {
    await setPhase(data, "back");
    await moveAll(data, newDirectory(data), kind);
    await setPhase(data, "home");
  }
  if (phase !== undefined) {
    await setPhase(data, "home");
    await moveAll(before, data, kind);
  }
  await discard({ data });
}

/** Removes what was brought, and what was replaced: there is no way back. */
export async function discard({ data }: Pick<PartPlan, "data">): Promise<void> {
  const aside = join(data, ASIDE);
  if (!await isThere(aside)) return;
  // The phase first: what is left of a removal that is cut short means nothing.
  await removeIfThere(join(aside, "phase"));
  await syncDirectory(aside);
  await removeIfThere(aside);
}

/** Whether data was exchanged, or is half exchanged, and neither kept nor put back. */
export async function isSwapped({ data }: Pick<PartPlan, "data">): Promise<boolean> {
  return await phaseOf(data) !== undefined;
}

/** Gives what lies in `directory` to whom the service runs as. @param kind Only what a restore replaces, and the directory itself. */
export async function own(directory: string, { owner }: PartPlan, kind?: PartKind): Promise<void> {
  if (!owner) return;
  const give = async (path: string) => {
    await Deno.chown(path, owner.uid, owner.gid);
    const { isDirectory } = await Deno.lstat(path);
    if (!isDirectory) return;
    for await (const { name } of Deno.readDir(path)) await give(join(path, name));
  };
  if (!kind) return await give(directory);
  await Deno.chown(directory, owner.uid, owner.gid);
  for (const name of await namesIn(directory)) {
    if (name !== ASIDE && kind.replaces(name)) await give(join(directory, name));
  }
}

async function moveAll(from: string, to: string, kind: PartKind): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for (const name of await namesIn(from)) {
    if (name === ASIDE || !kind.replaces(name)) continue;
    await Deno.rename(join(from, name), join(to, name));
  }
  await syncDirectory(to);
}

async function phaseOf(data: string): Promise<Phase | undefined> {
  return await readIfThere(join(data, ASIDE, "phase")) as Phase | undefined;
}

async function setPhase(data: string, phase: Phase): Promise<void> {
  await writeAtomically(join(data, ASIDE, "phase"), phase, 0o600);
  await syncDirectory(join(data, ASIDE));
}
