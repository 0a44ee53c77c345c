/** `docker compose up`, watched: it ends when every service is healthy, or as soon as one will not be. */

import { setTimeout as delay } from "node:timers/promises";
import type { Service } from "../../compose/services/mod.ts";
import type { Finished } from "../../lib/process.ts";
import { EXIT, Failure } from "../cli.ts";
import { lastLine, refusal, tryDocker } from "./docker_cli.ts";
import { type Container, containersOf, isReady, lastLogLines, whyFailed } from "./docker_containers.ts";
import { NotReady, type Progress } from "./engine.ts";

const POLL_MS = 250;
// Above the longest start period in compose.yaml; health checks end the wait before that.
const UP_MS = 15 * 60_000;
const LOG_LINES = 20;
const LAST_WORDS_MS = 5_000;
// One restart may be bad luck, such as an address that was not free yet.
const MOST_RESTARTS = 2;

/** What is to run. */
export interface ComposeProject {
  readonly name: string;
  /** Absolute path of compose.yaml. */
  readonly file: string;
  readonly services: ReadonlySet<Service>;
  readonly ports: Readonly<Record<Service, number>>;
  readonly subnet: string;
}

/** The arguments of docker before a Compose command. `-f` and `-p` leave nothing to the environment of the caller. */
export function composeArgs({ name, file }: Pick<ComposeProject, "name" | "file">): string[] {
  return ["compose", "--ansi", "never", "--progress", "plain", "--file", file, "--project-name", name];
}

/**
 * Starts what is missing, recreates what changed, and waits until all of it is healthy.
 *
 * @param before The containers as they were.
 * @returns when each service was seen healthy, milliseconds of `performance.now()`.
 * @throws {NotReady} when a service does not come up, {Lacking} or {Failure} when the engine refuses.
 */
export async function composeUp(
  project: ComposeProject,
  before: readonly Container[],
  progress: Progress,
  signal: AbortSignal,
): Promise<Map<Service, number>> {
  const enough = new AbortController();
  let ended: Finished | undefined;
  const compose = tryDocker(
    [...composeArgs(project), "up", "--detach", "--no-build", "--pull", "never", "--remove-orphans"],
    { timeoutMs: UP_MS, signal: AbortSignal.any([signal, enough.signal]) },
  ).then((finished) => ended = finished);
  try {
    return await watch(project, before, () => ended, progress, signal);
  } finally {
    // Compose itself would wait on for what depends on a service that failed.
    enough.abort();
    await compose.catch(() => {});
  }
}

async function watch(
  project: ComposeProject,
  before: readonly Container[],
  ended: () => Finished | undefined,
  progress: Progress,
  signal: AbortSignal,
): Promise<Map<Service, number>> {
  const ready = new Map<Service, number>();
  const known = new Map(before.map((container) => [container.id, container]));
  while (true) {
    // Looked at before the containers: what is seen afterwards is the state that Compose left.
    const compose = ended();
    const now = (await containersOf(project.name, signal)).filter(({ service }) =>
      project.services.has(service)
    );
    for (const container of now) {
      const old = known.get(container.id);
      // What was down before is not yet a failure of this `up`, as Compose is about to start it, nor is what Compose stops.
      const fresh = compose?.code === 0 || container.startedAt !== old?.startedAt;
      const reason = crashing(container, old) ?? (fresh ? whyFailed(container) : undefined);
      if (reason !== undefined && container.state !== "created" && !isTaken(reason)) {
        throw await notReady(container, reason, project);
      }
      if (isReady(container) && fresh && !ready.has(container.service)) {
        ready.set(container.service, performance.now());
      }
    }
    if (compose && compose.code !== 0) throw await explain(compose, project);
    const waiting = [...project.services].filter((service) => !ready.has(service));
    if (compose && waiting.length === 0) return ready;
    progress.step(`wait for ${waiting.join(", ") || "Compose"}`, ready.size / project.services.size);
    await delay(POLL_MS, undefined, { signal });
  }
}

function crashing(container: Container, old: Container | undefined): string | undefined {
  if (container.restarts - (old?.restarts ?? 0) < MOST_RESTARTS) return undefined;
  return container.state === "restarting" ? whyFailed(container) : "it ends again and again";
}

/** The engine's own words for a port that is not free: Compose says them too, with more around them. */
function isTaken(text: string): boolean {
  return /address already in use|port is already allocated|ports are not available/i.test(text);
}

async function notReady(container: Container, reason: string, project: ComposeProject): Promise<NotReady> {
  const { service, id } = container;
  if (container.restarts > 0) await untilEnded(container, project);
  const logs = await lastLogLines(id, LOG_LINES);
  if (logs.some(isTaken)) return portTaken(service, project, logs);
  return new NotReady(service, `${service} did not become ready: ${reason}`, logs, cureOf(service, logs));
}

/** A container that ends again and again is about to: only then has it said why, and not half of it. */
async function untilEnded({ id }: Container, { name }: ComposeProject): Promise<void> {
  const end = performance.now() + LAST_WORDS_MS;
  while (performance.now() < end) {
    const now = (await containersOf(name)).find((container) => container.id === id);
    if (now?.state !== "running") return;
    await delay(POLL_MS);
  }
}

function cureOf(service: Service, logs: readonly string[]): string {
  const denied = logs.find((line) => /permission denied/i.test(line));
  if (denied) {
    return "let the container's user read the path that its log names; on a machine with SELinux look for denials with `ausearch -m avc`";
  }
  if (logs.some((line) => /exec format error/i.test(line))) {
    return "the image is for another kind of processor: pull the one for this machine";
  }
  if (logs.some((line) => /no space left on device/i.test(line))) {
    return "free some disk space, then run the same command again";
  }
  return `mend what its log says (\`deno task logs ${service}\` has all of it), then run the same command again`;
}

/** What Compose refused, in our words where we know what to do. */
async function explain({ stderr, code }: Finished, project: ComposeProject): Promise<Error> {
  const detail = lastLine(stderr);
  if (isTaken(stderr)) {
    const line = stderr.split("\n").find(isTaken)!;
    for (const service of project.services) {
      if (new RegExp(`:${project.ports[service]}\\b`).test(line)) {
        return await portTaken(service, project, []);
      }
    }
  }
  if (/not a shared or slave mount/i.test(stderr)) {
    return new NotReady(
      "node-exporter",
      "Cannot start node-exporter: the engine cannot show it this machine's file systems, as the mount of / is private",
      [],
      'run `mount --make-rshared /` as root, or switch it off: `services: { "node-exporter": false }` in config.ts',
    );
  }
  const missing = /bind source path does not exist: (\S+)/.exec(stderr)?.[1];
  if (missing) {
    return new Failure(
      `Cannot mount "${missing}": the engine does not see that directory`,
      EXIT.lacking,
      'an engine on another machine needs `delivery: "image"` in config.ts; otherwise make the directory',
    );
  }
  const dead = /dependency failed to start: container (\S+)/.exec(detail)?.[1];
  const container = dead && (await containersOf(project.name)).find(({ name }) => name === dead);
  if (container) {
    return await notReady(container, whyFailed(container) ?? "it did not become healthy", project);
  }
  return refusal("docker compose up", stderr, code);
}

async function portTaken(
  service: Service,
  project: ComposeProject,
  logs: readonly string[],
): Promise<NotReady> {
  const port = project.ports[service];
  const { stdout } = await tryDocker(["ps", "--filter", `publish=${port}`, "--format", "{{.Names}}"]);
  const holder = stdout.split("\n").filter(Boolean)[0];
  return new NotReady(
    service,
    `Cannot start ${service}: port ${port} is taken by ${
      holder ? `the container "${holder}"` : "another program"
    }`,
    logs,
    `${
      holder ? "stop it" : `stop it (\`ss -ltnp 'sport = :${port}'\` names it)`
    }, or set another port: \`ports: { ${/^\w+$/.test(service) ? service : `"${service}"`}: ${
      port + 1
    } }\` in config.ts`,
  );
}
