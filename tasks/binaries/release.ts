/** The projects' own release archives, checked against the SHA sums that are published beside them. */

import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { run } from "../../lib/process.ts";
import { cached, fill, makeDirectory, releasePlatform, releaseUnit } from "./cache.ts";
import { Broken, download, type DownloadOptions } from "./download.ts";
import { type Binary, type Source, Unavailable, type Wanted } from "./source.ts";

/** How to reach the projects' sites. */
export interface ReleaseOptions extends DownloadOptions {
  /** Base URL of each site, without a slash at the end. */
  readonly sites?: Readonly<Record<"github" | "grafana", string>>;
  /** Longest time that a site may take to answer at all, milliseconds; 5 000 by default. */
  readonly connectTimeoutMs?: number;
}

const SITES = { github: "https://github.com", grafana: "https://dl.grafana.com" };

/** The source of release archives. It remembers, as long as it lives, which site could not be reached. */
export function releaseSource(options: ReleaseOptions = {}): Source {
  const { sites = SITES, connectTimeoutMs = 5_000 } = options;
  const reachable = new Map<string, Promise<void>>();
  const reach = (site: string) => {
    if (!reachable.has(site)) reachable.set(site, reachSite(site, connectTimeoutMs));
    return reachable.get(site)!;
  };
  return {
    name: "release archive",
    async find(wanted): Promise<Binary> {
      const { program, version } = wanted;
      const unit = releaseUnit(wanted);
      const platform = releasePlatform();
      if (!unit || !platform) {
        throw new Unavailable(`there is none for ${Deno.build.os} on ${Deno.build.arch}`);
      }
      const there = await cached(wanted, unit, "cache");
      if (there) return there;
      const site = sites[program.archive.site];
      await reach(site);
      const paths = program.archive.paths(version, platform.os, platform.arch);
      try {
        return await fill(wanted, unit, "release", program.archive.programs, async (directory) => {
          const urls = { archive: `${site}/${paths.archive}`, sums: `${site}/${paths.sums}` };
          const archive = await fetchArchive(wanted, urls, connectTimeoutMs, options);
          await extract(archive, directory, wanted);
          await Deno.remove(archive);
        });
      } catch (error) {
        if (error instanceof Broken) {
          const never = Promise.reject(error);
          never.catch(() => {}); // Nobody else may ever ask.
          reachable.set(site, never);
        }
        throw error;
      }
    },
  };
}

/** The SHA-256 or SHA-512 sum of `file` in the text of a sums file: either lines of `SUM  FILE`, or the sum alone. */
export function sumOf(file: string, sums: string): string | undefined {
  const lines = sums.trim().split("\n").map((line) => line.trim().split(/\s+\*?/));
  const line = lines.length === 1 && lines[0]!.length === 1
    ? lines[0]
    : lines.find(([, name]) => name === file);
  const sum = line?.[0]?.toLowerCase();
  return sum !== undefined && /^(?:[0-9a-f]{64}|[0-9a-f]{128})$/.test(sum) ? sum : undefined;
}

async function fetchArchive(
  { program, version, cacheDir, progress, signal }: Wanted,
  { archive: archiveUrl, sums: sumsUrl }: { archive: string; sums: string },
  connectTimeoutMs: number,
  options: DownloadOptions,
): Promise<string> {
  const downloads = join(cacheDir, "downloads");
  await makeDirectory(downloads);
  const name = basename(archiveUrl);
  const file = join(downloads, name);
  const sumsFile = join(downloads, `${name}.sums`);
  const what = `download ${program.archive.unit} ${version}`;
  progress.step(what);
  await Deno.remove(sumsFile).catch(() => {});
  // The site answered, but what it redirects to may not: a small file tells soon.
  await download(sumsUrl, sumsFile, { retries: 0, stallTimeoutMs: 2 * connectTimeoutMs, signal });
  const wanted = sumOf(name, await Deno.readTextFile(sumsFile));
  await Deno.remove(sumsFile);
  if (wanted === undefined) throw new Unavailable(`${sumsUrl} has no SHA sum of "${name}"`);

  const details = { ...options, signal, onProgress: (fraction: number) => progress.step(what, fraction) };
  const resumed = await download(archiveUrl, file, details);
  if (await sumOfFile(file, wanted) === wanted) return file;
  await Deno.remove(file);
  // The beginning may be what an interrupted run left of another file: once more from the start.
  if (resumed) {
    await download(archiveUrl, file, details);
    if (await sumOfFile(file, wanted) === wanted) return file;
    await Deno.remove(file);
  }
  throw new Unavailable(
    `${archiveUrl} does not have the SHA sum that ${sumsUrl} gives: it was thrown away`,
  );
}

async function extract(archive: string, directory: string, wanted: Wanted): Promise<void> {
  const { signal } = wanted;
  if (archive.endsWith(".bz2")) return await expand(archive, directory, wanted);
  // The name of the top directory differs between projects and releases.
  const args = [
    "-xzf",
    archive,
    "-C",
    directory,
    ...(wanted.program.archive.flat ? [] : ["--strip-components=1"]),
    "--no-same-owner",
  ];
  try {
    const { code, stderr } = await run("tar", args, { timeoutMs: 300_000, signal });
    signal.throwIfAborted();
    const lines = stderr.trim().split("\n");
    const reason = lines.find((line) => /no space left on device/i.test(line)) ?? lines.at(-1);
    if (code !== 0) throw new Unavailable(`cannot unpack "${archive}": ${reason}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new Unavailable('there is no "tar" on PATH to unpack it with');
    }
    throw error;
  }
}

/** The program by itself, compressed. */
async function expand(archive: string, directory: string, { program, signal }: Wanted): Promise<void> {
  try {
    const { code, stderr } = await run("bzip2", ["-dkf", archive], { timeoutMs: 300_000, signal });
    signal.throwIfAborted();
    if (code !== 0) throw new Unavailable(`cannot unpack "${archive}": ${stderr.trim().split("\n").at(-1)}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Unavailable('there is no "bzip2" on PATH to unpack it with');
  }
  const path = join(directory, program.archive.programs[program.name]!);
  await Deno.rename(archive.slice(0, -".bz2".length), path);
  await Deno.chmod(path, 0o755);
}

/** The sum of what lies at `path`, by the method that `like` was made by. */
async function sumOfFile(path: string, like: string): Promise<string> {
  const hash = createHash(like.length === 64 ? "sha256" : "sha512");
  const file = await Deno.open(path);
  for await (const piece of file.readable) hash.update(piece);
  return hash.digest("hex");
}

async function reachSite(site: string, timeoutMs: number): Promise<void> {
  try {
    const response = await fetch(site, {
      method: "HEAD",
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
  } catch (error) {
    const reason = (error as Error).name === "TimeoutError"
      ? `no answer within ${timeoutMs / 1_000} s`
      : causeOf(error);
    throw new Unavailable(`cannot reach ${site}: ${reason}`);
  }
}

function causeOf(error: unknown): string {
  // Deno wraps what happened: "error sending request for url (…): client error (Connect): dns error: …".
  const { message, cause } = error as Error;
  return (cause instanceof Error ? cause.message : message).split(": ").slice(-2).join(": ")
    .replace(/ \(os error \d+\)$/, "");
}
