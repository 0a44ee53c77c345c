/** The entry: Caddy, the one door to every service from elsewhere. */

import type { ServiceDefinition } from "../definition.ts";
import type { ComposePlan } from "../plan.ts";
import type { ServiceSpec } from "../service.ts";

/** Ports that it listens on in its container: none below 1024, which would be root's. */
export const ENTRY_PORTS = { https: 8443, http: 8081, metrics: 9097 } as const;

/** The entry, there when `tls` of config.ts is on. */
export const entry = {
  name: "entry",
  ports: {
    /** The entry, HTTPS. */
    entry: { default: 8443, about: "The entry, HTTPS." },
  },
  morePorts: {
    /** The entry, HTTP: leads to HTTPS, and answers the authority's questions. */
    "entry-http": {
      default: 8081,
      about: "The entry, HTTP: leads to HTTPS, and answers the authority's questions.",
    },
    /** The entry's metrics and readiness, on this machine alone. */
    "entry-metrics": {
      default: 9097,
      about: "The entry's metrics and readiness, on this machine alone.",
    },
  },
  engines: ["docker", "local"],
  containerPort: ENTRY_PORTS.metrics,
  hostPort: "entry-metrics",
  readyPath: "/health",
  scrape: { job: "entry" },
  compose,
} as const satisfies ServiceDefinition<"entry">;

function compose({ entry: { bind, command }, ports }: ComposePlan): ServiceSpec {
  return {
    user: "65532:65532",
    command: [...command],
    published: [
      { target: ENTRY_PORTS.https, published: ports.entry, bind },
      { target: ENTRY_PORTS.http, published: ports["entry-http"], bind },
    ],
    environment: { XDG_CONFIG_HOME: "/tmp" },
    memory: "256m",
    cpus: 1,
    pids: 128,
    config: { entry: "/etc/caddy" },
    // Its authority, accounts and certificates.
    data: "/data/caddy",
    // Its door for new configuration, which must not be reached through the network.
    tmp: "16m",
    // What an answer that is on its way may still take.
    stopGrace: "15s",
    // Its program carries this capability, and would not even start without.
    extra: { cap_add: ["NET_BIND_SERVICE"] },
  };
}
