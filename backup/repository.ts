/** The repository of a plan: made when it is new, unlocked when a run was killed, and what is in it. */

import { join } from "node:path";
import { BackupFailure } from "./failure.ts";
import { MANIFEST, type Manifest, parseManifest } from "./manifest.ts";
import { type Plan, SECRET } from "./plan.ts";
import { refusal, RESTIC } from "./refusal.ts";
import { type Repository, restic, tryRestic } from "./restic.ts";

/** Tag of a backup that has all it should have, and of one that has not. */
export const TAG = { whole: "vigie", incomplete: "vigie-incomplete" } as const;

/** What a repository needs to be used. */
export interface Access {
  readonly plan: Pick<Plan, "repository" | "credentials" | "sftpKey" | "data">;
  readonly secrets: Readonly<Record<string, string>>;
  /** Path of restic. */
  readonly program: string;
}

/** A backup in a repository. */
export interface Snapshot {
  readonly id: string;
  /** The first 8 characters of its id. */
  readonly shortId: string;
  /** When it was made, ISO 8601. */
  readonly time: string;
  readonly stack: string;
  /** Whether it has all it should have. */
  readonly whole: boolean;
  /** What it holds, bytes; undefined when restic does not say. */
  readonly bytes?: number;
  /** The directory with its manifest. */
  readonly staging: string;
}

/** Opens what `access` names. Nothing is asked of it yet. */
export async function openRepository({ plan, secrets, program }: Access): Promise<Repository> {
  const cache = join(plan.data, "cache");
  await Deno.mkdir(cache, { recursive: true, mode: 0o700 });
  const password = secrets[SECRET.password];
  if (password === undefined || password === "") {
    throw new BackupFailure(
      `Cannot open the repository "${plan.repository}": there is no password for it`,
      2,
      "name a file with it: --password-file FILE",
    );
  }
  return {
    program,
    repository: plan.repository,
    password,
    environment: Object.fromEntries(plan.credentials.map((name) => [name, secrets[name] ?? ""])),
    options: plan.sftpKey ? [await sftpOption(cache, secrets)] : [],
    cache,
  };
}

/** ssh takes its key and the hosts that it knows from files only. */
async function sftpOption(directory: string, secrets: Readonly<Record<string, string>>): Promise<string> {
  const paths = await Promise.all([SECRET.sftpKey, SECRET.knownHosts].map(async (name) => {
    const path = join(directory, name);
    await Deno.writeTextFile(path, `${secrets[name] ?? ""}\n`, { mode: 0o600 });
    await Deno.chmod(path, 0o600);
    return path;
  }));
  const args = [
    `-i '${paths[0]}'`,
    "-o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=yes",
    // ssh itself splits this one at spaces.
    `-o 'UserKnownHostsFile="${paths[1]}"'`,
  ];
  // restic reads its options as comma-separated values, and the arguments in them as a shell would.
  return `"sftp.args=${args.join(" ").replaceAll('"', '""')}"`;
}

/**
 * Makes sure that there is a repository.
 *
 * @param known Id of the one that was used last: where that is gone, a disk is not mounted, and no new one is begun.
 * @returns its id.
 * @throws {BackupFailure}
 */
export async function ensureRepository(
  to: Repository,
  known: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const asked = await tryRestic(to, ["cat", "config", "--no-lock", "--json"], { signal });
  if (asked.code === 0) return idIn(asked.stdout);
  if (asked.code !== RESTIC.noRepository) throw refusal(to, "open the repository", asked);
  if (known !== undefined) {
    const refused = refusal(to, "make a backup", asked);
    throw new BackupFailure(
      `${refused.message}, where the last one was put`,
      3,
      `mount the disk that it lies on; to begin a new repository there, run \`deno task backup --new-repository\``,
    );
  }
  await restic(to, "make the repository", ["init", "--json"], { signal });
  return idIn(await restic(to, "open the repository", ["cat", "config", "--no-lock", "--json"], { signal }));
}

function idIn(config: string): string {
  return (JSON.parse(config) as { id: string }).id;
}

/** Removes locks of runs that are gone: restic knows those of this host, and those that nobody has kept up for half an hour. */
export async function removeStaleLocks(to: Repository, signal: AbortSignal): Promise<void> {
  await restic(to, "look for stale locks", ["unlock", "--quiet"], { signal });
}

/** Every backup of the repository, of any stack, the newest last. @throws {BackupFailure} */
export async function snapshotsOf(to: Repository, signal: AbortSignal): Promise<Snapshot[]> {
  const text = await restic(to, "list the backups", [
    "snapshots",
    "--json",
    "--no-lock",
    "--tag",
    TAG.whole,
    "--tag",
    TAG.incomplete,
  ], { signal });
  const listed = JSON.parse(text) as {
    id: string;
    short_id: string;
    time: string;
    hostname: string;
    tags: string[];
    paths: string[];
    summary?: { total_bytes_processed?: number };
  }[];
  return (listed ?? []).flatMap(({ id, short_id, time, hostname, tags, paths, summary }) => {
    const staging = paths.find((path) => path.endsWith("/staging"));
    return staging === undefined ? [] : [{
      id,
      shortId: short_id,
      time,
      stack: hostname,
      whole: tags.includes(TAG.whole),
      bytes: summary?.total_bytes_processed,
      staging,
    }];
  }).sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
}

/**
 * The backup that `wanted` means: the newest whole one of `stack` when nothing is said, else the one whose id begins like it.
 *
 * @throws {BackupFailure} when there is none, or several.
 */
export function chooseSnapshot(
  snapshots: readonly Snapshot[],
  wanted: string | undefined,
  stack: string | undefined,
): Snapshot {
  if (wanted === undefined || wanted === "latest") {
    const own = snapshots.filter((snapshot) => stack === undefined || snapshot.stack === stack);
    const found = own.findLast(({ whole }) => whole) ?? own.at(-1);
    if (found) return found;
    const others = [...new Set(snapshots.map((snapshot) => `"${snapshot.stack}"`))].join(", ");
    throw new BackupFailure(
      snapshots.length === 0
        ? "Cannot restore: the repository has no backup"
        : `Cannot restore: the repository has no backup of "${stack}", only of ${others}`,
      1,
      snapshots.length === 0
        ? "make one: `deno task backup`"
        : "name the backup: `deno task restore --list` shows them",
    );
  }
  const found = snapshots.filter(({ id }) => id.startsWith(wanted));
  if (found.length === 1) return found[0]!;
  throw new BackupFailure(
    `Cannot restore "${wanted}": ${found.length === 0 ? "no backup has" : "several backups have"} that id`,
    2,
    "`deno task restore --list` shows them",
  );
}

/** What `snapshot` says of itself. @throws {BackupFailure} */
export async function manifestOf(to: Repository, snapshot: Snapshot, signal: AbortSignal): Promise<Manifest> {
  const text = await restic(to, `read the backup ${snapshot.shortId}`, [
    "dump",
    "--no-lock",
    snapshot.id,
    `${snapshot.staging}/${MANIFEST}`,
  ], { signal });
  return parseManifest(text, snapshot.shortId);
}
