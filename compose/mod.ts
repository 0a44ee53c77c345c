/** Compose's face to the generator. */

import { BANNER, type Files } from "../lib/files.ts";
import { toYaml } from "../lib/yaml.ts";
import { bridgeOf, gatewayOf } from "./network.ts";
import type { ComposePlan } from "./plan.ts";
import { composeService, volumeOf } from "./service.ts";
import { DEFINITIONS, SERVICES } from "./services/mod.ts";

export { composeChecks } from "./checks/mod.ts";
export { bridgeOf, gatewayOf, overlaps } from "./network.ts";
export type { ComposePlan } from "./plan.ts";
export { ENTRY_PORTS } from "./services/entry.ts";
export {
  backupImage,
  baseImage,
  externalUrl,
  isBuilt,
  type Mount,
  resticImage,
  routePrefix,
  SECRETS_TARGET,
  volumeOf,
  webhookImage,
} from "./service.ts";

/** `compose.yaml`, in which `delivery: "image"` carries the services' Dockerfiles too. */
export function renderCompose(plan: ComposePlan): Files {
  const running = SERVICES.filter((service) => plan.services.has(service));
  const specs = running.map((service) => [service, DEFINITIONS[service].compose(plan)] as const);
  const volumes = specs.flatMap(([service, spec]) => [
    ...(spec.data ? [volumeOf(service, "data")] : []),
    ...(plan.delivery === "image" && plan.secrets.has(service) ? [volumeOf(service, "secrets")] : []),
  ]);
  const document = {
    name: plan.name,
    services: Object.fromEntries(
      specs.map(([service, spec]) => [service, composeService(DEFINITIONS[service], spec, plan)]),
    ),
    networks: {
      stack: {
        driver: "bridge",
        driver_opts: { "com.docker.network.bridge.name": bridgeOf(plan.name) },
        ipam: { config: [{ subnet: plan.subnet, gateway: gatewayOf(plan.subnet) }] },
      },
    },
    volumes: Object.fromEntries(volumes.map((volume) => [volume, {}])),
  };
  return new Map([["compose.yaml", toYaml(literal(document), [BANNER])]]);
}

/** Nothing in the file is a variable: a `$` in a path or a name is one. */
function literal(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("$", "$$$$");
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, literal(item)]));
}
