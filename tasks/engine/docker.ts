/** The docker engine: the stack as containers, through the Docker Compose command line. */

import { join } from "node:path";
import { baseImage, type ComposePlan, isBuilt, resticImage } from "../../compose/mod.ts";
import { type Service, SERVICES } from "../../compose/services/mod.ts";
import { fromYaml } from "../../lib/yaml.ts";
import { BINARIES, binary, type BinaryName } from "../binaries/mod.ts";
import { EXIT, Failure } from "../cli.ts";
import { renderFor } from "../render.ts";
import { secretNeedsOf } from "../secret_needs.ts";
import { servicesOf, type Stack, type Target, urlsOf, versionsOf } from "../stack.ts";
import { ensureBackupImage, ensureWebhookImage } from "../own_image.ts";
import { applyConfiguration } from "./docker_apply.ts";
import { docker, dockerTool, lastLine, refusal, tryDocker } from "./docker_cli.ts";
import { type Container, containersOf, PROJECT_LABEL, whyFailed } from "./docker_containers.ts";
import { pullMissing, removeBuilt } from "./docker_images.ts";
import { dockerLogs } from "./docker_logs.ts";
import { refuseOverlap } from "./docker_network.ts";
import { closeMountedSecrets, fillSecretVolumes, type Readers } from "./docker_secrets.ts";
import { dockerStatus } from "./docker_status.ts";
import { composeArgs, type ComposeProject, composeUp } from "./docker_up.ts";
import { type Applied, type EngineMaker, entryStopped, Lacking, NotReady, type Progress } from "./engine.ts";

export { type DockerAnswer, dockerAnswers } from "./docker_cli.ts";

const BUILD_MS = 10 * 60_000;
const STOP_MS = 3 * 60_000;
const REACH_SECONDS = 5;

/** Makes the docker engine of a stack. */
export const dockerEngine: EngineMaker = (stack, target) => {
  const project: ComposeProject = {
    name: stack.name,
    file: join(target.buildDir, "compose.yaml"),
    services: servicesOf(stack, "docker"),
    ports: stack.ports,
    subnet: stack.network.subnet,
  };
  return {
    name: "docker",
    // Images are pulled when the services are started: the files do not depend on them.
    prepare: () => Promise.resolve({}),
    up: (progress, signal) => up(stack, target, project, progress, signal),
    reloadEntry: (progress, signal) => reloadEntry(stack, target, project, progress, signal),
    down: (progress) => down(project, progress),
    stop: (services, progress, signal) => stop(project, services, progress, signal),
    clean: (progress) => clean(project, progress),
    status: () => dockerStatus(stack),
    logs: (service, options) => dockerLogs(project, service, options),
    tool: (name, progress) => tool(name, progress),
    reaches: (service, url) => reaches(project.name, service, url),
  };
};

async function up(
  stack: Stack,
  target: Target,
  project: ComposeProject,
  progress: Progress,
  signal: AbortSignal,
): Promise<Applied[]> {
  const start = performance.now();
  progress.step("look at what runs");
  const before = await containersOf(project.name, signal);
  await refuseForeign(project, before);
  await refuseOverlap(project, signal);
  const plan = { name: stack.name, versions: versionsOf(stack) };
  await prepareImages(plan, project, progress, signal);
  const readers = await readersOf(stack, target, project);
  if (stack.delivery === "image") await bake(target, plan, project, readers, progress, signal);
  else await closeMountedSecrets(readers, target.stateDir, signal);
  await removeBroken(before, signal);

  const ready = await composeUp(project, before, progress, signal);
  const containers = (await containersOf(project.name, signal)).filter(({ service }) =>
    project.services.has(service)
  );
  const started = containers.filter(({ id, startedAt }) =>
    !before.some((old) => old.id === id && old.startedAt === startedAt)
  );
  const reloaded = await applyConfiguration(
    { ...configured(stack, target, containers), started: new Set(started.map(({ id }) => id)) },
    progress,
    signal,
  );
  const end = performance.now();
  await removeBuilt(project.name, "replaced");

  return SERVICES.flatMap((service): Applied[] => {
    const was = before.some((old) => old.service === service && old.state === "running");
    if (!project.services.has(service)) {
      return was ? [{ service, action: "stopped", readyMs: 0, detail: "it is switched off" }] : [];
    }
    const isStarted = started.some((container) => container.service === service);
    const action = reloaded.get(service) ?? (!isStarted ? "unchanged" : was ? "restarted" : "started");
    const at = reloaded.has(service) ? end : ready.get(service) ?? end;
    return [{ service, action, readyMs: Math.round(at - start) }];
  });
}

/** Its secrets are mounted, or lie in a volume that is filled anew. */
async function reloadEntry(
  stack: Stack,
  target: Target,
  project: ComposeProject,
  progress: Progress,
  signal: AbortSignal,
): Promise<boolean> {
  const containers = (await containersOf(project.name, signal)).filter(({ service }) => service === "entry");
  if (!containers.some(({ state }) => state === "running")) {
    throw entryStopped();
  }
  if (stack.delivery === "image") {
    const readers = new Map(
      [...await readersOf(stack, target, project)].filter(([name]) => name === "entry"),
    );
    const plan = { name: stack.name, versions: versionsOf(stack) };
    await fillSecretVolumes(plan, readers, target.stateDir, signal);
  }
  const done = await applyConfiguration(
    { ...configured(stack, target, containers), started: new Set(), only: "entry" },
    progress,
    signal,
  );
  return done.has("entry");
}

/** What the containers of `stack` are to run. */
function configured(stack: Stack, target: Target, containers: readonly Container[]) {
  return {
    project: stack.name,
    containers,
    files: renderFor(stack, target),
    urls: urlsOf(stack),
    buildDir: target.buildDir,
    stateDir: target.stateDir,
    mounted: stack.delivery === "mount",
  };
}

/** Compose takes any project of the same name for its own, and would replace its containers. */
async function refuseForeign(
  { name, file }: ComposeProject,
  containers: readonly Container[],
): Promise<void> {
  for (const other of new Set(containers.map(({ composeFile }) => composeFile))) {
    // A file that is gone is a checkout that was moved, or another machine's way to the same engine.
    if (other === file || !await exists(other)) continue;
    throw new Failure(
      `Cannot use the name "${name}": another stack of that name runs from "${other}"`,
      EXIT.usage,
      `give this one another name in config.ts, or stop the other one: \`docker compose --project-name ${name} down\``,
    );
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || path === "") return false;
    throw error;
  }
}

async function prepareImages(
  plan: Pick<ComposePlan, "name" | "versions">,
  { services }: ComposeProject,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const pulled = [...services].filter((service) => !isBuilt(service));
  await pullMissing(pulled.map((service) => baseImage(service, plan)), progress, signal);
  if (services.has("webhook")) await ensureWebhookImage(plan.name, progress, signal);
  if (services.has("backup")) await ensureBackupImage(plan.name, resticImage(plan), progress, signal);
}

/** Configuration into images, secrets into volumes: nothing of this machine's files is mounted. */
async function bake(
  { stateDir }: Target,
  plan: Pick<ComposePlan, "name" | "versions">,
  project: ComposeProject,
  readers: Readers,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  progress.step("bake the configuration into images");
  const built = await tryDocker([...composeArgs(project), "build"], { timeoutMs: BUILD_MS, signal });
  if (built.code !== 0) throw refusal("docker compose build", built.stderr, built.code);
  await fillSecretVolumes(plan, readers, stateDir, signal);
}

/** Who reads secrets, by the file that the containers are made by. */
async function readersOf(stack: Stack, { engine }: Target, { file }: ComposeProject): Promise<Readers> {
  const { services } = fromYaml(await Deno.readTextFile(file)) as {
    services: Readonly<Record<string, { readonly user: string }>>;
  };
  const names = new Set(secretNeedsOf(stack, { engine }).map(({ service }) => service));
  return new Map([...names].map((service) => [service, services[service]!.user]));
}

/**
 * Removes what Compose would leave as it is: a container that hangs, is paused or ends again and again, and one whose network is no
 * longer there, which Compose would start without any.
 */
async function removeBroken(containers: readonly Container[], signal: AbortSignal): Promise<void> {
  const networks = new Set(
    (await docker(["network", "ls", "--quiet", "--no-trunc"], { signal })).split("\n"),
  );
  const broken = containers.filter((container) =>
    container.networks.some((id) => !networks.has(id)) ||
    (container.state !== "exited" && whyFailed(container) !== undefined)
  );
  if (broken.length > 0) {
    await docker(["rm", "--force", "--volumes", ...broken.map(({ id }) => id)], { signal });
  }
}

/** By label, so that it needs no file: what runs can be stopped when build/ is gone or of another stack. */
async function down(project: ComposeProject, progress: Progress): Promise<Service[]> {
  const containers = await containersOf(project.name);
  await refuseForeign(project, containers);
  if (containers.length > 0) {
    progress.step("stop the services");
    // Each with the time that its own container says.
    await docker(["stop", ...containers.map(({ id }) => id)], { timeoutMs: STOP_MS });
  }
  // Also what is no service, such as what an interrupted `up` was filling a volume with.
  await removeLabelled("container", project.name);
  await removeLabelled("network", project.name);
  return containers.filter(({ state }) => state === "running" || state === "restarting").map(({ service }) =>
    service
  );
}

/** Their containers go: an engine that is started anew would start them again. */
async function stop(
  project: ComposeProject,
  services: readonly Service[],
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const containers = await containersOf(project.name, signal);
  await refuseForeign(project, containers);
  const concerned = containers.filter(({ service }) => services.includes(service));
  if (concerned.length === 0) return;
  progress.step(`stop ${concerned.map(({ service }) => service).join(", ")}`);
  await docker(["stop", ...concerned.map(({ id }) => id)], { timeoutMs: STOP_MS, signal });
  await docker(["rm", "--force", ...concerned.map(({ id }) => id)], { signal });
}

async function clean(project: ComposeProject, progress: Progress): Promise<void> {
  await down(project, progress);
  progress.step("remove the data");
  await removeLabelled("volume", project.name);
  await removeBuilt(project.name, "all");
}

async function removeLabelled(kind: "container" | "network" | "volume", project: string): Promise<void> {
  const filter = ["--quiet", "--filter", `label=${PROJECT_LABEL}=${project}`];
  const ids = (await docker([kind, "ls", ...(kind === "container" ? ["--all"] : []), ...filter])).split("\n")
    .filter(Boolean);
  if (ids.length > 0) {
    await docker([kind, "rm", ...(kind === "container" ? ["--force", "--volumes"] : []), ...ids]);
  }
}

async function tool(name: string, progress: Progress): Promise<string> {
  if (name === "docker") return await dockerTool();
  if (!BINARIES.includes(name as BinaryName)) {
    throw new Lacking(`Cannot get "${name}": no service of this stack brings it`, "name another program");
  }
  return (await binary(name as BinaryName, { progress })).path;
}

async function reaches(
  project: string,
  service: Service,
  url: string,
): Promise<{ ok: boolean; detail: string }> {
  const container = (await containersOf(project)).find((each) => each.service === service);
  if (!container) {
    throw new NotReady(service, `Cannot ask ${service}: it has no container`, [], "run `deno task up`");
  }
  // Images of ours have no program but their own.
  const ask = isBuilt(service)
    ? [...container.entrypoint, "healthcheck", url]
    : ["wget", "-q", "-O", "/dev/null", "-T", String(REACH_SECONDS), url];
  const { code, stdout, stderr } = await tryDocker(["exec", container.id, ...ask], {
    timeoutMs: 4 * REACH_SECONDS * 1_000,
  });
  return {
    ok: code === 0,
    detail: code === 0 ? `${url} answers` : lastLine(stderr) || lastLine(stdout) || `exit code ${code}`,
  };
}
