/** What the doctor looks at: each fact is gathered when it is first asked for, and once. */

import { dirname } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { DEFINITIONS, type Service } from "../../compose/services/mod.ts";
import { Skipped } from "../../lib/check.ts";
import { type Finished, run, type RunOptions } from "../../lib/process.ts";
import type { Invocation } from "../cli.ts";
import { chooseEngine, readRecord, type StackRecord } from "../engine/choose.ts";
import { type DockerAnswer, dockerAnswers } from "../engine/docker_cli.ts";
import type { Engine, ServiceStatus } from "../engine/engine.ts";
import { loadConfig } from "../load_config.ts";
import { engineFlag } from "../session.ts";
import { servicesOf, type Stack, type Target, urlsOf } from "../stack.ts";
import { heldStack } from "../upgrade/held.ts";
import { type Answer, ask, type Fetch } from "./http.ts";
import { type Listener, type Process, readLineage, readListeners } from "./machine.ts";
import { parseMetrics, type Sample } from "./metrics.ts";

/** Paths that the command was given, absolute. */
export type ScenePaths = Pick<Invocation, "config" | "buildDir" | "stateDir">;

/** The stack, its engine, and where it lies. */
export interface Site {
  readonly stack: Stack;
  readonly engine: Engine;
  readonly target: Target;
  /** Services that are meant to run here. */
  readonly services: readonly Service[];
  /** Base URL of each service, as this machine reaches it. */
  readonly urls: Readonly<Record<Service, string>>;
}

/** A series' value, as an instant query gives it. */
export interface Value {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * What a diagnosis may look at. What rests on something that cannot be had throws `Skipped` with the reason, so that only the
 * diagnosis of that something reports it.
 */
export interface Scene {
  readonly paths: ScenePaths;
  readonly signal: AbortSignal;
  /** What `--engine` says, if anything. */
  readonly asked?: "auto" | "docker" | "local";
  /** Now, milliseconds since 1970. */
  readonly now: () => number;
  /** What config.ts says. @throws {Skipped} when it cannot be used. */
  config(): Promise<Stack>;
  /** The stack as it runs, whatever config.ts says now; what config.ts says when nothing runs. @throws {Skipped} when there is neither. */
  stack(): Promise<Stack>;
  /** Why the configuration cannot be used; undefined when it can. */
  configError(): Promise<unknown>;
  /** Why the configuration does not fit this machine; undefined when it does. @throws {Skipped} when it cannot be used at all. */
  machineError(): Promise<unknown>;
  /** `stack()`, its engine, and where they lie. @throws {Skipped} when either cannot be had. */
  site(): Promise<Site>;
  /** Why there is no engine; undefined when there is one. @throws {Skipped} when there is no stack to choose it for. */
  engineError(): Promise<unknown>;
  /** Whether Docker can be used, and if not, why. */
  docker(): Promise<DockerAnswer>;
  /** What is remembered of the last `up` or `down`. */
  record(): Promise<StackRecord | undefined>;
  /** What the engine says of each service. @throws {Skipped} when it cannot say. */
  status(): Promise<readonly ServiceStatus[]>;
  /** Why the engine cannot say what runs; undefined when it can. */
  statusError(): Promise<unknown>;
  /** Last lines of a service's log, the oldest first. */
  logs(service: Service): Promise<readonly string[]>;
  /** GETs a URL, once. */
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Whether `service` reaches `url` from where it runs. */
  reaches(service: Service, url: string): Promise<{ ok: boolean; detail: string }>;
  /** A service's own metrics. @throws {Skipped} when it does not give them. */
  metrics(service: Service): Promise<readonly Sample[]>;
  /** `data` of Prometheus's HTTP API. @throws {Skipped} when it does not answer. */
  prometheus<T>(path: string): Promise<T>;
  /** Instant query. @throws {Skipped} when Prometheus does not answer. */
  query(expression: string): Promise<readonly Value[]>;
  /** Listening sockets of this machine. */
  listeners(): Promise<readonly Listener[]>;
  /** A process and those it descends from, the nearest first. */
  lineage(pid: number): Promise<readonly Process[]>;
  /** Runs an outside program; undefined when there is none of that name. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<Finished | undefined>;
}

/** How to make a scene, beside the command line. */
export interface SceneOptions {
  readonly fetch?: Fetch;
  readonly now?: () => number;
}

const LOG_LINES = 200;

/** The scene that the command line describes. */
export function createScene(
  invocation: Pick<Invocation, "config" | "buildDir" | "stateDir" | "flags" | "signal">,
  { fetch = globalThis.fetch, now = Date.now }: SceneOptions = {},
): Scene {
  const { config, buildDir, stateDir, signal } = invocation;
  const asked = engineFlag(invocation);
  const once = memory();
  // What the configuration asks of this machine is a question of its own: the doctor goes on when the disk is too small for it.
  const load = (machine: boolean) => settle(loadConfig(config, { stateDir, machine }));
  const loaded = () => once("config", () => load(false));
  const seen = () => once("status", async () => await settle((await scene.site()).engine.status()));
  const chosen = () =>
    once("engine", async () => {
      const stack = await scene.stack();
      const paths = { buildDir, stateDir, configDir: dirname(config) };
      return await settle(chooseEngine(stack, paths, asked));
    });

  const scene: Scene = {
    paths: { config, buildDir, stateDir },
    asked,
    signal,
    now,
    async config() {
      const result = await loaded();
      if ("error" in result) throw new Skipped("config.ts cannot be used");
      return heldStack(result.value.stack, (await scene.record())?.versions);
    },
    async stack() {
      const [record, result] = [await scene.record(), await loaded()];
      const other = asked !== undefined && asked !== "auto" && asked !== record?.engine;
      if (record && !other && (record.running || "error" in result)) return record.stack;
      return await scene.config();
    },
    async configError() {
      const result = await loaded();
      return "error" in result ? result.error : undefined;
    },
    async machineError() {
      await scene.config();
      const result = await once("machine", () => load(true));
      return "error" in result ? result.error : undefined;
    },
    async engineError() {
      const result = await chosen();
      return "error" in result ? result.error : undefined;
    },
    async site() {
      const [stack, result] = [await scene.stack(), await chosen()];
      if ("error" in result) throw new Skipped("there is no engine to ask");
      const { engine, target } = result.value;
      return { stack, engine, target, services: [...servicesOf(stack, target.engine)], urls: urlsOf(stack) };
    },
    docker: () => once("docker", dockerAnswers),
    record: () => once("record", () => readRecord(stateDir).catch(() => undefined)),
    async status() {
      const result = await seen();
      if ("error" in result) throw new Skipped("the engine cannot say what runs");
      return result.value;
    },
    async statusError() {
      const result = await seen();
      return "error" in result ? result.error : undefined;
    },
    logs: (service) =>
      once(`logs ${service}`, async () => {
        const { engine } = await scene.site();
        const lines: string[] = [];
        for await (const line of engine.logs(service, { tail: LOG_LINES, follow: false, signal })) {
          lines.push(stripVTControlCharacters(line));
        }
        return lines;
      }),
    get: (url, headers) => once(`get ${url}`, () => ask(url, { fetch, signal, headers })),
    reaches: (service, url) =>
      once(`reaches ${service} ${url}`, async () => await (await scene.site()).engine.reaches(service, url)),
    metrics: (service) =>
      once(`metrics ${service}`, async () => {
        const { urls } = await scene.site();
        const path = DEFINITIONS[service].scrape?.path ?? "/metrics";
        return parseMetrics((await answered(scene, service, urls[service] + path)).body);
      }),
    prometheus: async <T>(path: string) => {
      const { urls } = await scene.site();
      const answer = await answered(scene, "prometheus", `${urls.prometheus}${path}`);
      return dataOf<T>(answer);
    },
    async query(expression) {
      const path = `/api/v1/query?${new URLSearchParams({ query: expression })}`;
      const { resultType, result } = await scene.prometheus<{ resultType: string; result: unknown }>(path);
      if (resultType === "scalar") return [{ labels: {}, value: Number((result as [number, string])[1]) }];
      return (result as { metric: Record<string, string>; value: [number, string] }[])
        .map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    listeners: () => once("listeners", () => readListeners(signal)),
    lineage: (pid) => once(`lineage ${pid}`, () => readLineage(pid, signal)),
    run: (command, args, options) =>
      once(`run ${[command, ...args].join("\0")}`, async () => {
        try {
          return await run(command, args, { timeoutMs: 10_000, signal, ...options });
        } catch (error) {
          if (error instanceof Deno.errors.NotFound) return undefined;
          throw error;
        }
      }),
  };
  return scene;
}

/** The answer of a service. @throws {Skipped} when there is none: another diagnosis says why. */
async function answered(scene: Scene, service: Service, url: string): Promise<Answer> {
  const answer = await scene.get(url);
  if (answer.ok) return answer;
  throw new Skipped(`${service} does not answer`);
}

function dataOf<T>({ url, body }: Answer): T {
  try {
    const { status, data } = JSON.parse(body);
    if (status === "success") return data;
  } catch {
    // Below.
  }
  throw new Skipped(`${new URL(url).host} does not answer as Prometheus does`);
}

type Settled<T> = { readonly value: T } | { readonly error: unknown };

async function settle<T>(promise: Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await promise };
  } catch (error) {
    return { error };
  }
}

function memory(): <T>(key: string, make: () => Promise<T>) => Promise<T> {
  const known = new Map<string, Promise<unknown>>();
  return <T>(key: string, make: () => Promise<T>) => {
    if (!known.has(key)) known.set(key, make());
    return known.get(key) as Promise<T>;
  };
}
