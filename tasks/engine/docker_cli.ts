/** The docker command line: how it is called, and whether an engine answers. */

import { type Finished, run, type RunOptions } from "../../lib/process.ts";
import { Lacking } from "./engine.ts";

// An engine that is not there says so at once; one on a loaded machine was seen to take more than 3 s.
const ANSWER_MS = 8_000;
// 1.44 (engine 25) knows `start_interval`, without which nothing is known to be ready for half a minute.
const OLDEST_API = "1.44";
// 2.23 is the first with all that compose.yaml uses: `start_interval`, `dockerfile_inline`, `additional_contexts`.
const OLDEST_COMPOSE = "2.23.0";

/** Whether Docker can be used, and if not, why. */
export interface DockerAnswer {
  readonly ok: boolean;
  /** Version of the engine. */
  readonly version?: string;
  /** Version of the Compose plugin. */
  readonly compose?: string;
  /** Why it cannot be used, for people. */
  readonly reason?: string;
}

/** Asks the engine and the Compose plugin for their versions; waits 8 s at most. */
export async function dockerAnswers(): Promise<DockerAnswer> {
  try {
    const options = { timeoutMs: ANSWER_MS };
    const [engine, plugin] = await Promise.all([
      run("docker", ["version", "--format", "{{.Server.Version}} {{.Server.APIVersion}}"], options),
      run("docker", ["compose", "version", "--short"], options),
    ]);
    if (engine.code === 124) return { ok: false, reason: `no answer within ${ANSWER_MS / 1_000} s` };
    if (engine.code !== 0) return { ok: false, reason: lastLine(engine.stderr) };
    const [version = "", api = ""] = engine.stdout.trim().split(" ");
    if (plugin.code !== 0) return { ok: false, version, reason: "its Compose plugin (v2) is not installed" };
    const compose = plugin.stdout.trim().replace(/^v/, "");
    const answer = { version, compose };
    if (older(api, OLDEST_API)) {
      return { ok: false, ...answer, reason: `engine ${version} is too old: 25 is needed` };
    }
    if (older(compose, OLDEST_COMPOSE)) {
      return { ok: false, ...answer, reason: `Compose ${compose} is too old: ${OLDEST_COMPOSE} is needed` };
    }
    return { ok: true, ...answer };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { ok: false, reason: "there is no `docker` command" };
    if (error instanceof Deno.errors.NotCapable) {
      return { ok: false, reason: `this task may not run \`docker\`: ${error.message}` };
    }
    throw error;
  }
}

/** Runs docker and gives what it left, whatever its exit code. @throws the reason of the signal when it aborts. */
export async function tryDocker(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  options.signal?.throwIfAborted();
  try {
    const finished = await run("docker", args, options);
    options.signal?.throwIfAborted();
    return finished;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Lacking(
      "Cannot use the docker engine: there is no `docker` command",
      "install Docker, or use `--engine local`",
    );
  }
}

/** Standard output of docker. @throws {Lacking} with what docker says when it fails. */
export async function docker(args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await tryDocker(args, options);
  if (code !== 0) throw refusal(`docker ${args[0]}`, stderr, code);
  return stdout;
}

/**
 * The docker command, with its Compose plugin; an engine need not answer.
 *
 * @throws {Lacking} when either is not there.
 */
export async function dockerTool(): Promise<string> {
  const { code, stderr } = await tryDocker(["compose", "version"]);
  if (code === 0) return "docker";
  throw new Lacking(
    `Cannot use Docker Compose: ${lastLine(stderr)}`,
    "install Docker's Compose plugin, version 2",
  );
}

/** What docker said no with, as an error that says what to do. */
export function refusal(what: string, stderr: string, code: number): Lacking {
  const detail = code === 124 ? "no answer in time" : lastLine(stderr) || `exit code ${code}`;
  const cure = /permission denied.*(docker\.sock|Docker daemon)/i.test(stderr)
    ? "add your user to the `docker` group and log in again, or use `--engine local`"
    : /Cannot connect to the Docker daemon|connection refused|no answer in time/i.test(`${stderr} ${detail}`)
    ? "start Docker (for example `sudo systemctl start docker`), or use `--engine local`"
    : /no space left on device/i.test(stderr)
    ? "free some disk space (`docker system df` shows what Docker uses), then run the same command again"
    : "mend what Docker names, then run the same command again";
  return new Lacking(`\`${what}\` failed: ${detail}`, cure);
}

/** The last line that says something. */
export function lastLine(text: string): string {
  return text.split("\n").map((line) => line.trim()).filter(Boolean).at(-1) ?? "";
}

function older(version: string, oldest: string): boolean {
  const numbers = (text: string) => text.split(/[.+-]/).map(Number);
  const [have, want] = [numbers(version), numbers(oldest)];
  const first = want.findIndex((number, i) => have[i] !== number);
  return first >= 0 && !(have[first]! > want[first]!);
}
