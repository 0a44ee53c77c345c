/** Which webhook is started: the compiled one or the source. */

import { join } from "node:path";
import { secretsDirOf } from "../../destinations.ts";
import { filesDirOf, type Target } from "../../stack.ts";
import { flagValue } from "./control.ts";
import { dataDir } from "./privileges.ts";
import { newest, PROJECT } from "./sources.ts";

/** A way to start the webhook. */
export interface WebhookProgram {
  /** The command, the webhook's own flags left out. */
  readonly command: readonly string[];
  /** Changes when the program does. */
  readonly fingerprint: string;
  /** Absolute paths of what it is made of. */
  readonly files: readonly string[];
}

/** What the webhook is made of. */
const SOURCES = ["webhook", "lib", "deno.json", "deno.lock"];

/**
 * `dist/webhook` when it is younger than everything it is made of: it starts faster and needs no downloaded modules. Otherwise the
 * source, so that what runs is never older than what is read in the editor.
 */
export async function webhookProgram(
  target: Target,
  directory: string,
  project = PROJECT,
): Promise<WebhookProgram> {
  const compiled = join(project, "dist", "webhook");
  const [built, source] = await Promise.all([
    newest(compiled),
    newest(...SOURCES.map((path) => join(project, path))),
  ]);
  if (built > source) {
    return { command: [compiled], fingerprint: `compiled ${built}`, files: [compiled] };
  }
  const assets = join(project, "dist", "assets");
  const data = flagValue(dataDir(directory, "webhook"));
  const command = [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-prompt",
    `--config=${join(project, "deno.json")}`,
    // No limit for the heap: what limits.body admits must not end the process. It is collected sooner instead.
    "--v8-flags=--max-semi-space-size=1,--heap-growing-percent=30",
    `--allow-read=${[
      data,
      ...[join(filesDirOf(target), "webhook"), secretsDirOf("webhook", target), assets].map(
        flagValue,
      ),
    ]}`,
    `--allow-write=${data}`,
    "--allow-net",
    join(project, "webhook", "main.ts"),
  ];
  const files = [Deno.execPath(), denoDir(), assets, ...SOURCES.map((path) => join(project, path))];
  return { command, fingerprint: `source ${source}`, files };
}

/** Where Deno keeps the modules it downloaded: https://docs.deno.com/runtime/reference/env_variables. */
function denoDir(): string {
  const [own, cache] = ["DENO_DIR", "XDG_CACHE_HOME"].map((name) => Deno.env.get(name));
  return own || join(cache || join(Deno.env.get("HOME") ?? "/", ".cache"), "deno");
}
