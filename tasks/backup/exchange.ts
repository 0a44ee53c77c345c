/** The restore itself: fetched beside, exchanged while the services concerned are stopped, proved, and kept or put back. */

import type { Manifest, Part, Snapshot } from "../../backup/mod.ts";
import type { Service } from "../../compose/services/mod.ts";
import { asFailure as known, EXIT, Failure, type Invocation } from "../cli.ts";
import type { openToChange } from "../session.ts";
import { urlsOf } from "../stack.ts";
import { startStack } from "../up.ts";
import type { Agent } from "./agent.ts";
import { placeConfig, type Placed, placeSecrets, returnSecrets } from "./put_back.ts";
import { lostIn } from "./restored.ts";
import { forgetUnfinished, readUnfinished, rememberUnfinished, replacedSecrets } from "./unfinished.ts";

/** What a restore works with. */
export interface Work {
  readonly session: Awaited<ReturnType<typeof openToChange>>;
  readonly invocation: Invocation;
  readonly agent: Agent;
}

/** A restore that was agreed to. */
export interface Exchange extends Work {
  readonly snapshot: Snapshot;
  readonly manifest: Manifest;
  /** Services whose data is exchanged. */
  readonly parts: readonly Part[];
  readonly config: boolean;
  readonly secrets: boolean;
  /** Services that run. */
  readonly running: readonly Service[];
}

/**
 * Restores. Cut short at any moment, the next call first puts back what was there.
 *
 * @returns what became of the files of the configuration.
 * @throws {Failure} when what was restored is not healthy: what was there before is back then.
 */
export async function exchange(how: Exchange): Promise<Placed[]> {
  const { session: { engine, target }, invocation, agent, parts, running, snapshot, manifest } = how;
  const { progress, signal } = invocation;
  const earlier = await readUnfinished(target.stateDir);
  if (earlier) {
    progress.note("A restore that was cut short is undone first");
    await putBack(how);
  }
  const { files } = await agent.do({ action: "fetch", snapshot, parts, bundle: true });
  const wasRunning = running.length > 0 || earlier?.wasRunning === true;
  await rememberUnfinished(target.stateDir, { snapshot: snapshot.id, wasRunning });
  try {
    // The backup itself looks at the data that is exchanged.
    await engine.stop([...parts, "backup"], progress, signal);
    progress.step(`exchange ${parts.join(", ")}`);
    await agent.do({ action: "swap", parts });
    await placeSecrets(
      files,
      target.stateDir,
      replacedSecrets(target.stateDir),
      (path) => how.secrets || parts.some((part) => path.startsWith(`${part}/`)),
    );
    const placed = how.config ? await placeConfig(files, target.configDir) : [];
    await startRestored(how);
    const lost = await lostIn(manifest, parts, { urls: urlsOf(how.session.stack), signal });
    if (lost.length > 0) throw new Failure(`What was restored is not whole: ${lost.join("; ")}`, EXIT.wrong);
    await agent.do({ action: "finish" });
    await forgetUnfinished(target.stateDir);
    return placed;
  } catch (error) {
    // Ctrl-C leaves all as it is: the same command puts it back and begins anew.
    signal.throwIfAborted();
    const failure = known(error);
    if (!failure) throw error;
    progress.warn(`${failure.message}: what was there before is put back`);
    await putBack(how);
    if (wasRunning) await startRestored(how);
    throw new Failure(
      `Cannot restore the backup ${snapshot.shortId}, and what was there before is back: ${failure.message}`,
      failure.exitCode,
      failure.cure ?? "restore another one: `deno task restore --list`",
    );
  }
}

async function startRestored({ invocation, session }: Exchange): Promise<void> {
  await startStack(session, { ...invocation, print: () => {} });
}

/** Puts back what a restore replaced, whatever it came to. The services concerned are stopped. */
export async function putBack(
  { session: { engine, target, stack }, invocation, agent }: Work,
): Promise<void> {
  const { progress, signal } = invocation;
  const parts = Object.keys(agent.plan.parts) as Part[];
  await engine.stop([...parts, ...(stack.backup ? ["backup" as const] : [])], progress, signal);
  progress.step("put back what was there");
  await agent.do({ action: "undo" });
  await returnSecrets(target.stateDir, replacedSecrets(target.stateDir));
  await forgetUnfinished(target.stateDir);
}
