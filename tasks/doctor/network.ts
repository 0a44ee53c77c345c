/** What only Docker has: networks, a firewall between containers and their host, mounts. */

import { dirname, join } from "node:path";
import { bridgeOf, gatewayOf } from "../../compose/mod.ts";
import { Skipped } from "../../lib/check.ts";
import { readIfThere } from "../../lib/files.ts";
import { addressesOf } from "../stack.ts";
import type { Diagnosis, Sighting } from "./diagnosis.ts";
import { healthOf } from "./health.ts";
import type { Scene, Site } from "./scene.ts";

const firewall: Diagnosis = {
  id: "doctor/host-firewall",
  area: "network",
  title: "The host's firewall lets Prometheus reach the node exporter",
  about:
    "The node exporter listens on the docker host itself, and the host's firewall (ufw, firewalld) drops what comes " +
    "from the stack's bridge: this machine reaches the exporter, Prometheus in its container does not. Allow the bridge " +
    "with the command given.",
  weight: "error",
  async run(scene) {
    const { stack, services } = await dockerSite(scene);
    if (!services.includes("node-exporter") || !(await healthOf(scene, "node-exporter")).ok) return "";
    if (!(await healthOf(scene, "prometheus")).ok) return "";
    const url = `http://${addressesOf(stack, "docker")["node-exporter"]}/metrics`;
    const [inside, outside] = [await scene.reaches("prometheus", url), await scene.get(url)];
    if (inside.ok || !outside.ok) return inside.ok ? "containers reach their host" : "";
    const [bridge, port] = [bridgeOf(stack.name), stack.ports["node-exporter"]];
    return [{
      subject: "node-exporter",
      involves: ["prometheus"],
      cause: "The host's firewall drops what Prometheus sends to the node exporter on this machine",
      evidence: [
        `from this machine: GET ${url}: ${outside.detail}`,
        `from prometheus: GET ${url}: ${inside.detail}`,
      ],
      cure: `sudo ufw allow in on ${bridge} to any port ${port} proto tcp ` +
        `(firewalld: sudo firewall-cmd --permanent --zone=trusted --add-interface=${bridge} && sudo firewall-cmd --reload)`,
    }];
  },
};

const subnet: Diagnosis = {
  id: "doctor/subnet-conflict",
  area: "network",
  title: "No other network uses the stack's subnet",
  about:
    "Another network of this machine (another Docker network, a VPN, the office network) uses addresses of the " +
    "stack's subnet: the network cannot be made, or packets go the wrong way. Choose another in `network.subnet`.",
  weight: "error",
  async run(scene) {
    const { stack } = await dockerSite(scene);
    const wanted = stack.network.subnet;
    const [bridge, found] = [bridgeOf(stack.name), await Promise.all([dockerNetworks(scene), routes(scene)])];
    const others = found.flat().filter(({ owner, cidr }) =>
      owner !== bridge && owner !== networkOf(stack.name) && overlaps(cidr, wanted)
    );
    if (others.length === 0) return wanted;
    return [{
      cause: `The stack's subnet ${wanted} is used by another network of this machine`,
      evidence: others.map(({ owner, cidr, kind }) => `${kind} ${owner}: ${cidr}`),
      cure:
        'set network.subnet in config.ts to one that is free, such as "172.31.95.0/24", then `deno task up`',
    }];
  },
};

const mount: Diagnosis = {
  id: "doctor/mount-stale",
  area: "state",
  title: "The containers see the directories that are there now",
  about:
    "A container still sees a directory that was removed and made anew since it started: `rm -r build` does that. It " +
    "goes on with the old files, and a reload changes nothing. `deno task down`, then `deno task up` mounts the new one.",
  weight: "error",
  async run(scene) {
    const { stack, target, engine } = await scene.site();
    if (engine.name !== "docker" || stack.delivery !== "mount") return "";
    const stale: { service: string; evidence: string }[] = [];
    for (const { service, id, state } of await scene.status()) {
      const paths = CONFIG_FILES[service];
      if (id === undefined || state !== "ready" || paths === undefined) continue;
      const evidence = await staleness(scene, id, join(target.buildDir, paths[0]), paths[1]);
      if (evidence !== undefined) stale.push({ service, evidence });
    }
    if (stale.length === 0) return "";
    return [{
      cause: `${
        stale.map(({ service }) => service).join(", ")
      }: the container sees a directory that was replaced since it started`,
      evidence: stale.map(({ service, evidence }) => `${service}: ${evidence}`),
      cure: "`deno task down`, then `deno task up` mounts the directory that is there now",
    }];
  },
};

const detached: Diagnosis = {
  id: "doctor/network-detached",
  area: "network",
  title: "Every container is in the stack's network",
  about:
    "A container of the stack is not in the stack's network: it was disconnected by hand, or the network was removed " +
    "and made anew under it. The others cannot find its name, and its ports are not published. Connect it with the command given.",
  weight: "error",
  async run(scene) {
    const { stack } = await dockerSite(scene);
    const wanted = networkOf(stack.name);
    const sightings: Sighting[] = [];
    for (const { service, id } of await scene.status()) {
      if (id === undefined) continue;
      const format = "{{json .NetworkSettings.Networks}} {{.HostConfig.NetworkMode}}";
      const seen = await scene.run("docker", ["inspect", "--type", "container", "--format", format, id]);
      const [, networks = "", mode = ""] = /^(.*) (\S+)$/.exec(seen?.stdout.trim() ?? "") ?? [];
      if (seen?.code !== 0 || mode === "host" || networks.includes(`"${wanted}"`)) continue;
      const names = Object.keys(JSON.parse(networks || "{}"));
      sightings.push({
        subject: service,
        cause: `The container of ${service} is not in the stack's network`,
        evidence: [`it is in ${names.length > 0 ? names.join(", ") : "no network"}, wanted "${wanted}"`],
        cure: `docker network connect --alias ${service} ${wanted} ${id.slice(0, 12)}`,
      });
    }
    return sightings;
  },
};

/** Diagnoses of what only Docker has. */
export const network: readonly Diagnosis[] = [mount, subnet, detached, firewall];

// Only images with a few programs of their own can be asked.
const CONFIG_FILES: Readonly<Record<string, readonly [string, string]>> = {
  prometheus: ["prometheus/prometheus.yml", "/etc/prometheus/prometheus.yml"],
  alertmanager: ["alertmanager/alertmanager.yml", "/etc/alertmanager/alertmanager.yml"],
  blackbox: ["blackbox/blackbox.yml", "/etc/blackbox/blackbox.yml"],
};

/** Compose's name for the stack's network. */
function networkOf(stack: string): string {
  return `${stack}_stack`;
}

async function dockerSite(scene: Scene): Promise<Site> {
  const site = await scene.site();
  if (site.engine.name !== "docker") throw new Skipped("the local engine has no network of its own");
  return site;
}

interface Network {
  readonly kind: "docker network" | "route through";
  readonly owner: string;
  readonly cidr: string;
}

async function dockerNetworks(scene: Scene): Promise<Network[]> {
  const ids = (await scene.run("docker", ["network", "ls", "--quiet"]))?.stdout.split("\n").filter(Boolean) ??
    [];
  if (ids.length === 0) return [];
  const result = await scene.run("docker", ["network", "inspect", ...ids]);
  const all = JSON.parse(result?.stdout || "[]") as {
    Name: string;
    IPAM: { Config: { Subnet?: string }[] | null };
  }[];
  return all.flatMap(({ Name, IPAM }) =>
    (IPAM.Config ?? []).flatMap(({ Subnet }) =>
      Subnet === undefined ? [] : [{ kind: "docker network" as const, owner: Name, cidr: Subnet }]
    )
  );
}

async function routes(scene: Scene): Promise<Network[]> {
  const table = await scene.run("cat", ["/proc/net/route"]);
  return parseRoutes(table?.stdout ?? "").filter(({ owner }) => !/^(br-|docker|veth|lo$)/.test(owner));
}

/** IPv4 routes of /proc/net/route, the default route left out. Addresses there are hexadecimal, in the machine's byte order. */
export function parseRoutes(text: string): Network[] {
  const quad = (hex: string) => hex.match(/../g)!.reverse().map((byte) => parseInt(byte, 16)).join(".");
  return text.split("\n").slice(1).flatMap((line) => {
    const [owner, destination, , , , , , mask] = line.trim().split(/\s+/);
    if (owner === undefined || destination === undefined || mask === undefined || /^0+$/.test(mask)) {
      return [];
    }
    const prefix = [...quad(mask).split(".")].reduce(
      (sum, octet) => sum + (Number(octet) >>> 0).toString(2).replaceAll("0", "").length,
      0,
    );
    return [{ kind: "route through" as const, owner, cidr: `${quad(destination)}/${prefix}` }];
  });
}

/** Whether two IPv4 subnets share an address; false when either is not IPv4. */
export function overlaps(a: string, b: string): boolean {
  if (a.includes(":") || b.includes(":")) return false;
  const prefix = Math.min(...[a, b].map((cidr) => Number(cidr.split("/")[1] ?? 32)));
  return gatewayOf(`${a.split("/")[0]}/${prefix}`) === gatewayOf(`${b.split("/")[0]}/${prefix}`);
}

/** How it shows that `inside` a container is not the file `outside`; undefined when it is. */
async function staleness(
  scene: Scene,
  container: string,
  outside: string,
  inside: string,
): Promise<string | undefined> {
  const links = await scene.run("docker", ["exec", container, "stat", "-c", "%h", dirname(inside)]);
  // A directory that was removed lives on for who has it open, without a name.
  if (links?.code === 0 && links.stdout.trim() === "0") {
    return `${
      dirname(inside)
    } in the container was removed on this machine: it has no name any more (0 links)`;
  }
  const seen = await scene.run("docker", ["exec", container, "cat", inside]);
  const there = await readIfThere(outside);
  if (seen?.code !== 0 || there === undefined || seen.stdout === there) return undefined;
  return `${inside} in the container is not ${outside}`;
}
