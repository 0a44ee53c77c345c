/** The stack's containers as the engine sees them now. */

import { type Service, SERVICES } from "../../compose/services/mod.ts";
import { docker, tryDocker } from "./docker_cli.ts";

/** Compose's label for the project that something belongs to. */
export const PROJECT_LABEL = "com.docker.compose.project";

const LOOK_BACK_LINES = 500;
const MOST_ERRORS = 3;
const ERROR = /\blevel=(error|fatal)\b|(^|\s)(error|fatal|panic)[: ]/i;

/** A container of the stack. */
export interface Container {
  readonly service: Service;
  readonly id: string;
  readonly name: string;
  /** Image as compose.yaml names it. */
  readonly image: string;
  readonly state: "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";
  readonly health: "starting" | "healthy" | "unhealthy" | "none";
  readonly exitCode: number;
  /** What kept the engine from starting it; `""` when nothing did. */
  readonly error: string;
  readonly oomKilled: boolean;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Times that the engine restarted it. */
  readonly restarts: number;
  /** What the last failed health check printed; `""` when none failed. */
  readonly healthOutput: string;
  /** Program and first arguments of its image. */
  readonly entrypoint: readonly string[];
  /** Ids of its networks. */
  readonly networks: readonly string[];
  /** Path of the compose file it was made from. */
  readonly composeFile: string;
}

interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly RestartCount: number;
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly NetworkID: string }>> };
  readonly Config: {
    readonly Image: string;
    readonly Entrypoint: readonly string[] | null;
    readonly Labels: Readonly<Record<string, string>>;
  };
  readonly State: {
    readonly Status: Container["state"];
    readonly ExitCode: number;
    readonly Error: string;
    readonly OOMKilled: boolean;
    readonly StartedAt: string;
    readonly Health?: {
      readonly Status: Container["health"];
      readonly Log: readonly { readonly ExitCode: number; readonly Output: string }[] | null;
    };
  };
}

/** Whether the engine has neither containers nor volumes of a project. Not known while it does not answer: false. */
export async function hasNothingOf(project: string): Promise<boolean> {
  const filter = ["--quiet", "--filter", `label=${PROJECT_LABEL}=${project}`];
  const [containers, volumes] = await Promise.all([
    tryDocker(["ps", "--all", ...filter]),
    tryDocker(["volume", "ls", ...filter]),
  ]);
  return [containers, volumes].every(({ code, stdout }) => code === 0 && stdout.trim() === "");
}

/** Every container of the Compose project, services of Vigie only, in the order of SERVICES. */
export async function containersOf(project: string, signal?: AbortSignal): Promise<Container[]> {
  const ids =
    (await docker(["ps", "--all", "--quiet", "--no-trunc", "--filter", `label=${PROJECT_LABEL}=${project}`], {
      signal,
    })).split("\n").filter(Boolean);
  if (ids.length === 0) return [];
  // A container that is gone by now makes it fail, and is left out of what it prints.
  const { stdout } = await tryDocker(["inspect", "--type", "container", ...ids], { signal });
  const order = (service: string) => SERVICES.indexOf(service as Service);
  return (JSON.parse(stdout || "[]") as Inspected[])
    .filter(({ Config }) => order(Config.Labels["com.docker.compose.service"] ?? "") >= 0)
    .map(toContainer)
    .sort((a, b) => order(a.service) - order(b.service));
}

function toContainer({ Id, Name, RestartCount, Config, State, NetworkSettings }: Inspected): Container {
  const failed = State.Health?.Log?.filter(({ ExitCode }) => ExitCode !== 0).at(-1);
  return {
    service: Config.Labels["com.docker.compose.service"] as Service,
    id: Id,
    name: Name.slice(1),
    image: Config.Image,
    state: State.Status,
    health: State.Health?.Status ?? "none",
    exitCode: State.ExitCode,
    error: State.Error,
    oomKilled: State.OOMKilled,
    startedAt: State.StartedAt,
    restarts: RestartCount,
    healthOutput: failed?.Output.trim() ?? "",
    entrypoint: Config.Entrypoint ?? [],
    // One that never ran has none yet.
    networks: Object.values(NetworkSettings.Networks).map(({ NetworkID }) => NetworkID).filter(Boolean),
    composeFile: Config.Labels["com.docker.compose.project.config_files"] ?? "",
  };
}

/** Whether a container serves. */
export function isReady({ state, health }: Container): boolean {
  return state === "running" && health === "healthy";
}

/** Why a container will not serve, in one sentence; undefined while it may still, or does. */
export function whyFailed(container: Container): string | undefined {
  const { state, health, exitCode, oomKilled, error, healthOutput } = container;
  if (error !== "") return error;
  if (oomKilled) return "it used more memory than its limit, and was killed";
  if (state === "restarting") return `it ends again and again, with exit code ${exitCode}`;
  if (state === "exited" || state === "dead") return `it ended with exit code ${exitCode}`;
  if (state === "paused") return "it is paused";
  if (health === "unhealthy") {
    return `its health check fails${healthOutput && `: ${healthOutput.split("\n").at(-1)}`}`;
  }
  return undefined;
}

/**
 * The last `count` lines of a container's log, both streams in the order they were written. Where none of them is an error, the
 * last errors before them come first: some programs say what is wrong, and then print pages of help.
 */
export async function lastLogLines(id: string, count: number): Promise<string[]> {
  const { stdout, stderr } = await tryDocker(["logs", "--timestamps", "--tail", String(LOOK_BACK_LINES), id]);
  const lines = `${stdout}\n${stderr}`.split("\n").filter(Boolean).sort().map((line) =>
    line.slice(line.indexOf(" ") + 1)
  );
  return pickLines(lines, count);
}

/** See `lastLogLines`. */
export function pickLines(lines: readonly string[], count: number): string[] {
  const last = lines.slice(-count);
  if (last.some((line) => ERROR.test(line))) return last;
  const errors = [...new Set(lines.slice(0, -count).filter((line) => ERROR.test(line)))].slice(-MOST_ERRORS);
  return [...errors, ...last.slice(errors.length)];
}
