/** Whether every service runs, and answers. */

import { formatElapsed } from "../../lib/units.ts";
import type { Service } from "../../compose/services/mod.ts";
import type { ServiceStatus } from "../engine/engine.ts";
import type { Diagnosis, Sighting } from "./diagnosis.ts";
import { healthOf } from "./health.ts";
import type { Answer } from "./http.ts";
import { describeProcess, type Process, readProcess } from "./machine.ts";
import type { Scene } from "./scene.ts";

const LOOP_RESTARTS = 2;
const STEADY_MS = 60_000;
const LOG_LINES = 3;

/** What keeps a service from starting or ends it, whatever it is that one sees of it then. */
export const START_FAILURES = [
  "doctor/state-path",
  "doctor/data-path",
  "doctor/disk-full",
  "doctor/disk-inodes",
  "doctor/port-foreign",
  "doctor/supervisor-dead",
];

const notRunning: Diagnosis = {
  id: "doctor/not-running",
  area: "services",
  title: "The stack runs",
  about:
    "No service of the stack runs: it was not started yet, was stopped by `deno task down`, or went down with the " +
    "machine. `deno task up` starts it; data are kept.",
  weight: "error",
  mayFollowFrom: START_FAILURES,
  async run(scene) {
    const [status, record] = [await scene.status(), await scene.record()];
    if (!noneRuns(status)) return "";
    const { stateDir } = scene.paths;
    return [{
      involves: status.map(({ service }) => service),
      cause: record === undefined
        ? "The stack was never started"
        : record.running
        ? "The stack was started, and nothing of it runs any more: the machine was restarted, or its processes were killed"
        : "The stack was stopped by `deno task down`",
      evidence: [
        record === undefined
          ? `${stateDir}/stack.json: no such file`
          : `${stateDir}/stack.json: engine ${record.engine}, running ${record.running}`,
        ...status.flatMap(({ service, state, detail }) => detail ? [`${service}: ${state}, ${detail}`] : []),
      ],
      cure: "deno task up",
    }];
  },
};

const hung: Diagnosis = {
  id: "doctor/service-hung",
  area: "services",
  title: "No service hangs",
  about:
    "A service's process is there but does not answer: it was stopped by a signal (state T), waits for a disk " +
    "(state D), or is overloaded. The evidence has its pid and state. A stopped one is woken by `kill -CONT`; otherwise " +
    "read its log and restart it.",
  weight: "error",
  mayFollowFrom: ["doctor/disk-full"],
  async run(scene) {
    const sightings: Sighting[] = [];
    for (const entry of running(await scene.status())) {
      const answer = await healthOf(scene, entry.service);
      if (answer.failure !== "timeout") continue;
      const pid = Number(entry.id);
      const process = Number.isInteger(pid) ? await readProcess(pid, scene.signal) : undefined;
      const stopped = process?.state === "T";
      sightings.push({
        subject: entry.service,
        cause: stopped
          ? `The process of ${entry.service} is stopped by a signal`
          : `${entry.service} runs and does not answer`,
        evidence: [
          `GET ${answer.url}: ${answer.detail}`,
          ...process ? [describeProcess(process)] : [],
          ...entry.detail ? [entry.detail] : [],
        ],
        cure: stopped ? `kill -CONT ${pid}` : wake(entry, process),
      });
    }
    return sightings;
  },
};

const restartLoop: Diagnosis = {
  id: "doctor/restart-loop",
  area: "services",
  title: "No service dies again and again",
  about:
    "A service dies soon after each start and is started again: it finds something that it cannot work with. The " +
    "evidence has its last exit and the last lines of its log, where the reason stands.",
  weight: "error",
  mayFollowFrom: START_FAILURES,
  async run(scene) {
    const looping = (await scene.status()).filter((entry) => isLooping(entry, scene.now()));
    return await Promise.all(looping.map((entry) =>
      deathOf(scene, entry, {
        cause: entry.state === "ready"
          ? `${entry.service} died again and again until a moment ago: ${entry.restarts} restarts so far`
          : `${entry.service} dies at each start: ${entry.restarts} restarts so far`,
        weight: entry.state === "ready" ? "warning" : "error",
        cure:
          `remove what the last lines of its log name, then run \`deno task up\`; all of it: \`deno task logs ${entry.service}\``,
      })
    ));
  },
};

const dead: Diagnosis = {
  id: "doctor/service-dead",
  area: "services",
  title: "No service is dead",
  about:
    "A service of the running stack is not running: it ended, was killed, or could not start. The evidence has its " +
    "last exit and the last lines of its log. `deno task up` starts it again.",
  weight: "error",
  mayFollowFrom: START_FAILURES,
  async run(scene) {
    const status = await scene.status();
    if (noneRuns(status)) return "";
    const found = status.filter((entry) =>
      (entry.state === "failed" || entry.state === "stopped") && !isLooping(entry, scene.now())
    );
    // What hangs or answers is not dead, whatever the engine makes of it.
    const lives = await Promise.all(found.map(async ({ service }) => {
      const { status, failure } = await healthOf(scene, service);
      return failure === "timeout" || status > 0;
    }));
    return await Promise.all(
      found.filter((_, i) => !lives[i]).map((entry) =>
        deathOf(scene, entry, {
          cause: `${entry.service} does not run`,
          cure: "deno task up",
        })
      ),
    );
  },
};

const unready: Diagnosis = {
  id: "doctor/service-unready",
  area: "services",
  title: "Every service is ready",
  about:
    "A service runs and says itself that it is not ready, or has not become ready for a minute: it is still reading " +
    "its data, or waits for something. The evidence is its own answer.",
  weight: "error",
  mayFollowFrom: [...START_FAILURES, "doctor/service-hung", "doctor/restart-loop", "doctor/service-dead"],
  async run(scene) {
    const sightings: Sighting[] = [];
    const seen: string[] = [];
    for (const entry of await scene.status()) {
      if (entry.state === "ready") seen.push(entry.service);
      if (entry.state === "left-out" || entry.state === "stopped" || isLooping(entry, scene.now())) continue;
      const answer = await healthOf(scene, entry.service);
      if (entry.state === "failed") {
        if (answer.status > 0) sightings.push(doubt(entry, answer));
        continue;
      }
      if (answer.ok || answer.failure === "timeout") continue;
      // Silence of a service that the engine calls ready is a matter of the way to it: see connectivity.
      if (entry.state === "ready" && answer.status === 0) continue;
      const ageMs = entry.since === undefined ? Infinity : scene.now() - Date.parse(entry.since);
      sightings.push({
        subject: entry.service,
        cause: entry.state === "starting" && ageMs < STEADY_MS
          ? `${entry.service} is still starting`
          : `${entry.service} runs and is not ready`,
        evidence: [
          `GET ${answer.url}: ${answer.detail}${
            answer.body.trim() && `: ${answer.body.trim().slice(0, 200)}`
          }`,
          ...Number.isFinite(ageMs) ? [`it was started ${formatElapsed(ageMs)} ago`] : [],
        ],
        cure: `\`deno task logs ${entry.service}\` shows what it waits for`,
        weight: entry.state === "starting" && ageMs < STEADY_MS ? "warning" : "error",
      });
    }
    return sightings.length > 0 ? sightings : seen.length > 0 ? `${seen.join(", ")} ready` : "";
  },
};

const restarted: Diagnosis = {
  id: "doctor/service-restarted",
  area: "services",
  title: "No service was restarted after it died",
  about:
    "A service died at some time and runs well since it was started again. Nothing has to be done; if it happens " +
    "often, its log says why.",
  weight: "note",
  async run(scene) {
    return (await scene.status())
      .filter((entry) =>
        (entry.restarts ?? 0) > 0 && entry.state === "ready" && !isLooping(entry, scene.now())
      )
      .map(({ service, restarts, since }) => ({
        subject: service,
        cause: `${service} died and was started again`,
        evidence: [
          `${restarts} restart${restarts === 1 ? "" : "s"}, runs since ${since ?? "an unknown time"}`,
        ],
        cure: `\`deno task logs ${service}\` shows why`,
      }));
  },
};

const leftOut: Diagnosis = {
  id: "doctor/service-left-out",
  area: "services",
  title: "No service is left out",
  about:
    "The engine cannot run a service here and has left it out: Grafana on the local engine, when there is neither a " +
    "`grafana` program on PATH nor access to its release archive. The rest works without it. The evidence says what was tried.",
  weight: "note",
  async run(scene) {
    return (await scene.status()).filter(({ state }) => state === "left-out").map(({ service, detail }) => ({
      subject: service,
      cause: `${service} is left out`,
      evidence: (detail ?? "the engine cannot run it here").split("\n"),
      cure:
        `put its program on PATH and run \`deno task up\`, or say services.${service}: false in config.ts`,
    }));
  },
};

/** Diagnoses of the services' processes. */
export const services: readonly Diagnosis[] = [
  notRunning,
  hung,
  restartLoop,
  dead,
  unready,
  restarted,
  leftOut,
];

/** Whether nothing of the stack runs. */
export function noneRuns(status: readonly ServiceStatus[]): boolean {
  return status.every(({ state }) => state === "left-out" || state === "stopped");
}

/** The engine holds a service for failed that answers: its own check is late, or looks from another side. */
function doubt({ service, id, detail }: ServiceStatus, answer: Answer): Sighting {
  return {
    subject: service,
    cause: `${service} answers this machine, and its engine says that it fails`,
    evidence: [`GET ${answer.url}: ${answer.detail}`, ...detail ? [detail] : []],
    cure: `wait half a minute for the next check; then \`docker restart ${id}\``,
    weight: "warning",
  };
}

function wake({ service, id, detail }: ServiceStatus, process: Process | undefined): string {
  const log = `\`deno task logs ${service}\` shows its log`;
  if (process) return `kill -9 ${process.pid}: its supervisor starts it again; ${log}`;
  if (id === undefined) return log;
  return detail?.includes("paused") ? `docker unpause ${id}` : `docker restart ${id}; ${log}`;
}

function running(status: readonly ServiceStatus[]): ServiceStatus[] {
  return status.filter(({ state, id }) => state !== "left-out" && (state !== "stopped" || id !== undefined));
}

function isLooping({ state, restarts = 0, since }: ServiceStatus, nowMs: number): boolean {
  if (restarts < LOOP_RESTARTS || state === "left-out") return false;
  // Between two deaths it may look well for a moment.
  return state !== "ready" || (since !== undefined && nowMs - Date.parse(since) < STEADY_MS);
}

async function deathOf(
  scene: Scene,
  { service, detail }: ServiceStatus,
  { cause, cure, weight }: Pick<Sighting, "cause" | "cure" | "weight">,
): Promise<Sighting> {
  return {
    subject: service,
    cause,
    evidence: [...detail ? [detail] : [], ...(await lastLines(scene, service)).map((line) => `log: ${line}`)],
    cure,
    weight,
  };
}

async function lastLines(scene: Scene, service: Service): Promise<string[]> {
  const lines = (await scene.logs(service)).filter((line) => line.trim() !== "");
  // Each start says the same.
  return lines.filter((line, i) => lines.indexOf(line, i + 1) === -1).slice(-LOG_LINES);
}
