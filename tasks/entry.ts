/** What the entry is told of a stack, and how it is started. */

import { join } from "node:path";
import { ENTRY_PORTS } from "../compose/mod.ts";
import type { Service } from "../compose/services/mod.ts";
import type { EntryLinks, EntryService } from "../entry/mod.ts";
import type { PrometheusLinks } from "../prometheus/mod.ts";
import { secretsDirOf } from "./destinations.ts";
import {
  addressesOf,
  bindOf,
  entryName,
  filesDirOf,
  publicUrlsOf,
  type Stack,
  type Target,
} from "./stack.ts";

/** File names in the entry's secrets directory. */
export const ENTRY_FILES = { certificate: "certificate.pem", key: "key.pem", root: "acme-root.pem" } as const;

/** Profiles of a Go program: for whoever works on it, and work for the service. */
const DEBUG = "/debug/*";

/** What is to be known of each service that people come to. */
const BEHIND: Readonly<Partial<Record<Service, Pick<EntryService, "closed" | "open" | "home">>>> = {
  webhook: {
    // Alertmanager's own way in, and the gate's.
    closed: ["/webhook", "/webhook/*", "/sign-on/verify", "/sign-on/verify/*"],
    open: ["/sign-on", "/sign-on/*"],
  },
  prometheus: { closed: ["/-/reload", "/-/quit", "/api/v1/admin", "/api/v1/admin/*", DEBUG], open: [] },
  alertmanager: { closed: ["/-/reload", DEBUG], open: [] },
  // Grafana asks by itself who somebody is.
  grafana: { closed: ["/metrics", DEBUG], open: ["*"] },
  // It would ask whatever it is told to, from inside.
  blackbox: { closed: ["/-/reload", "/probe", DEBUG], open: [] },
  // Its first page has one link, which does not know of a path.
  "node-exporter": { closed: [DEBUG], open: [], home: "/metrics" },
};

/** What the entry is told; undefined while `tls` is off. @param running Services that run. */
export function entryLinks(
  stack: Stack,
  target: Target,
  running: ReadonlySet<Service>,
): EntryLinks | undefined {
  const { tls, entry: { aliases, hsts }, ports } = stack;
  if (tls.mode === "off") return undefined;
  const inContainer = target.engine === "docker";
  const urls = publicUrlsOf(stack);
  const addresses = addressesOf(stack, target.engine);
  const secrets = secretsDirOf("entry", target);
  return {
    stack: stack.name,
    tls,
    name: entryName(stack),
    aliases,
    hsts,
    ...(inContainer ? { ports: ENTRY_PORTS } : {
      bind: stack.bind,
      metricsBind: bindOf(stack),
      ports: { https: ports.entry, http: ports["entry-http"], metrics: ports["entry-metrics"] },
      // Where it is started.
      storage: ".",
    }),
    admin: adminSocket(target),
    ...(tls.mode === "files" && {
      files: { certificate: join(secrets, ENTRY_FILES.certificate), key: join(secrets, ENTRY_FILES.key) },
    }),
    ...(tls.mode === "acme" && tls.root !== undefined && { acmeRoot: join(secrets, ENTRY_FILES.root) }),
    gate: addresses.webhook,
    services: Object.entries(BEHIND).filter(([service]) => running.has(service as Service))
      .map(([service, behind]) => ({
        name: service,
        address: addresses[service as Service],
        url: urls[service as Service],
        ...behind,
      })),
  };
}

/** What is to be known to watch its certificate from inside. */
export function watchedEntry({ tls }: Stack, { name, bind, ports }: EntryLinks): PrometheusLinks["entry"] {
  const host = bind === undefined ? "entry" : bind === "0.0.0.0" ? "127.0.0.1" : bind === "::" ? "::1" : bind;
  return {
    address: `${host.includes(":") ? `[${host}]` : host}:${ports.https}`,
    name,
    renewal: tls.mode === "files" ? "hand" : "caddy",
  };
}

/** Where its files lie; in a container always in the same place. */
type Place = { readonly engine: "docker" } | Pick<Target, "engine" | "buildDir">;

/** The arguments of `caddy` that run what is generated. */
export function entryArguments(target: Place): string[] {
  return ["run", "--config", caddyfileOf(target), "--adapter", "caddyfile"];
}

/** The arguments of `caddy` that make the running one take what is generated, certificates too. */
export function reloadArguments(target: Place): string[] {
  const address = `unix/${adminSocket(target)}`;
  return [
    "reload",
    "--config",
    caddyfileOf(target),
    "--adapter",
    "caddyfile",
    "--address",
    address,
    "--force",
  ];
}

function caddyfileOf(target: Place): string {
  return "buildDir" in target && target.engine === "local"
    ? join(filesDirOf(target), "entry", "Caddyfile")
    : "/etc/caddy/Caddyfile";
}

/** A short path: that of a socket has 107 characters at most. Locally from the directory that it is started in. */
function adminSocket({ engine }: Pick<Target, "engine">): string {
  return engine === "docker" ? "/tmp/admin.sock" : "admin.sock";
}
