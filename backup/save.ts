/** One backup: what is there is collected, stored, thinned out, and checked now and then. */

import { dirname, join } from "node:path";
import { lockFile } from "../lib/lock.ts";
import { systemError } from "../lib/system_error.ts";
import { durationMs } from "../lib/units.ts";
import { BackupFailure } from "./failure.ts";
import { filesBelow, isThere, removeIfThere, sumOf } from "./files.ts";
import { FORMAT, MANIFEST, type Manifest } from "./manifest.ts";
import type { Saved } from "./parts/part.ts";
import { PART_KINDS } from "./parts/mod.ts";
import { type Bundle, type Part, PARTS, type Plan } from "./plan.ts";
import {
  type Access,
  ensureRepository,
  openRepository,
  removeStaleLocks,
  snapshotsOf,
  TAG,
} from "./repository.ts";
import { isFull, refusal, RESTIC } from "./refusal.ts";
import { type Repository, restic, tryRestic } from "./restic.ts";
import { readState, type Run, type State, type Stored, updateState } from "./state.ts";

/** What a backup is made with. */
export interface SaveRequest extends Access {
  readonly plan: Plan;
  readonly bundle: Bundle;
  /** Whether a repository that is gone may be begun anew. */
  readonly newRepository?: boolean;
  /** Whether the repository is checked even when that is not due. */
  readonly verify?: boolean;
}

/** Who is told how far it is. */
export interface Reporter {
  step(what: string, fraction?: number): void;
}

/** What came of it. */
export interface Backup extends Stored {
  /** Parts that it should have and has not, each with the reason. */
  readonly missing: Readonly<Record<string, string>>;
  /** Backups of this stack in the repository. */
  readonly snapshots: number;
  readonly repositoryBytes: number;
  /** Whether the repository was checked as well. */
  readonly verified: boolean;
}

/**
 * Makes a backup. Interrupted at any moment it leaves nothing that the next one minds; what was stored by then need not be stored again.
 *
 * @throws {BackupFailure} when there is none now, or it is not complete, or the repository is not sound: the agent's state tells which.
 */
export async function save(request: SaveRequest, reporter: Reporter, signal: AbortSignal): Promise<Backup> {
  const { plan } = request;
  await Deno.mkdir(plan.data, { recursive: true, mode: 0o700 });
  using _lock = await lockFile(join(plan.data, "lock"), {
    signal,
    onWait: () => reporter.step("wait for another backup of this stack"),
  });
  const began = new Date();
  try {
    const state = await updateState(plan.data, {});
    const backup = await saveLocked(request, state, began, reporter, signal);
    const missing = Object.entries(backup.missing);
    if (missing.length > 0) {
      const message = `The backup ${backup.snapshot.slice(0, 8)} is not complete:\n${
        missing.map(([part, reason]) => `  ${part}: ${reason}`).join("\n")
      }`;
      throw isFull(message)
        ? new BackupFailure(message, 3, roomFor(plan.data))
        : new BackupFailure(message, 1, "mend what it names, then run `deno task backup` again");
    }
    await remember(plan, began, undefined);
    return backup;
  } catch (caught) {
    const error = signal.aborted ? caught : asFailure(caught, plan);
    // What was only cut short says nothing about how well backups go.
    if (!signal.aborted) await remember(plan, began, error).catch(() => {});
    throw error;
  }
}

/** What the operating system refused, as a failure; anything else as it is. */
function asFailure(error: unknown, { data }: Plan): unknown {
  const refused = systemError(error)?.message ?? (error as Error).message;
  if (error instanceof BackupFailure || !isFull(refused)) return error;
  return new BackupFailure(`Cannot make the backup: ${refused}`, 3, roomFor(data));
}

function roomFor(directory: string): string {
  return `free some disk space for "${directory}", then run the same command again`;
}

async function remember({ data }: Plan, began: Date, error: unknown): Promise<void> {
  const { failures } = await readState(data);
  await updateState(data, {
    lastRun: runOf(began, error),
    failures: error === undefined ? 0 : failures + 1,
  });
}

function runOf(began: Date, error: unknown): Run {
  return {
    startedAt: began.toISOString(),
    endedAt: new Date().toISOString(),
    ok: error === undefined,
    ...(error !== undefined && { error: (error as Error).message }),
  };
}

async function saveLocked(
  request: SaveRequest,
  state: State,
  began: Date,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Backup> {
  const { plan, bundle } = request;
  const started = performance.now();
  reporter.step("open the repository");
  const to = await openRepository(request);
  const known = state.repository?.at === plan.repository && !request.newRepository
    ? state.repository.id
    : undefined;
  const id = await ensureRepository(to, known, signal);
  await updateState(plan.data, { repository: { id, at: plan.repository } });
  await removeStaleLocks(to, signal);

  const staging = join(plan.data, "staging");
  await removeIfThere(staging);
  await Deno.mkdir(staging, { mode: 0o700 });
  const { saved, missing } = await collect(plan, staging, reporter, signal);
  try {
    await unpack(bundle, staging);
    reporter.step("add up what is to be stored");
    const manifest = await describe(plan, bundle, staging, saved, missing, began);
    await Deno.writeTextFile(join(staging, MANIFEST), JSON.stringify(manifest), { mode: 0o600 });
    const stored = await store(to, plan, manifest, saved, staging, reporter, signal);
    const result = {
      ...stored,
      startedAt: began.toISOString(),
      tookMs: Math.round(performance.now() - started),
    };
    if (Object.keys(missing).length === 0) {
      await updateState(plan.data, { lastStored: { ...result } });
    }
    await releaseAll(saved);
    await removeIfThere(staging);
    return { ...result, missing, ...await tidy(request, to, reporter, signal) };
  } finally {
    await releaseAll(saved);
    await removeIfThere(staging);
  }
}

async function releaseAll(saved: ReadonlyMap<Part, Saved>): Promise<void> {
  for (const { release } of saved.values()) await release?.();
}

/** Every part side by side: one that waits does not hold up the others. One that cannot be saved does not take the others with it. */
async function collect(
  plan: Plan,
  staging: string,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<{ saved: ReadonlyMap<Part, Saved>; missing: Record<string, string> }> {
  const saved = new Map<Part, Saved>();
  const missing: Record<string, string> = {};
  const parts = PARTS.filter((part) => plan.parts[part] !== undefined);
  reporter.step(`collect ${parts.join(", ")}`);
  await Promise.all(parts.map(async (part) => {
    const own = join(staging, part);
    const { data, url } = plan.parts[part]!;
    // A service that never ran has nothing to save.
    if (url === undefined && !await isThere(data)) return;
    try {
      await Deno.mkdir(own, { mode: 0o700 });
      saved.set(part, await PART_KINDS[part].save({ plan: plan.parts[part]!, staging: own, signal }));
    } catch (error) {
      if (signal.aborted) return;
      missing[part] = systemError(error)?.message ?? (error as Error).message;
      // Half of it would look like the whole.
      await removeIfThere(own);
    }
  }));
  if (!signal.aborted) return { saved, missing };
  await releaseAll(saved);
  throw signal.reason;
}

/** The configuration and the secrets as files. */
async function unpack({ files }: Bundle, staging: string): Promise<void> {
  for (const { path, base64, mode } of files) {
    const target = join(staging, path);
    await Deno.mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await Deno.writeFile(target, bytesOf(base64), { mode: mode | 0o600 });
  }
}

/** @param base64 As `btoa` writes it. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

async function describe(
  plan: Plan,
  bundle: Bundle,
  staging: string,
  saved: ReadonlyMap<Part, Saved>,
  missing: Readonly<Record<string, string>>,
  began: Date,
): Promise<Manifest> {
  const parts: Manifest["parts"] = {};
  const add = async (part: string, { directory, isWanted, facts = {} }: Saved) => {
    const paths = await filesBelow(directory, isWanted);
    const files = Object.fromEntries(
      await Promise.all(paths.map(async (path) => [path, await sumOf(join(directory, path))] as const)),
    );
    // A service that has nothing yet must not take the place of one that has.
    if (paths.length === 0) return;
    const size = Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
    parts[part] = { directory, bytes: size, files, facts: { ...facts } };
  };
  for (const [part, each] of saved) await add(part, each);
  for (const part of ["config", "secrets"]) {
    if (bundle.files.some(({ path }) => path.startsWith(`${part}/`))) {
      await add(part, { directory: join(staging, part) });
    }
  }
  return {
    format: FORMAT,
    stack: plan.stack,
    engine: plan.engine,
    startedAt: began.toISOString(),
    versions: { ...plan.versions },
    parts,
    missing: { ...missing },
    config: bundle.config,
  };
}

async function store(
  to: Repository,
  plan: Plan,
  manifest: Manifest,
  saved: ReadonlyMap<Part, Saved>,
  staging: string,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Pick<Stored, "snapshot" | "bytes" | "addedBytes">> {
  const directories = [...saved.values()].map(({ directory }) => directory)
    .filter((directory) => !directory.startsWith(`${staging}/`));
  const excluded = [...saved.values()].filter(({ isWanted }) => isWanted !== undefined).flatMap((
    { directory },
  ) =>
    ["lock", "queries.active", "snapshots", ".vigie-restore"].map((name) =>
      `--exclude=${join(directory, name)}`
    )
  );
  let summary: { snapshot_id: string; total_bytes_processed: number; data_added_packed?: number } | undefined;
  const whole = Object.keys(manifest.missing).length === 0;
  const finished = await tryRestic(to, [
    "backup",
    "--json",
    `--host=${plan.stack}`,
    `--tag=${whole ? TAG.whole : TAG.incomplete}`,
    "--group-by=host",
    // A file of Prometheus's changes by being linked once more, and by nothing else.
    "--ignore-ctime",
    ...excluded,
    ...directories,
    staging,
  ], {
    signal,
    onMessage: (message) => {
      if (message.message_type === "status") reporter.step("store", message.percent_done as number);
      if (message.message_type === "summary") summary = message as unknown as typeof summary;
    },
  });
  if (finished.code !== 0 || !summary) {
    if (summary && finished.code === RESTIC.incomplete) await forgetOne(to, summary.snapshot_id, signal);
    throw refusal(to, "store the backup", finished);
  }
  return {
    snapshot: summary.snapshot_id,
    bytes: summary.total_bytes_processed,
    addedBytes: summary.data_added_packed ?? 0,
  };
}

/** One that some files are missing in must not be taken for a whole one. */
async function forgetOne(to: Repository, snapshot: string, signal: AbortSignal): Promise<void> {
  await restic(to, "remove an incomplete backup", ["forget", "--quiet", snapshot], { signal });
}

/** Removes what is older than `keep` says, and checks the repository when that is due. */
async function tidy(
  { plan, verify }: SaveRequest,
  to: Repository,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Pick<Backup, "snapshots" | "repositoryBytes" | "verified">> {
  reporter.step("remove old backups");
  await forget(to, plan, signal);
  const { lastVerify } = await readState(plan.data);
  const due = verify || lastVerify === undefined || !lastVerify.ok ||
    Date.now() - Date.parse(lastVerify.startedAt) >= durationMs(plan.verify.every);
  if (due) await check(to, plan, reporter, signal);
  const snapshots = (await snapshotsOf(to, signal)).filter(({ stack }) => stack === plan.stack).length;
  const text = await restic(
    to,
    "measure the repository",
    ["stats", "--mode=raw-data", "--json", "--no-lock"],
    {
      signal,
    },
  );
  const repositoryBytes = (JSON.parse(text) as { total_size: number }).total_size;
  await updateState(plan.data, { snapshots, repositoryBytes });
  return { snapshots, repositoryBytes, verified: due };
}

const INCOMPLETE_KEPT = 3;

async function forget(to: Repository, { stack, keep }: Plan, signal: AbortSignal): Promise<void> {
  const policy = Object.entries(keep).filter(([, count]) => count > 0).map(([which, count]) =>
    `--keep-${which}=${count}`
  );
  const own = ["--quiet", `--host=${stack}`, "--group-by=host"];
  await restic(to, "remove incomplete backups", [
    "forget",
    ...own,
    `--tag=${TAG.incomplete}`,
    `--keep-last=${INCOMPLETE_KEPT}`,
  ], { signal });
  // Without a policy everything is kept; restic would refuse to be asked for none.
  if (policy.length > 0) {
    const args = ["forget", ...own, `--tag=${TAG.whole}`, ...policy, "--prune"];
    await restic(to, "remove old backups", args, { signal });
  }
}

/** Checks the repository, reading a share of it back. @throws {BackupFailure} when it is damaged. */
async function check(to: Repository, plan: Plan, reporter: Reporter, signal: AbortSignal): Promise<void> {
  reporter.step("check the repository");
  const began = new Date();
  const { code, complaints } = await tryRestic(to, [
    "check",
    "--json",
    `--read-data-subset=${plan.verify.share}`,
  ], { signal });
  if (code === RESTIC.locked) throw refusal(to, "check the repository", { code, complaints });
  const error = code === 0 ? undefined : new BackupFailure(
    `The repository "${plan.repository}" is damaged: ${
      complaints.slice(0, 3).join("; ") || `exit code ${code}`
    }`,
    1,
    "docs/backup.md says how to mend it; what is not damaged can still be restored",
  );
  await updateState(plan.data, { lastVerify: runOf(began, error) });
  if (error) throw error;
}
