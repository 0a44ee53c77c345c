/** What the docker engine tells about the services of a stack. */

import { isBuilt } from "../../compose/mod.ts";
import { SERVICES } from "../../compose/services/mod.ts";
import { publicUrlsOf, servicesOf, type Stack } from "../stack.ts";
import { tryDocker } from "./docker_cli.ts";
import { type Container, containersOf, isReady, whyFailed } from "./docker_containers.ts";
import type { ServiceStatus } from "./engine.ts";

/** Every service of `stack`, in the order of SERVICES. */
export async function dockerStatus(stack: Stack): Promise<ServiceStatus[]> {
  const services = servicesOf(stack, "docker");
  const urls = publicUrlsOf(stack);
  const containers = await containersOf(stack.name);
  const memory = await memoryOf(containers.filter(({ state }) => state === "running"));
  return SERVICES.filter((service) => services.has(service)).map((service) => {
    const container = containers.find((each) => each.service === service);
    if (!container) return { service, state: "stopped", detail: "it has no container", url: urls[service] };
    const state = stateOf(container);
    return {
      service,
      state,
      url: urls[service],
      id: container.id.slice(0, 12),
      restarts: container.restarts,
      // The engine's zero time means never.
      ...(state !== "stopped" && !container.startedAt.startsWith("0001") && { since: container.startedAt }),
      ...(!isBuilt(service) && { version: versionIn(container.image) }),
      ...(memory.has(container.id) && { memoryBytes: memory.get(container.id) }),
      ...(state !== "ready" && { detail: whyFailed(container) }),
    };
  });
}

function stateOf(container: Container): ServiceStatus["state"] {
  if (isReady(container)) return "ready";
  // A container that was stopped on purpose ends with 0, or by the signal that ends it.
  const { state, exitCode, error, oomKilled } = container;
  if (state === "created" && error === "") return "stopped";
  if (state === "exited" && !oomKilled && error === "" && (exitCode === 0 || exitCode === 143)) {
    return "stopped";
  }
  return whyFailed(container) === undefined ? "starting" : "failed";
}

/** The version in an image's tag, without `v`; undefined when there is none. */
function versionIn(image: string): string | undefined {
  return /:v?(\d[^:/@]*)$/.exec(image)?.[1];
}

/** Memory in use by id, bytes: what `docker stats` shows, less the page cache that the kernel can take back. */
async function memoryOf(containers: readonly Container[]): Promise<Map<string, number>> {
  if (containers.length === 0) return new Map();
  const ids = containers.map(({ id }) => id);
  // Beside the point when it fails, such as on a kernel that does not count memory.
  const { stdout } = await tryDocker([
    "stats",
    "--no-stream",
    "--no-trunc",
    "--format",
    "{{.ID}} {{.MemUsage}}",
    ...ids,
  ]);
  return new Map(
    stdout.split("\n").flatMap((line) => {
      const [, id, number, unit] = /^(\S+) ([\d.]+)([KMGT]?i?B)/.exec(line) ?? [];
      const bytes = Number(number) * 1024 ** ["B", "KiB", "MiB", "GiB", "TiB"].indexOf(unit ?? "");
      return id && Number.isFinite(bytes) && bytes > 0 ? [[id, Math.round(bytes)] as const] : [];
    }),
  );
}
