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
import { signal as send } from "./process.ts";
import type { ProcessId } from "./protocol.ts";

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
  readonly signal: AbortSignal;
}

/**
 * Makes `running` run what its files say.
 *
 * @returns whether it had to be told.
 * @throws {NotReady} when it goes on with what it had.
 */
export async function reload(running: Running): Promise<boolean> {
  const { service, url, files, signal } = running;
  if (service === "webhook") return await reloadChangedWebhook(running);
  const how = RELOADS[service];
  if (!how) return false;
  if ((await how.drift(url, files, signal)).length === 0) return false;
  refuse(service, await how.reload(url, files, signal));
  return true;
}

/** Remembers what the webhook was started with or has read, secrets included: it does not show what it runs. */
export async function rememberWebhook(
  webhook: Pick<Running, "directory" | "stateDir" | "files">,
): Promise<void> {
  await writeAtomically(join(webhook.directory, "webhook-read.json"), await inputsOf(webhook));
}

async function reloadChangedWebhook(running: Running): Promise<boolean> {
  const { url, process, directory, signal } = running;
  if (await readIfThere(join(directory, "webhook-read.json")) === await inputsOf(running)) return false;
  refuse("webhook", await reloadWebhook(url, () => send(process, "SIGHUP"), signal));
  await rememberWebhook(running);
  return true;
}

async function inputsOf({ stateDir, files }: Pick<Running, "stateDir" | "files">): Promise<string> {
  const own = [...files].filter(([path]) => path.startsWith("webhook/")).map(([, text]) => text).join("");
  return `${own}${await secretsStamp(stateDir, "webhook")}\n`;
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
