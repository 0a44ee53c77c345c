/** Whether there is something that can run the stack, and whether programs are new enough. */

import { DEFINITIONS, type Service } from "../../compose/services/mod.ts";
import { Skipped } from "../../lib/check.ts";
import { compareVersions } from "../binaries/version.ts";
import { asFailure } from "../cli.ts";
import { versionsOf } from "../stack.ts";
import type { Diagnosis, Sighting } from "./diagnosis.ts";
import { samplesOf } from "./metrics.ts";
import type { Scene } from "./scene.ts";

/** The oldest Deno that Vigie is tested with. */
const OLDEST_DENO = "2.6.8";
const DOCKER_PROBLEMS = ["doctor/docker-denied", "doctor/docker-down", "doctor/docker-old"];

const denoOld: Diagnosis = {
  id: "doctor/deno-old",
  area: "versions",
  title: "Deno is new enough",
  about:
    `Vigie is tested with Deno ${OLDEST_DENO} and later; an older one fails in ways that look like defects of the ` +
    "stack. `deno upgrade`, or start the tasks with `npx -y deno@2.9.6 task …`.",
  weight: "error",
  run() {
    const { deno } = Deno.version;
    if (compareVersions(deno, OLDEST_DENO) >= 0) return Promise.resolve(`Deno ${deno}`);
    return Promise.resolve([{
      subject: "deno",
      cause: `Deno ${deno} is older than ${OLDEST_DENO}, which Vigie needs`,
      evidence: [Deno.execPath(), `deno ${deno}`],
      cure: "deno upgrade",
    }]);
  },
};

const serviceOld: Diagnosis = {
  id: "doctor/service-old",
  area: "versions",
  title: "The services are as new as the version table",
  about:
    "A service runs in an older version than the one Vigie was tested with, because such a program was found on " +
    "PATH or an old image is in use: parts of the generated configuration may be unknown to it. The evidence has both versions. " +
    "Update the program, or remove it from PATH so that the tested version is fetched.",
  weight: "warning",
  async run(scene) {
    const { stack, services } = await scene.site();
    const wanted = versionsOf(stack);
    const sightings: Sighting[] = [];
    const seen: string[] = [];
    for (const service of services) {
      const metric = DEFINITIONS[service].scrape?.buildInfo;
      if (metric === undefined || service === "webhook") continue;
      const version = await runningVersion(scene, service, metric);
      if (version === undefined) continue;
      seen.push(`${service} ${version}`);
      if (compareVersions(version, wanted[service]) >= 0) continue;
      sightings.push({
        subject: service,
        cause: `${service} ${version} is older than ${wanted[service]}, which Vigie was tested with`,
        evidence: [`${metric}{version="${version}"}`],
        cure:
          `update it, or take it off PATH and run \`deno task up\`; versions["${service}"] in config.ts says which is wanted`,
      });
    }
    return sightings.length > 0 ? sightings : seen.join(", ");
  },
};

const dockerDenied: Diagnosis = {
  id: "doctor/docker-denied",
  area: "engine",
  title: "This user may use Docker",
  about:
    "The Docker engine runs, but this user may not open its socket: the user is not in the group that owns it, or " +
    "joined it after logging in. Add the user to the group and log in again. Where the local engine is in use this is only a note.",
  weight: "error",
  async run(scene) {
    const { wanted, problem, reason } = await dockerOf(scene);
    if (problem !== "denied") return "";
    return [{
      subject: "docker",
      cause: "This user may not use the Docker engine",
      evidence: [reason],
      cure: 'sudo usermod -aG docker "$USER", then log out and in again',
      weight: wanted ? "error" : "note",
    }];
  },
};

const dockerDown: Diagnosis = {
  id: "doctor/docker-down",
  area: "engine",
  title: "The Docker engine answers",
  about:
    "The stack is meant to run on Docker, and no Docker engine answers: it is not installed, not started, or " +
    "DOCKER_HOST or the Docker context points to another machine. Start it, or use the local engine.",
  weight: "error",
  async run(scene) {
    const { wanted, problem, reason, version } = await dockerOf(scene);
    if (problem !== "down") return version ? `Docker ${version}` : "";
    if (!wanted) return "Docker does not answer and is not in use";
    return [{
      subject: "docker",
      cause: "The Docker engine does not answer",
      evidence: [reason],
      cure: 'sudo systemctl start docker (install it if there is none), or say engine: "local" in config.ts',
    }];
  },
};

const dockerOld: Diagnosis = {
  id: "doctor/docker-old",
  area: "engine",
  title: "Docker and its Compose plugin are new enough",
  about:
    "The Docker engine answers, but it or its Compose plugin is too old, or the plugin is missing; the old program " +
    "`docker-compose` cannot read the generated file. Update Docker, or install the package `docker-compose-plugin` of Docker's own repository.",
  weight: "error",
  async run(scene) {
    const { wanted, problem, reason } = await dockerOf(scene);
    if (problem !== "old") return "";
    return [{
      subject: "docker",
      cause: "Docker is too old, or lacks its Compose plugin",
      evidence: [reason],
      cure: "sudo apt-get install docker-ce docker-compose-plugin (from Docker's own repository)",
      weight: wanted ? "error" : "note",
    }];
  },
};

const lacking: Diagnosis = {
  id: "doctor/engine-lacking",
  area: "engine",
  title: "There is an engine to run the stack",
  about:
    "Neither of the engines can run the stack as config.ts asks for it; the evidence says what was tried. " +
    "Start Docker, or use the local engine, which needs no more than the programs it fetches itself.",
  weight: "error",
  mayFollowFrom: ["doctor/state-path", ...DOCKER_PROBLEMS],
  async run(scene) {
    const error = await scene.engineError();
    if (error === undefined) return `the ${(await scene.site()).engine.name} engine`;
    const failure = asFailure(error);
    return [{
      involves: ["docker"],
      cause: "There is no engine that can run the stack",
      evidence: (failure?.message ?? String(error)).split("\n"),
      cure: failure?.cure ?? 'say engine: "local" in config.ts',
    }];
  },
};

const silent: Diagnosis = {
  id: "doctor/engine-silent",
  area: "engine",
  title: "The engine can say what runs",
  about:
    "The engine was chosen but cannot say what runs: its own records cannot be read, or its program fails. " +
    "The evidence is its own message.",
  weight: "error",
  mayFollowFrom: ["doctor/state-path", ...DOCKER_PROBLEMS],
  async run(scene) {
    const error = await scene.statusError();
    if (error === undefined) return "";
    const failure = asFailure(error);
    return [{
      involves: ["docker"],
      cause: "The engine cannot say which services run",
      evidence: (failure?.message ?? String(error)).split("\n"),
      cure: failure?.cure ?? "`deno task down`, then `deno task up`",
    }];
  },
};

const other: Diagnosis = {
  id: "doctor/engine-other",
  area: "engine",
  title: "The stack runs on the engine that config.ts names",
  about:
    "config.ts names one engine and the stack runs on the other, where it was started before: changes are applied " +
    "there until it is stopped. `deno task down`, then `deno task up`.",
  weight: "warning",
  async run(scene) {
    const [stack, record] = [await scene.config(), await scene.record()];
    if (!record?.running || stack.engine === "auto" || stack.engine === record.engine) return "";
    return [{
      cause: `The stack runs on the ${record.engine} engine, and config.ts says "${stack.engine}"`,
      evidence: [`${scene.paths.stateDir}/stack.json: engine ${record.engine}, running`],
      cure: "`deno task down`, then `deno task up`",
    }];
  },
};

/** Diagnoses of Deno, and of the engine as far as it must be there. */
export const engine: readonly Diagnosis[] = [denoOld, dockerDenied, dockerDown, dockerOld, lacking, other];
/** Diagnoses of an engine that is there. */
export const engineAtWork: readonly Diagnosis[] = [silent, serviceOld];

/** What is known of Docker on this machine. */
interface Docker {
  /** Whether the stack is meant to run on it, or does. */
  readonly wanted: boolean;
  readonly problem?: "denied" | "down" | "old";
  /** Why it cannot be used. */
  readonly reason: string;
  readonly version?: string;
}

async function dockerOf(scene: Scene): Promise<Docker> {
  const [stack, record] = [await scene.stack(), await scene.record()];
  const wanted = scene.asked === "docker" || (!scene.asked && stack.engine === "docker") ||
    (record?.running === true && record.engine === "docker");
  const { ok, version, reason = "" } = await scene.docker();
  if (ok) return { wanted, reason, version };
  const problem = /permission denied/i.test(reason) ? "denied" : version === undefined ? "down" : "old";
  return { wanted, problem, reason };
}

async function runningVersion(scene: Scene, service: Service, metric: string): Promise<string | undefined> {
  try {
    return samplesOf(await scene.metrics(service), metric)[0]?.labels.version;
  } catch (error) {
    if (error instanceof Skipped) return undefined; // Why it does not answer is another diagnosis's to say.
    throw error;
  }
}
