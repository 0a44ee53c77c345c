/** The real programs, for tests: files on disk, a context for checks, servers on free ports. */

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { CheckContext } from "../../lib/check.ts";
import { type Files, writeFiles } from "../../lib/files.ts";
import { binary, type BinaryName } from "../../tasks/binaries/mod.ts";
import { commandLine } from "../../tasks/binaries/overlay.ts";
import { freePort } from "../../tests/free_port.ts";

const READY_MS = 30_000;
const POLL_MS = 50;

/** Runs `body` with a directory that holds `files`, and removes it. */
export async function withFiles(files: Files, body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "vigie-test-" });
  try {
    await writeFiles(directory, files);
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** What a check sees of `files` in `buildDir`, with the real tools. */
export function contextOf(buildDir: string, files: Files): CheckContext {
  return {
    files,
    buildDir,
    stateDir: buildDir,
    locale: "fr",
    urls: {},
    tool: async (name) => (await binary(name as BinaryName)).path,
    signal: new AbortController().signal,
  };
}

/** A real server with some arguments and an address of its own, until the end of the block. */
export interface Server extends AsyncDisposable {
  /** Base URL. */
  readonly url: string;
}

type ServerName = "prometheus" | "alertmanager" | "blackbox_exporter";

const CONFIGS: Readonly<Record<ServerName, string>> = {
  prometheus: "prometheus/prometheus.yml",
  alertmanager: "alertmanager/alertmanager.yml",
  blackbox_exporter: "blackbox/blackbox.yml",
};

/**
 * Starts a server with the files in `directory`, and waits until it is ready.
 *
 * @param cluster Alertmanager's flags for its peers; it is alone by default.
 */
export async function startServer(
  name: ServerName,
  directory: string,
  cluster: readonly string[] = ["--cluster.listen-address="],
): Promise<Server> {
  const program = await binary(name);
  const address = `127.0.0.1:${freePort()}`;
  const data = join(directory, `data-${name}`);
  const args: Readonly<Record<ServerName, readonly string[]>> = {
    prometheus: [`--storage.tsdb.path=${data}`, "--web.enable-lifecycle"],
    alertmanager: [`--storage.path=${data}`, ...cluster],
    blackbox_exporter: [],
  };
  const [command, ...rest] = commandLine(program, [
    `--config.file=${join(directory, CONFIGS[name])}`,
    `--web.listen-address=${address}`,
    ...args[name],
  ]);
  const child = new Deno.Command(command!, { args: rest, stdout: "null", stderr: "piped" }).spawn();
  const log = new Response(child.stderr).text();
  let exited = false;
  const status = child.status.finally(() => exited = true);
  const stop = async () => {
    if (!exited) child.kill("SIGTERM");
    await Promise.all([status, log]);
  };
  const url = `http://${address}`;
  const deadline = performance.now() + READY_MS;
  while (!await isReady(`${url}/-/${name === "blackbox_exporter" ? "healthy" : "ready"}`)) {
    if (exited || performance.now() > deadline) {
      await stop();
      throw new Error(`${name} did not become ready:\n${await log}`);
    }
    await delay(POLL_MS);
  }
  return { url, [Symbol.asyncDispose]: stop };
}

/** The JSON that `url` answers. */
export async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`GET ${url} answered ${response.status}: ${await response.text()}`);
  return await response.json();
}

/** Makes a server read its files again. */
export async function reload({ url }: Server): Promise<void> {
  const response = await fetch(`${url}/-/reload`, { method: "POST" });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${url}/-/reload answered ${response.status}: ${text}`);
}

/** Whether `url` answers 2xx; false while nothing listens. */
export async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false; // Not listening yet.
  }
}
