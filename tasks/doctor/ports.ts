/** Whether the stack's ports are the stack's. */

import type { Service } from "../../compose/services/mod.ts";
import type { ServiceStatus } from "../engine/engine.ts";
import type { Diagnosis, Sighting } from "./diagnosis.ts";
import { describeProcess, type Listener, type Process } from "./machine.ts";
import type { Scene, Site } from "./scene.ts";

const foreign: Diagnosis = {
  id: "doctor/port-foreign",
  area: "ports",
  title: "No other program is on the stack's ports",
  about:
    "Another program listens on a port that the stack needs: the service cannot start, or, worse, something else " +
    "answers in its name. The evidence has the address, the process id and its command line, as far as this user may know " +
    "them. Stop that program, or give the service another port in config.ts.",
  weight: "error",
  async run(scene) {
    const { services, stack } = await scene.site();
    const sightings = await Promise.all(services.map((service) => foreignHolder(scene, service)));
    const found = sightings.filter((sighting) => sighting !== undefined);
    return found.length > 0 ? found : services.map((service) => stack.ports[service]).join(", ");
  },
};

/** Diagnoses of the ports. */
export const ports: readonly Diagnosis[] = [foreign];

/** Who else holds the port of `service`; undefined when nobody does, or nobody can tell. */
export async function foreignHolder(scene: Scene, service: Service): Promise<Sighting | undefined> {
  const [site, status, listeners] = [await scene.site(), await scene.status(), await scene.listeners()];
  const { bind, ports } = site.stack;
  const own = status.find((entry) => entry.service === service);
  for (const listener of listeners) {
    if (listener.port !== ports[service] || !collides(listener.address, bind)) continue;
    const holder = await holderOf(listener, site, status, scene);
    if (holder === "ours" || (holder === "unknown" && own?.state === "ready")) continue;
    return sightingOf(service, listener, holder);
  }
  return undefined;
}

/** Whether listening on `address` keeps the stack from listening on `bind`, or answers in its place. */
function collides(address: string, bind: string): boolean {
  const any = ["0.0.0.0", "::"];
  return address === bind || any.includes(address) || any.includes(bind);
}

/** Who holds a port: the stack, somebody whom this user may not know, or what there is to say about it. */
type Holder = "ours" | "unknown" | { readonly evidence: string; readonly stop: string };

async function holderOf(
  listener: Listener,
  { engine }: Site,
  status: readonly ServiceStatus[],
  scene: Scene,
): Promise<Holder> {
  const ids = status.flatMap(({ id }) => id ?? []);
  const lineages = await Promise.all(listener.pids.map((pid) => scene.lineage(pid)));
  const line = lineages[0] ?? [];
  if (engine.name === "docker") {
    const container = await containerOf(listener.port, line, scene);
    if (container !== undefined) {
      if (ids.some((id) => container.id.startsWith(id))) return "ours";
      return { evidence: `the container ${container.name}`, stop: `docker stop ${container.name}` };
    }
    // Docker's own, of a container that is just going.
    if (line.some(({ command }) => DOCKERS_OWN.test(command))) return "unknown";
  }
  // A program may be started through another, such as `unshare`: what descends from ours is ours.
  if (lineages.flat().some(({ pid }) => ids.includes(String(pid)))) return "ours";
  const [process, parent] = line;
  if (process === undefined) return "unknown";
  return {
    evidence: describeProcess(process) + (parent ? ` (started by ${describeProcess(parent)})` : ""),
    stop: `kill ${process.pid}`,
  };
}

const DOCKERS_OWN = /docker-proxy|rootlesskit|slirp4netns/;

/** The container that publishes `port`, or that the process with this lineage runs in. */
async function containerOf(
  port: number,
  lineage: readonly Process[],
  scene: Scene,
): Promise<{ id: string; name: string } | undefined> {
  const shim =
    lineage.flatMap(({ command }) => /containerd-shim\S* .*-id ([0-9a-f]{64})/.exec(command)?.[1] ?? [])[0];
  const filter = shim === undefined ? `publish=${port}` : `id=${shim}`;
  const found = await scene.run("docker", [
    "ps",
    "--no-trunc",
    "--filter",
    filter,
    "--format",
    "{{.ID}} {{.Names}}",
  ]);
  const [id, name] = found?.code === 0 ? found.stdout.trim().split("\n")[0]!.split(" ") : [];
  return id && name ? { id, name } : undefined;
}

function sightingOf(
  service: Service,
  { address, port, uid }: Listener,
  holder: Exclude<Holder, "ours">,
): Sighting {
  const at = `${address.includes(":") ? `[${address}]` : address}:${port}`;
  const key = /^\w+$/.test(service) ? `ports.${service}` : `ports["${service}"]`;
  const change = `set ${key} in config.ts to another port`;
  if (holder === "unknown") {
    return {
      subject: service,
      cause: `Port ${port} of ${service} is held by another program`,
      evidence: [
        `${at} is held by a process of user ${uid}; which one, only that user and root may know: sudo ss -ltnp sport = :${port}`,
      ],
      cure: `stop that program, or ${change}`,
    };
  }
  return {
    subject: service,
    cause: `Port ${port} of ${service} is held by another program`,
    evidence: [`${at} is held by ${holder.evidence}`],
    cure: `stop it (${holder.stop}), or ${change}; then run \`deno task up\``,
  };
}
