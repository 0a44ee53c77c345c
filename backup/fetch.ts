/** Bringing back what a backup holds, beside what is there: nothing that is in use is touched. */

import { join } from "node:path";
import { lockFile } from "../lib/lock.ts";
import { BackupFailure } from "./failure.ts";
import { filesBelow, isThere, removeIfThere, sumOf } from "./files.ts";
import type { Manifest } from "./manifest.ts";
import { PART_KINDS } from "./parts/mod.ts";
import { type BundledFile, type Part, PARTS, type Plan } from "./plan.ts";
import { type Access, manifestOf, openRepository, type Snapshot } from "./repository.ts";
import { refusal } from "./refusal.ts";
import { type Repository, tryRestic } from "./restic.ts";
import type { Reporter } from "./save.ts";
import { discard, newDirectory, own, undo } from "./swap.ts";

/** What is brought back. */
export interface FetchRequest extends Access {
  readonly plan: Plan;
  readonly snapshot: Snapshot;
  readonly parts: readonly Part[];
  /** Whether the configuration and the secrets are wanted as well. */
  readonly bundle: boolean;
}

/** What was brought back beside the data. */
export interface Fetched {
  readonly manifest: Manifest;
  /** Files of the configuration and the secrets. */
  readonly files: readonly BundledFile[];
}

/**
 * Puts the data of `parts` beside what is there, proved to be what was saved. An earlier restore that was cut short is undone first.
 *
 * @throws {BackupFailure} when what comes is not what was saved; nothing was changed then.
 */
export async function fetchParts(
  request: FetchRequest,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Fetched> {
  const { plan, snapshot, parts } = request;
  await Deno.mkdir(plan.data, { recursive: true, mode: 0o700 });
  using _lock = await lockFile(join(plan.data, "lock"), {
    signal,
    onWait: () => reporter.step("wait for a backup of this stack"),
  });
  const to = await openRepository(request);
  const manifest = await manifestOf(to, snapshot, signal);
  for (const part of PARTS) if (plan.parts[part]) await undo(plan.parts[part], PART_KINDS[part]);
  const aside = join(plan.data, "restored");
  try {
    for (const part of parts) {
      const target = plan.parts[part]!;
      await Deno.mkdir(target.data, { recursive: true });
      const directory = newDirectory(target.data);
      await bring(to, snapshot, manifest, part, directory, reporter, signal);
      const problem = await isThere(directory) ? PART_KINDS[part].problemOf?.(directory) : undefined;
      if (problem !== undefined && Object.keys(manifest.parts[part]!.files).length > 0) {
        throw damaged(snapshot, part, problem);
      }
      await own(directory, target);
    }
    const files: BundledFile[] = [];
    for (const part of request.bundle ? ["config", "secrets"] as const : []) {
      if (!manifest.parts[part]) continue;
      const directory = join(aside, part);
      await bring(to, snapshot, manifest, part, directory, reporter, signal);
      for (const path of await filesBelow(directory)) {
        const bytes = await Deno.readFile(join(directory, path));
        const { mode } = await Deno.stat(join(directory, path));
        files.push({
          path: `${part}/${path}`,
          base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")),
          mode: (mode ?? 0o600) & 0o777,
        });
      }
    }
    return { manifest, files };
  } catch (error) {
    for (const part of parts) await discard(plan.parts[part]!);
    throw error;
  } finally {
    await removeIfThere(aside);
  }
}

async function bring(
  to: Repository,
  snapshot: Snapshot,
  manifest: Manifest,
  part: string,
  directory: string,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const saved = manifest.parts[part]!;
  await removeIfThere(directory);
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  const finished = await tryRestic(to, [
    "restore",
    "--json",
    `${snapshot.id}:${saved.directory}`,
    `--target=${directory}`,
    "--no-lock",
  ], {
    signal,
    onMessage: (message) => {
      if (message.message_type === "status") {
        reporter.step(`fetch ${part}`, message.percent_done as number | undefined);
      }
    },
  });
  if (finished.code !== 0) throw refusal(to, `fetch ${part} of the backup ${snapshot.shortId}`, finished);
  reporter.step(`prove that ${part} is what was saved`);
  const problem = await difference(directory, saved.files);
  if (problem !== undefined) throw damaged(snapshot, part, problem);
}

/** What differs between `directory` and what was saved; undefined when nothing does. */
async function difference(
  directory: string,
  wanted: Manifest["parts"][string]["files"],
): Promise<string | undefined> {
  for (const [path, { bytes, sha256 }] of Object.entries(wanted)) {
    if (!await isThere(join(directory, path))) return `"${path}" is missing`;
    const sum = await sumOf(join(directory, path));
    if (sum.bytes !== bytes) return `"${path}" has ${sum.bytes} bytes instead of ${bytes}`;
    if (sum.sha256 !== sha256) return `"${path}" has another SHA-256 sum`;
  }
  return undefined;
}

function damaged(snapshot: Snapshot, part: string, problem: string): BackupFailure {
  return new BackupFailure(
    `The backup ${snapshot.shortId} is damaged: ${part} is not what was saved: ${problem}`,
    1,
    `restore another one (\`deno task restore --list\`), or leave that part out with --only`,
  );
}
