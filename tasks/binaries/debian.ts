/**
 * Debian's signed packages, through an apt root of our own: no root rights, nothing installed, the machine's own apt untouched.
 * Only libc 2.34 or later is needed to run what comes out, so the suite need not be the machine's.
 */

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Finished, run, type RunOptions } from "../../lib/process.ts";
import { lockFile } from "../../lib/lock.ts";
import { cached, debianUnit, fill, makeDirectory } from "./cache.ts";
import { type BinaryName, PROGRAMS } from "./program.ts";
import { compareVersions } from "./version.ts";
import { type Binary, type Source, Unavailable, type Wanted } from "./source.ts";

/** The first Debian release whose packages have the version table's versions. */
const SUITE = "forky";
/** Releases whose packages have other versions that may be asked for. */
const OLDER_SUITES = ["trixie", "bookworm"];
const DEFAULT_MIRROR = "http://deb.debian.org/debian";
const KEYRINGS = [
  "/usr/share/keyrings/debian-archive-keyring.gpg",
  "/usr/share/keyrings/debian-archive-keyring.pgp",
];

// apt does not wait for its own lock on the lists; it is held no longer than `update` takes.
const LOCK_WAIT_MS = 180_000;
const LOCK_POLL_MS = 250;

/** How to reach Debian. */
export interface DebianOptions {
  /** Mirrors to try in turn; the machine's own and then Debian's by default. */
  readonly mirrors?: readonly string[];
  /** Keyring that must have signed the suite; the machine's Debian keyring by default. */
  readonly keyring?: string;
}

/** The source of Debian's packages. */
export function debianSource(options: DebianOptions = {}): Source {
  // The package lists are fetched once, however many programs are wanted.
  const roots = new Map<string, Promise<string>>();
  const rootIn = (wanted: Wanted, suites: readonly string[]) => {
    const key = `${wanted.cacheDir} ${suites}`;
    if (!roots.has(key)) roots.set(key, prepareRoot(wanted, suites, options));
    return roots.get(key)!;
  };
  /** Where the package has the wanted version; where it has another one when none has it. */
  const packageOf = async (wanted: Wanted, name: string): Promise<{ config: string; name: string }> => {
    const config = await rootIn(wanted, [SUITE]);
    const offered = await versionsIn(config, name, wanted.signal);
    // Of a version that is nearly there, such as one that Debian has mended since, nothing older is wanted.
    if (offered.some(({ upstream }) => compareVersions(upstream, wanted.version) <= 0)) {
      return { config, name };
    }
    const older = await rootIn(wanted, OLDER_SUITES).catch((error) => {
      if (error instanceof Unavailable) return undefined;
      throw error;
    });
    const exact = older &&
      (await versionsIn(older, name, wanted.signal)).find(({ upstream }) =>
        compareVersions(upstream, wanted.version) === 0
      );
    return exact ? { config: older, name: `${name}=${exact.version}` } : { config, name };
  };
  let queue: Promise<unknown> = Promise.resolve();
  return {
    name: "Debian package",
    async find(wanted): Promise<Binary> {
      const { program } = wanted;
      const unit = debianUnit(wanted);
      if (!program.debian || !unit) throw new Unavailable(`Debian has no ${program.name}`);
      const there = await cached(wanted, unit, "cache");
      if (there) return there;
      const { package: name } = program.debian;
      const found = await packageOf(wanted, name);
      return await fill(
        wanted,
        unit,
        "debian",
        programsOf(name),
        async (directory) => {
          // One after the other: apt reads its lists with one processor each, and the network is not faster for several.
          const turn = queue.then(() => fetchPackage(found.config, found.name, `${directory}.deb`, wanted));
          queue = turn.catch(() => {});
          const file = await turn;
          await must("unpack", "dpkg-deb", ["-x", file, directory], {
            timeoutMs: 300_000,
            signal: wanted.signal,
          });
          await Deno.remove(`${directory}.deb`, { recursive: true });
        },
      );
    },
  };
}

/** Path of each program in the unpacked package. */
function programsOf(packageName: string): Partial<Record<BinaryName, string>> {
  const inside = Object.values(PROGRAMS).filter(({ debian }) => debian?.package === packageName);
  return Object.fromEntries(inside.map(({ name, debian }) => [name, debian!.path]));
}

/** @returns the path of the apt configuration, its package lists fresh. */
async function prepareRoot(
  wanted: Wanted,
  suites: readonly string[],
  options: DebianOptions,
): Promise<string> {
  const { cacheDir, progress, signal } = wanted;
  const arch = (await must("find this machine's architecture", "dpkg", ["--print-architecture"], { signal }))
    .stdout.trim();
  const keyring = options.keyring ?? await firstThere(KEYRINGS);
  if (!keyring) throw new Unavailable(`no Debian keyring on this machine ("${KEYRINGS[0]}")`);
  const root = join(cacheDir, suites[0] === SUITE ? "apt" : `apt-${suites.join("-")}`);
  await makeDirectory(root);
  using _lock = await lockFile(join(root, "lock"), {
    signal,
    onWait: () => progress.step("wait for another run that is fetching Debian's package lists"),
  });
  const failures: string[] = [];
  for (const mirror of options.mirrors ?? await machineMirrors(signal)) {
    progress.step(`fetch Debian's package lists from ${mirror}`);
    const config = await writeRoot(root, mirror, suites, arch, keyring);
    try {
      // Without --error-on=any a failed update with older lists in place ends with exit code 0.
      await must("fetch the package lists", "apt-get", ["-c", config, "-q", "--error-on=any", "update"], {
        timeoutMs: 180_000,
        signal,
      });
      return config;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      failures.push(`${mirror}: ${error.message}`);
    }
  }
  throw new Unavailable(failures.join("; "));
}

async function writeRoot(
  root: string,
  mirror: string,
  suites: readonly string[],
  arch: string,
  keyring: string,
): Promise<string> {
  for (const directory of ["lists/partial", "archives/partial", "log"]) {
    await makeDirectory(join(root, directory));
  }
  const sources = join(root, "sources.list");
  const status = join(root, "status");
  const config = join(root, "apt.conf");
  const lists = suites.map((suite) => `deb [arch=${arch} signed-by=${keyring}] ${mirror} ${suite} main\n`);
  await Deno.writeTextFile(sources, lists.join(""));
  await Deno.writeTextFile(status, "");
  // Read with -c, after the machine's own configuration: its proxies still apply, its hooks must not.
  const lines = [
    "#clear APT::Update::Pre-Invoke;",
    "#clear APT::Update::Post-Invoke;",
    "#clear APT::Update::Post-Invoke-Success;",
    "#clear Acquire::IndexTargets::deb::DEP-11;",
    `Dir::Etc::SourceList "${sources}";`,
    ...["SourceParts", "TrustedParts", "PreferencesParts"].map((part) => `Dir::Etc::${part} "/dev/null";`),
    'Dir::Etc::Preferences "/dev/null";',
    `Dir::State "${root}";`,
    `Dir::State::Lists "${join(root, "lists")}";`,
    `Dir::State::Status "${status}";`,
    `Dir::Cache "${root}";`,
    `Dir::Cache::Archives "${join(root, "archives")}";`,
    // Container images switch these off; without them every call reads 10 MB of lists again.
    'Dir::Cache::pkgcache "pkgcache.bin";',
    'Dir::Cache::srcpkgcache "srcpkgcache.bin";',
    `Dir::Log "${join(root, "log")}";`,
    `APT::Architecture "${arch}";`,
    `APT::Architectures { "${arch}"; };`,
    'APT::Sandbox::User "";',
    'APT::Get::AllowUnauthenticated "false";',
    'Acquire::AllowInsecureRepositories "false";',
    'Acquire::Languages "none";',
    'Acquire::Retries "1";',
    'Acquire::http::Timeout "10";',
    'Acquire::https::Timeout "10";',
  ];
  await Deno.writeTextFile(config, lines.join("\n") + "\n");
  return config;
}

/** The versions of a package that an apt root offers: Debian's own, and the program's in it. */
async function versionsIn(
  config: string,
  name: string,
  signal: AbortSignal,
): Promise<{ version: string; upstream: string }[]> {
  const { stdout } = await must("look for the package", "apt-cache", ["-c", config, "madison", name], {
    signal,
  });
  return stdout.split("\n").flatMap((line) => {
    const version = line.split("|")[1]?.trim();
    return version ? [{ version, upstream: version.replace(/^\d+:/, "").replace(/-[^-]*$/, "") }] : [];
  });
}

/** @returns the path of the package's file, in the new directory `directory`. */
async function fetchPackage(
  config: string,
  name: string,
  directory: string,
  { program, progress, signal }: Wanted,
): Promise<string> {
  // apt does not check a file of the right size that is there already.
  await Deno.remove(directory, { recursive: true }).catch(() => {});
  await makeDirectory(directory);
  const what = `download Debian's ${name} for ${program.name}`;
  progress.step(what);
  const uris = await must("find the package", "apt-get", ["-c", config, "--print-uris", "download", name], {
    signal,
  });
  const bytes = Number(/^'[^']+' \S+ (\d+) /m.exec(uris.stdout)?.[1] ?? 0);
  const timer = setInterval(async () => {
    const have = await bytesIn(directory);
    if (bytes > 0) progress.step(what, have / bytes);
  }, 250);
  try {
    await must("download the package", "apt-get", ["-c", config, "-q", "download", name], {
      cwd: directory,
      timeoutMs: 600_000,
      signal,
    });
  } finally {
    clearInterval(timer);
  }
  for await (const entry of Deno.readDir(directory)) {
    if (entry.isFile && entry.name.endsWith(".deb")) return join(directory, entry.name);
  }
  throw new Unavailable(`apt-get left no file of the package "${name}"`);
}

/** Mirrors of Debian that this machine uses, and Debian's own. */
async function machineMirrors(signal: AbortSignal): Promise<string[]> {
  const args = ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"];
  const { stdout } = await must("read this machine's package sources", "apt-get", args, { signal });
  const mirrors = stdout.split("\n").map((line) => line.trim().replace(/\/$/, ""));
  // Other repositories, Debian's security updates among them, do not have the suite.
  return [...new Set([...mirrors.filter((mirror) => /^https?:.*\/debian$/.test(mirror)), DEFAULT_MIRROR])];
}

/**
 * Runs a program that must succeed. What a killed run left going in the same apt root is waited for.
 *
 * @throws {Unavailable} with the last error that it printed.
 */
async function must(
  action: string,
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Finished> {
  const end = performance.now() + LOCK_WAIT_MS;
  let finished: Finished;
  while (true) {
    finished = await runHere(command, args, options);
    options.signal?.throwIfAborted();
    if (finished.code === 0) return finished;
    if (!/Could not get lock/.test(finished.stderr) || performance.now() >= end) break;
    await delay(LOCK_POLL_MS, undefined, { signal: options.signal });
  }
  const lines = finished.stderr.trim().split("\n");
  const error = lines.find((line) => /no space left on device/i.test(line)) ??
    lines.find((line) => line.startsWith("E:")) ?? lines.at(-1) ?? "";
  const reason = finished.code === 124
    ? "it took too long"
    : error.replace(/^E:\s*/, "") || `exit code ${finished.code}`;
  throw new Unavailable(`cannot ${action}: ${reason}`);
}

async function runHere(command: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  try {
    return await run(command, args, { ...options, env: { LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" } });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Unavailable(`there is no "${command}" on this machine`);
  }
}

async function firstThere(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    if (await Deno.stat(path).then(() => true, () => false)) return path;
  }
  return undefined;
}

async function bytesIn(directory: string): Promise<number> {
  let bytes = 0;
  try {
    for await (const { name } of Deno.readDir(directory)) {
      bytes += (await Deno.stat(join(directory, name))).size;
    }
  } catch {
    // Gone in between: the next look counts.
  }
  return bytes;
}
