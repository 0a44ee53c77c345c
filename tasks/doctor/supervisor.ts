/** Whether the local engine's supervisor does its work. */

import { join } from "node:path";
import { Skipped } from "../../lib/check.ts";
import { type Alive, findAlive, readStatus } from "../engine/local/control.ts";
import { runningTarget } from "../engine/local/units.ts";
import type { Status } from "../engine/local/protocol.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { describeProcess, readProcess } from "./machine.ts";
import type { Scene } from "./scene.ts";

const dead: Diagnosis = {
  id: "doctor/supervisor-dead",
  area: "services",
  title: "The supervisor lives",
  about:
    "The services of the local engine run without their supervisor, which was killed: they work, but one that dies " +
    "is not started again, and logs grow without limit. `deno task up` starts it again.",
  weight: "error",
  async run(scene) {
    const { alive, last } = await localOf(scene);
    if (alive.supervisor) return `supervisor pid ${alive.supervisor.pid}`;
    if (alive.services.length === 0) return "";
    const target = await runningTarget(
      await Deno.realPath(join((await scene.site()).target.stateDir, "local")),
    );
    if (target !== undefined) return `systemd's ${target}`;
    return [{
      cause: "The services run without their supervisor: one that dies is not started again",
      evidence: [
        last ? `pid ${last.supervisor.pid} of status.json is gone` : "there is no status.json",
        `still running: ${alive.services.map(({ service, pid }) => `${service} (pid ${pid})`).join(", ")}`,
      ],
      cure: "deno task up",
    }];
  },
};

const hung: Diagnosis = {
  id: "doctor/supervisor-hung",
  area: "services",
  title: "The supervisor is not stopped",
  about:
    "The supervisor of the local engine was stopped by a signal (state T): a service that dies is not started again " +
    "until it is woken with `kill -CONT`.",
  weight: "error",
  async run(scene) {
    const { alive } = await localOf(scene);
    if (!alive.supervisor) return "";
    const process = await readProcess(alive.supervisor.pid, scene.signal);
    if (process?.state !== "T") return "";
    return [{
      cause: "The supervisor is stopped by a signal: a service that dies is not started again",
      evidence: [describeProcess(process)],
      cure: `kill -CONT ${process.pid}`,
    }];
  },
};

const stale: Diagnosis = {
  id: "doctor/pid-stale",
  area: "services",
  title: "The recorded process ids are the stack's",
  about:
    "The supervisor's report names a process id that now belongs to another program: the machine was restarted, or " +
    "the process died and its number was used again. Vigie compares start times and leaves that program alone. " +
    "`deno task up` starts the stack and writes the report anew.",
  weight: "warning",
  async run(scene) {
    const { alive, last } = await localOf(scene);
    if (alive.supervisor || last === undefined) return "";
    const now = await readProcess(last.supervisor.pid, scene.signal);
    if (now === undefined) return "";
    return [{
      subject: "supervisor",
      cause: `The recorded process id ${now.pid} is another program's: the stack's own process is gone`,
      evidence: [
        join(scene.paths.stateDir, "local", "status.json") +
        `: supervisor pid ${now.pid}, started ${last.startedAt}`,
        `now it is ${describeProcess(now)}`,
      ],
      cure: "deno task up (leave the other program alone)",
    }];
  },
};

/** Diagnoses of the local engine's supervisor. */
export const supervisor: readonly Diagnosis[] = [dead, hung, stale];

async function localOf(
  scene: Scene,
): Promise<{ alive: Pick<Alive, "supervisor" | "services">; last?: Status }> {
  const { engine, target } = await scene.site();
  // On Docker the engine itself is the supervisor.
  if (engine.name !== "local") return { alive: { services: [] } };
  try {
    const directory = await Deno.realPath(join(target.stateDir, "local"));
    const [alive, last] = await Promise.all([findAlive(directory), readStatus(directory)]);
    return { alive, last };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return { alive: { services: [] } };
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new Skipped("the state directory cannot be read");
    }
    throw error;
  }
}
