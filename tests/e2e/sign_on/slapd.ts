/** OpenLDAP's slapd for tests: Debian's packages, unpacked without installing, with the C library that they were built for. */

import { join } from "node:path";
import { lockFile } from "../../../lib/lock.ts";
import { run } from "../../../lib/process.ts";
import { defaultCacheDir } from "../../../tasks/binaries/cache.ts";
import { machineMirror } from "./mirror.ts";

const PACKAGES = [
  "slapd",
  "ldap-utils",
  "libldap2",
  "libc6",
  "libsasl2-2",
  "libltdl7",
  "libcrypt1",
  "libwrap0",
  "libssl3t64",
  "zlib1g",
  "libzstd1",
];
const SUITE = "forky";
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const FETCH_MS = 180_000;

/** Where the packages are unpacked, and how programs of them are started. */
export interface Unpacked {
  readonly root: string;
  /** A command line that runs a program of the packages, `path` from their root, as `name`. */
  command(path: string, name: string, args: readonly string[]): string[];
}

/** The packages, fetched once into Vigie's cache; a reason when they cannot be had. */
export async function unpackSlapd(): Promise<Unpacked | { readonly skip: string }> {
  const machine = { x86_64: "x86_64-linux-gnu", aarch64: "aarch64-linux-gnu" }[Deno.build.arch as string];
  if (Deno.build.os !== "linux" || !machine) return { skip: "its packages are for Linux" };
  const directory = join(defaultCacheDir(), "slapd");
  await Deno.mkdir(directory, { recursive: true });
  await using _lock = await lockFile(join(directory, "lock"));
  const root = join(directory, "root");
  if (!await isThere(join(root, "usr/sbin/slapd"))) {
    try {
      await fetchInto(directory, root);
    } catch (error) {
      return { skip: (error as Error).message };
    }
  }
  const libraries = join(root, "usr/lib", machine);
  const loaders = ["ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"];
  const loader = Deno.build.arch === "x86_64" ? loaders[0]! : loaders[1]!;
  return {
    root,
    command: (path, name, args) => [
      join(libraries, loader),
      ...["--library-path", libraries, "--argv0", name, join(root, path), ...args],
    ],
  };
}

async function fetchInto(directory: string, root: string): Promise<void> {
  const apt = join(directory, "apt");
  const archives = join(directory, "packages");
  for (const path of [join(apt, "lists/partial"), join(apt, "archives/partial"), archives]) {
    await Deno.mkdir(path, { recursive: true });
  }
  const [sources, status, config] = ["sources.list", "status", "apt.conf"].map((name) => join(apt, name));
  await Deno.writeTextFile(sources!, `deb [signed-by=${KEYRING}] ${await machineMirror()} ${SUITE} main\n`);
  await Deno.writeTextFile(status!, "");
  const lines = [
    "#clear APT::Update::Post-Invoke;",
    "#clear APT::Update::Post-Invoke-Success;",
    "#clear Acquire::IndexTargets::deb::DEP-11;",
    `Dir::Etc::SourceList "${sources}";`,
    ...["SourceParts", "TrustedParts", "PreferencesParts"].map((part) => `Dir::Etc::${part} "/dev/null";`),
    `Dir::State "${apt}";`,
    `Dir::State::status "${status}";`,
    `Dir::Cache "${apt}";`,
    'APT::Sandbox::User "";',
    'Acquire::Languages "none";',
  ];
  await Deno.writeTextFile(config!, lines.join("\n") + "\n");
  await must(["apt-get", "-c", config!, "-q", "--error-on=any", "update"]);
  await must(["apt-get", "-c", config!, "-q", "download", ...PACKAGES], archives);
  const draft = `${root}.${crypto.randomUUID().slice(0, 8)}`;
  await Deno.mkdir(draft);
  for await (const { name } of Deno.readDir(archives)) {
    if (name.endsWith(".deb")) await must(["dpkg-deb", "-x", join(archives, name), draft]);
  }
  // Under its name as soon as it is whole.
  await Deno.rename(draft, root);
  await Deno.remove(archives, { recursive: true });
}

async function must([program, ...args]: string[], cwd?: string): Promise<void> {
  let ended;
  try {
    ended = await run(program!, args, { cwd, timeoutMs: FETCH_MS, env: { LC_ALL: "C" } });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`there is no ${program} on this machine`);
  }
  if (ended.code !== 0) throw new Error(`${program} failed: ${ended.stderr.trim().split("\n").at(-1)}`);
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
