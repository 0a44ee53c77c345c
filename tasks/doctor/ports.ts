/** Whether the stack's ports are the stack's. */

import type { Service } from "../../compose/versions.ts";
import type { ServiceStatus } from "../engine/engine.ts";
import type { Diagnosis, Sighting } from "./diagnosis.ts";
import { type Listener, type Process, readLineage } from "./machine.ts";
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
    const [site, status, listeners] = [await scene.site(), await scene.status(), await scene.listeners()];
    const sightings: Sighting[] = [];
    for (const service of services) {
      const port = stack.ports[service];
      const own = status.find((entry) => entry.service === service);
      for (
        const listener of listeners.filter((entry) =>
          entry.port === port && collides(entry.address, stack.bind)
        )
      ) {
        const holder = await holderOf(listener, site, status, scene);
        if (holder === "ours" || (holder === "unknown" && own?.state === "ready")) continue;
        sightings.push(sightingOf(service, listener, holder));
        break;
      }
    }
    return sightings.length > 0 ? sightings : services.map((service) => stack.ports[service]).join(", ");
  },
};

/** Diagnoses of the ports. */
export const ports: readonly Diagnosis[] = [foreign];

/** Whether listening on `address` keeps the stack from listening on `bind`, or answers in its place. */
function collides(address: string, bind: string): boolean {
  const any = ["0.0.0.0", "::"];
  return address === bind || any.includes(address) || any.includes(bind);
}

type Holder = "ours" | "unknown" | readonly Process[];

async function holderOf(
  listener: Listener,
  { engine }: Site,
  status: readonly ServiceStatus[],
  scene: Scene,
): Promise<Holder> {
  if (listener.pids.length === 0) return "unknown";
  const ids = new Set(status.map(({ id }) => id));
  const lineages = await Promise.all(listener.pids.map((pid) => readLineage(pid, scene.signal)));
  for (const lineage of lineages) {
    // A program may be started through another, such as `unshare`: what descends from ours is ours.
    if (engine.name === "local" && lineage.some(({ pid }) => ids.has(String(pid)))) return "ours";
    // Docker's own proxy, and what runs in a container of the host's network, are told apart by the service's state.
    if (
      engine.name === "docker" &&
      lineage.some(({ command }) => /docker-proxy|containerd-shim|rootlesskit/.test(command))
    ) {
      return "unknown";
    }
  }
  return lineages[0] ?? "unknown";
}

function sightingOf(
  service: Service,
  { address, port, uid }: Listener,
  holder: Exclude<Holder, "ours">,
): Sighting {
  const at = `${address.includes(":") ? `[${address}]` : address}:${port}`;
  const change = `set ports${
    /^\w+$/.test(service) ? `.${service}` : `["${service}"]`
  } in config.ts to another port`;
  const [process, parent] = holder === "unknown" ? [] : holder;
  if (process === undefined) {
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
    cause: `Port ${port} of ${service} is held by another program: pid ${process.pid}`,
    evidence: [
      `${at} is held by pid ${process.pid}: ${process.command}`,
      ...parent ? [`started by pid ${parent.pid}: ${parent.command}`] : [],
    ],
    cure: `stop it (kill ${process.pid}), or ${change}; then run \`deno task up\``,
  };
}
