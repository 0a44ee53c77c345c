/** The rehearsal on the local engine: the new program, with the flags that the running one has. */

import { basename, isAbsolute, join, relative, resolve } from "node:path";
import { run, type RunOptions } from "../../lib/process.ts";
import {
  BINARIES,
  type Binary,
  binary,
  type BinaryName,
  compareVersions,
  serviceOf,
} from "../binaries/mod.ts";
import { Lacking, type Progress } from "../engine/engine.ts";
import { readDesired } from "../engine/local/control.ts";
import type { Session } from "../session.ts";
import { filesDirOf } from "../stack.ts";
import type { VersionChange } from "./held.ts";
import { endingFlag, refusalIn, type Rehearsal, validating } from "./rehearsal.ts";

const TIMEOUT_MS = 60_000;

/** Programs that check a configuration, and those that are a service of their own; by the service. */
const CHECKERS: Readonly<Record<string, { program: BinaryName; args(files: string): string[] }>> = {
  prometheus: {
    program: "promtool",
    args: (files) => ["check", "config", join(files, "prometheus", "prometheus.yml")],
  },
  alertmanager: {
    program: "amtool",
    args: (files) => ["check-config", join(files, "alertmanager", "alertmanager.yml")],
  },
  blackbox: {
    program: "blackbox_exporter",
    args: (files) => ["--config.check", `--config.file=${join(files, "blackbox", "blackbox.yml")}`],
  },
};

/** See `rehearse` in rehearsal.ts. */
export async function rehearse(
  { target }: Session,
  { service, from, to }: VersionChange,
  { exact, progress, signal }: {
    readonly exact: boolean;
    readonly progress: Progress;
    readonly signal: AbortSignal;
  },
): Promise<Rehearsal> {
  const program = BINARIES.find((name) => serviceOf(name) === service)!;
  const [older, newer] = [
    await binary(program, { version: from, progress, signal }),
    await binary(program, { version: to, progress, signal }),
  ];
  if (exact && compareVersions(newer.version, to) !== 0) throw notToBeHad(service, to, newer);
  if (older.path === newer.path) {
    return { problems: [], tried: [], same: `this machine has ${newer.version} (${newer.path}) for both` };
  }
  const desired = await readDesired(await Deno.realPath(join(target.stateDir, "local")));
  const spec = desired?.services.find((each) => each.service === service);
  if (!spec) throw new Lacking(`Cannot try ${service} ${to}: it does not run`, "run `deno task up`");
  const problems: string[] = [];
  const tried: string[] = [];
  const attempt = async (what: string, [command, ...args]: readonly string[], options: RunOptions = {}) => {
    progress.step(`try ${service} ${to} on its ${what}`);
    const finished = await run(command!, args, { timeoutMs: TIMEOUT_MS, signal, ...options });
    signal.throwIfAborted();
    tried.push(what);
    if (finished.code !== 0) problems.push(`${service} ${to} refuses its ${what}: ${refusalIn(finished)}`);
  };
  const running = inUse(spec.command, older);
  if (running === undefined) {
    throw new Lacking(
      `Cannot try ${service} ${to}: what runs is not "${older.path}"`,
      "run `deno task up`, which starts the program that this machine has now",
    );
  }
  const command = spec.command.map((argument) => replaced(argument, running, newer));
  const here = { cwd: spec.cwd, env: spec.env };
  const ending = endingFlag(service);
  if (ending !== undefined) await attempt("flags", [...command, ending], here);
  if (service === "entry") await attempt("configuration", validating(command), here);
  const checker = CHECKERS[service];
  if (checker !== undefined) {
    const { path } = await binary(checker.program, { version: to, progress, signal });
    await attempt("configuration", [path, ...checker.args(filesDirOf(target))]);
  }
  return { problems, tried };
}

/** The program that `command` runs, wherever it lies: the same one may be found in another cache by now. */
function inUse(command: readonly string[], known: Binary): Binary | undefined {
  const path = command.find((argument) => argument === known.path) ??
    command.find((argument) => isAbsolute(argument) && basename(argument) === basename(known.path));
  if (path === undefined) return undefined;
  const beside = (other: string | undefined) => other && resolve(path, relative(known.path, other));
  return { ...known, path, overlay: beside(known.overlay), home: beside(known.home) };
}

/** The same argument for the other program: it names the program, or the tree that it wants to see. */
function replaced(argument: string, older: Binary, newer: Binary): string {
  if (argument === older.path) return newer.path;
  if (older.overlay !== undefined && argument === older.overlay) return newer.overlay ?? argument;
  return older.home !== undefined && argument === older.home ? newer.home ?? argument : argument;
}

function notToBeHad(service: string, to: string, { version, path }: Binary): Lacking {
  return new Lacking(
    `Cannot get ${service} ${to}: this machine gets ${version} ("${path}")`,
    `put ${service} ${to} on PATH, or give this machine access to the project's release archives`,
  );
}
