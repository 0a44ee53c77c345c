/** Making a running service read its changed files, and making sure that it did. */

import { join } from "node:path";
import { type Files, readIfThere, writeAtomically } from "../../../lib/files.ts";
import {
  type Drift,
  driftOfAlertmanager,
  driftOfBlackbox,
  driftOfPrometheus,
  reloadAlertmanager,
  reloadBlackbox,
  reloadPrometheus,
  reloadWebhook,
} from "../apply.ts";
import { NotReady } from "../engine.ts";
import type { LocalService } from "../../../compose/services/mod.ts";
import { secretsStamp } from "../../secrets.ts";
import type { Stack, Target } from "../../stack.ts";
import { reloadEntry } from "./entry.ts";
import { dataDir } from "./privileges.ts";
import { signal as send } from "./process.ts";
import type { ProcessId } from "./protocol.ts";
import { serviceFiles } from "../service_files.ts";

const RELOADS: Partial<Record<LocalService, { drift: Drift; reload: Drift }>> = {
  prometheus: { drift: driftOfPrometheus, reload: reloadPrometheus },
  alertmanager: { drift: driftOfAlertmanager, reload: reloadAlertmanager },
  blackbox: { drift: driftOfBlackbox, reload: reloadBlackbox },
};

/** A running service and its files. */
export interface Running {
  readonly service: LocalService;
  readonly url: string;
  readonly process: ProcessId;
  readonly files: Files;
  /** Real path of `<state>/local`. */
  readonly directory: string;
  /** Absolute path of the state directory. */
  readonly stateDir: string;
  readonly stack: Stack;
  readonly target: Target;
  readonly signal: AbortSignal;
}

/** Services that do not show what they run: it is remembered what they were started with or have read. */
const SILENT: Partial<Record<LocalService, (running: Running) => Promise<string[]>>> = {
  webhook: ({ url, process, signal }) => reloadWebhook(url, () => send(process, "SIGHUP"), signal),
  entry: ({ directory, stack, target, signal }) =>
    reloadEntry(stack, target, dataDir(directory, "entry"), signal),
};

/**
 * Makes `running` run what its files say.
 *
 * @returns whether it had to be told.
 * @throws {NotReady} when it goes on with what it had.
 */
export async function reload(running: Running): Promise<boolean> {
  const { service, url, files, signal } = running;
  if (SILENT[service]) return await reloadSilent(running);
  const how = RELOADS[service];
  if (!how) return false;
  if ((await how.drift(url, files, signal)).length === 0) return false;
  refuse(service, await how.reload(url, files, signal));
  return true;
}

type Read = Pick<Running, "service" | "directory" | "stateDir" | "files">;

/** Remembers what a service was started with or has read, secrets included, when it does not show what it runs. */
export async function rememberRead(read: Read): Promise<void> {
  if (SILENT[read.service]) await writeAtomically(readPath(read), await inputsOf(read));
}

async function reloadSilent(running: Running): Promise<boolean> {
  const { service } = running;
  if (await readIfThere(readPath(running)) === await inputsOf(running)) return false;
  refuse(service, await SILENT[service]!(running));
  await rememberRead(running);
  return true;
}

/**
 * Makes the entry read its certificate again, however it is run.
 *
 * @returns whether it had to be told.
 * @throws {NotReady} when it goes on with what it had.
 */
export async function reloadCertificate(
  running: Omit<Running, "service" | "url" | "process">,
): Promise<boolean> {
  const read = { ...running, service: "entry" } as const;
  if (await readIfThere(readPath(read)) === await inputsOf(read)) return false;
  const { stack, target, directory, signal } = running;
  refuse("entry", await reloadEntry(stack, target, dataDir(directory, "entry"), signal));
  await rememberRead(read);
  return true;
}

function readPath({ directory, service }: Read): string {
  return join(directory, `${service}-read.json`);
}

async function inputsOf({ service, stateDir, files }: Read): Promise<string> {
  const own = serviceFiles(service, files).map(([, text]) => text).join("");
  return `${own}${await secretsStamp(stateDir, service)}\n`;
}

function refuse(service: LocalService, differences: readonly string[]): void {
  if (differences.length === 0) return;
  throw new NotReady(
    service,
    `Cannot make ${service} run its new configuration: it goes on with the old one`,
    differences,
    "run `deno task check` to see what is wrong in the files, mend config.ts, then run `deno task up` again",
  );
}
