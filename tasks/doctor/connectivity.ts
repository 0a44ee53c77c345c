/** Whether the services reach one another, and this machine reaches them. */

import { DEFINITIONS, type Service } from "../../compose/services/mod.ts";
import { Skipped } from "../../lib/check.ts";
import { addressesOf } from "../stack.ts";
import type { Diagnosis, Sighting } from "./diagnosis.ts";
import { healthOf } from "./health.ts";
import { isNameFailure } from "./http.ts";
import type { Scene } from "./scene.ts";
import { START_FAILURES } from "./services.ts";

const fromHere: Diagnosis = {
  id: "doctor/unreachable",
  area: "connectivity",
  title: "This machine reaches every service",
  about:
    "The engine says that a service is ready, and this machine cannot connect to it: the port is not published, a firewall " +
    "drops the packets, or `bind` in config.ts is another address. The evidence is the URL and how it failed.",
  weight: "error",
  mayFollowFrom: [
    // It may have died since the engine was asked.
    ...START_FAILURES,
    "doctor/network-detached",
    "doctor/name-resolution",
    "doctor/service-hung",
  ],
  async run(scene) {
    const sightings: Sighting[] = [];
    let reached = 0;
    for (const { service, state } of await scene.status()) {
      if (state !== "ready") continue;
      const answer = await healthOf(scene, service);
      if (answer.status > 0) reached++;
      if (answer.status > 0 || answer.failure === "timeout") continue;
      const { host, port } = new URL(answer.url);
      sightings.push({
        subject: service,
        cause: `This machine cannot connect to ${service}, which runs and is ready where it is`,
        evidence: [`GET ${answer.url}: ${answer.detail}`],
        cure:
          `look who should listen on ${host}: sudo ss -ltnp sport = :${port}; \`deno task down\` and \`deno task up\` ` +
          "publish it anew",
      });
    }
    return sightings.length > 0 ? sightings : reached > 0 ? `${reached} services answer this machine` : "";
  },
};

/** A way that something takes inside the stack. */
interface Way {
  readonly from: Service;
  readonly to: Service;
  readonly url: string;
}

interface Broken extends Way {
  readonly detail: string;
}

const names: Diagnosis = {
  id: "doctor/name-resolution",
  area: "connectivity",
  title: "The services find one another's names",
  about:
    "A service cannot turn another's name into an address. On Docker the names are kept by the engine's own DNS for " +
    "one network: a container that was connected by hand, or survived from an older project, is not in it. " +
    "`deno task down`, then `deno task up` makes the network anew.",
  weight: "error",
  mayFollowFrom: ["doctor/network-detached", "doctor/service-dead", "doctor/restart-loop"],
  async run(scene) {
    const broken = (await brokenWays(scene)).filter(({ detail }) => isNameFailure(detail));
    return byTarget(broken).map(([to, own]) => ({
      subject: to,
      involves: own.map(({ from }) => from),
      cause: `${own.map(({ from }) => from).join(", ")} cannot find the name of ${to}`,
      evidence: own.map(({ from, url, detail }) => `from ${from}: GET ${url}: ${detail}`),
      cure: "`deno task down`, then `deno task up` makes the stack's network anew",
    }));
  },
};

const between: Diagnosis = {
  id: "doctor/unreachable-between",
  area: "connectivity",
  title: "The services reach one another",
  about:
    "A service that is well where it is cannot be reached by another service that needs it: Prometheus its targets, " +
    "Alertmanager the webhook, Grafana Prometheus. A firewall between them or a network that was changed by hand is the usual " +
    "cause. The evidence is the URL as the service itself asked for it, and how it failed.",
  weight: "error",
  mayFollowFrom: [
    "doctor/network-detached",
    "doctor/host-firewall",
    "doctor/subnet-conflict",
    "doctor/name-resolution",
    "doctor/service-hung",
  ],
  async run(scene) {
    const ways = await waysOf(scene);
    const broken = (await brokenWays(scene)).filter(({ detail }) => !isNameFailure(detail));
    if (broken.length === 0) return ways.length > 0 ? `${ways.length} ways between services are open` : "";
    return byTarget(broken).map(([to, own]) => ({
      subject: to,
      involves: own.map(({ from }) => from),
      cause: `${own.map(({ from }) => from).join(", ")} cannot reach ${to}, which is well where it is`,
      evidence: own.map(({ from, url, detail }) => `from ${from}: GET ${url}: ${detail}`),
      cure:
        "`deno task down`, then `deno task up` makes the stack's network anew; if that changes nothing, look at the " +
        "machine's firewall: sudo nft list ruleset",
    }));
  },
};

/** Diagnoses of the ways between the services. */
export const connectivity: readonly Diagnosis[] = [names, fromHere, between];

/** Ways between services that both work where they are: where one of them does not, that is what is wrong. */
async function waysOf(scene: Scene): Promise<Way[]> {
  const { stack, engine, services } = await scene.site();
  const addresses = addressesOf(stack, engine.name);
  const well = new Set(
    (await scene.status()).flatMap(({ service, state }) => state === "ready" ? service : []),
  );
  await Promise.all(services.map(async (service) => {
    const { status, failure } = await healthOf(scene, service);
    if (status > 0) well.add(service);
    if (failure === "timeout") well.delete(service);
  }));
  const way = (from: Service, to: Service, path: string): Way => ({
    from,
    to,
    url: `http://${addresses[to]}${path}`,
  });
  return [
    ...services.flatMap((to) => {
      const { scrape } = DEFINITIONS[to];
      return scrape && to !== "prometheus" ? [way("prometheus", to, scrape.path ?? "/metrics")] : [];
    }),
    way("alertmanager", "webhook", DEFINITIONS.webhook.readyPath),
    way("grafana", "prometheus", DEFINITIONS.prometheus.readyPath),
    way("grafana", "alertmanager", DEFINITIONS.alertmanager.readyPath),
  ].filter(({ from, to }) => well.has(from) && well.has(to));
}

function byTarget(broken: readonly Broken[]): [Service, Broken[]][] {
  return [...new Set(broken.map(({ to }) => to))].map((to) => [to, broken.filter((way) => way.to === to)]);
}

async function brokenWays(scene: Scene): Promise<Broken[]> {
  const ways = await waysOf(scene);
  if (ways.length === 0) throw new Skipped("no two services answer");
  const results = await Promise.all(ways.map(({ from, url }) => scene.reaches(from, url)));
  return ways.flatMap((way, i) => results[i]!.ok ? [] : [{ ...way, detail: results[i]!.detail }]);
}
