/** OpenSSH's server for tests: the machine's own, or Debian's package unpacked without installing; it signs one key on, to SFTP alone. */

import { userInfo } from "node:os";
import { join } from "node:path";
import { run } from "../../../lib/process.ts";
import { freePort } from "../../free_port.ts";
import { notOnLinux } from "../../unless.ts";
import { until } from "../../until.ts";
import { unpacked } from "../unpacked.ts";

const NOBODY = 65534;

/** A server that runs; leaving its scope stops it. */
export interface Sshd extends AsyncDisposable {
  /** As restic names a new directory on it. */
  readonly repository: string;
  /** Paths of the key that it signs on, and of one that it does not. */
  readonly key: string;
  readonly strange: string;
  /** Its line of `known_hosts`, and one with another key for the same address. */
  readonly knownHosts: string;
  readonly otherHosts: string;
}

/** Where the program is. */
export interface SshdProgram {
  /** The directory that it was unpacked into, with its libraries; the machine's own when empty. */
  readonly root: string;
}

// Newer versions are split into several programs.
const HELPERS = { SshdSessionPath: "sshd-session", SshdAuthPath: "sshd-auth" };

/** Finds or fetches the server; a reason when it is not to be had. */
export async function findSshd(): Promise<SshdProgram | { readonly skip: string }> {
  if (notOnLinux) return { skip: notOnLinux };
  for (const program of ["ssh", "ssh-keygen", "setpriv"]) {
    if ((await run("sh", ["-c", `command -v ${program}`])).code !== 0) {
      return { skip: `there is no ${program} here` };
    }
  }
  if (await isThere(programIn(""))) return { root: "" };
  const found = await unpacked("sshd", ["openssh-server", "libwrap0"]);
  if ("skip" in found) return found;
  const { root } = found;
  const { stdout } = await run("ldd", [programIn(root)], { env: { LD_LIBRARY_PATH: librariesIn(root) } });
  const lacking = /^\s*(\S+) => not found/m.exec(stdout);
  if (lacking) return { skip: `its library ${lacking[1]} is not here` };
  return { root };
}

function programIn(root: string): string {
  return `${root}/usr/sbin/sshd`;
}

function librariesIn(root: string): string {
  return `${root}/usr/lib/${Deno.build.arch}-linux-gnu`;
}

/** Starts the server. @param directory An empty one, which others may enter. */
export async function startSshd(program: SshdProgram, directory: string): Promise<Sshd> {
  const asNobody = Deno.uid() === 0;
  const user = asNobody ? "nobody" : userInfo().username;
  const port = freePort();
  const [host, other, key, strange] = ["host", "other", "key", "strange"].map((name) =>
    join(directory, name)
  ) as [string, string, string, string];
  for (const path of [host, other, key, strange]) {
    await must("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path]);
  }
  const home = join(directory, "home");
  await Deno.mkdir(home);
  const config = join(directory, "sshd_config");
  const root = program.root === "" ? "" : join(directory, "program");
  // This user's cache is closed to the one that the server runs as.
  if (root !== "") await must("cp", ["-r", program.root, root]);
  const helpers: string[] = [];
  for (const [option, name] of Object.entries(HELPERS)) {
    const path = `${root}/usr/lib/openssh/${name}`;
    if (await isThere(path)) helpers.push(`${option} "${path}"`);
  }
  await Deno.writeTextFile(
    config,
    [
      "ListenAddress 127.0.0.1",
      `Port ${port}`,
      `HostKey "${host}"`,
      `AuthorizedKeysFile "${key}.pub"`,
      "StrictModes no",
      "PidFile none",
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      // Without it an account that has no password counts as locked.
      "UsePAM yes",
      "Subsystem sftp internal-sftp",
      ...helpers,
      "",
    ].join("\n"),
  );
  if (asNobody) {
    for (const path of [home, host]) await Deno.chown(path, NOBODY, NOBODY);
  }
  const become = asNobody ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"] : [];
  const [command, ...args] = [...become, programIn(root), "-D", "-e", "-f", config];
  const child = new Deno.Command(command!, {
    args,
    env: root === "" ? {} : { LD_LIBRARY_PATH: librariesIn(root) },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let said = "";
  const read = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) said += text;
  })();
  const lineOf = async (path: string) =>
    `[127.0.0.1]:${port} ${(await Deno.readTextFile(`${path}.pub`)).trim()}`;
  let ended = false;
  const status = child.status.then(() => ended = true);
  await until("sshd listens", () => {
    if (ended) throw new Error(`sshd ended: ${said}`);
    return Promise.resolve(said.includes("Server listening"));
  });
  return {
    repository: `sftp://${user}@127.0.0.1:${port}/${home}/repository`,
    key,
    strange,
    knownHosts: await lineOf(host),
    otherHosts: await lineOf(other),
    async [Symbol.asyncDispose]() {
      if (!ended) child.kill("SIGTERM");
      await status;
      await read;
    },
  };
}

async function must(command: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await run(command, args);
  if (code !== 0) throw new Error(`${command} failed: ${stderr}`);
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
