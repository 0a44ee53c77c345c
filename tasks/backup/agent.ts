/** The agent as tasks use it: in this process on the local engine, in a container on the other. */

import {
  BackupFailure,
  type Part,
  PARTS,
  perform,
  type Plan,
  type Request,
  type Results,
  SECRET,
} from "../../backup/mod.ts";
import type { Service } from "../../compose/services/mod.ts";
import { binary } from "../binaries/mod.ts";
import { Failure } from "../cli.ts";
import type { Progress, ServiceStatus } from "../engine/engine.ts";
import type { Session } from "../session.ts";
import { versionsOf } from "../stack.ts";
import { planOf } from "./plan.ts";

/** What is asked of the agent; plan and secrets come from the stack. */
export type Wish = Request extends infer R ? R extends Request ? Omit<R, "plan" | "secrets"> : never : never;

/** The agent of a stack. */
export interface Agent {
  readonly plan: Plan;
  /** @throws {Failure} with what the agent fails with. */
  do<W extends Wish>(wish: W): Promise<Results[W["action"]]>;
}

/** How to reach the agent. */
export interface AgentOptions {
  readonly session: Pick<Session, "stack" | "target" | "engine">;
  /** Secrets of the repository by their names. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Another repository than the one of config.ts, as restic names it or an absolute path. */
  readonly repository?: string;
}

/** Makes the agent of a stack ready. What does not run is saved as it lies there. */
export async function openAgent(options: AgentOptions): Promise<Agent> {
  const { session: { stack, target, engine }, secrets, progress, signal, repository } = options;
  const status = await engine.status();
  // The key may be one that config.ts does not name.
  const plan = { ...withRunning(planOf(stack, target), status), sftpKey: SECRET.sftpKey in secrets };
  if (engine.name === "docker") {
    const { containerAgent } = await import("./container.ts");
    return await containerAgent({ ...options, plan });
  }
  const own = repository === undefined ? plan : { ...plan, repository };
  const { path } = await binary("restic", { version: versionsOf(stack).backup, progress, signal });
  return {
    plan: own,
    async do(wish) {
      const request = { ...wish, plan: own, secrets } as Request;
      try {
        return await perform(request, path, progress, signal) as never;
      } catch (error) {
        throw asFailure(error);
      }
    },
  };
}

/** Only services that run are asked. */
function withRunning(plan: Plan, status: readonly ServiceStatus[]): Plan {
  const runs = (part: Service) =>
    status.some(({ service, state }) => service === part && (state === "ready" || state === "starting"));
  const parts = PARTS.flatMap((part: Part) => {
    const known = plan.parts[part];
    if (!known) return [];
    const { url, ...rest } = known;
    return [[part, runs(part) ? { ...rest, url } : rest]];
  });
  return { ...plan, parts: Object.fromEntries(parts) };
}

/** The agent's failure as the command line has them; anything else as it is. */
export function asFailure(error: unknown): unknown {
  return error instanceof BackupFailure ? new Failure(error.message, error.code, error.cure) : error;
}
