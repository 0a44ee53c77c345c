/** How each service is started as a plain process. */

import { join } from "node:path";
import { externalUrl, routePrefix } from "../../../compose/mod.ts";
import { DEFINITIONS, type LocalService } from "../../../compose/services/mod.ts";
import type { Binary } from "../../binaries/mod.ts";
import { grafanaEnvironment, signOnEnvironment } from "../../../grafana/schema.ts";
import { secretsDirOf } from "../../destinations.ts";
import { entryArguments } from "../../entry.ts";
import { grafanaSignOnOf } from "../../sign_on.ts";
import {
  bindOf,
  filesDirOf,
  publicUrlsOf,
  type Stack,
  type Target,
  urlsOf,
  watchesHosts,
} from "../../stack.ts";
import { backupCommand } from "./backup.ts";
import { type Start, startLine } from "./confine.ts";
import { dataDir } from "./privileges.ts";
import { MARK, type ServiceSpec } from "./protocol.ts";
import { renewalWatch } from "./renewal.ts";
import type { Door } from "./sign_of_life.ts";
import type { WebhookProgram } from "./webhook.ts";

/** In the order to start: who is told before who tells. */
export const START_ORDER: readonly LocalService[] = [
  "webhook",
  "alertmanager",
  "node-exporter",
  "blackbox",
  "prometheus",
  "grafana",
  "backup",
  // At last: it opens the door.
  "entry",
];

/** What the command lines are made of. */
export interface Plan {
  readonly stack: Stack;
  readonly target: Target;
  /** Real path of the stack's directory `<state>/local`. */
  readonly directory: string;
  /** Variables of this process's environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** With which rights each service is started. */
  readonly start: (service: LocalService) => Start;
  /** Whether this machine keeps udev's data. */
  readonly hasUdev: boolean;
  /** Whether systemd runs this machine and can be asked. */
  readonly hasSystemd: boolean;
  readonly webhook: WebhookProgram;
}

/** The command line of `service`, before its rights are taken from it. */
export function commandOf(service: LocalService, plan: Plan, binary: Binary | undefined): string[] {
  const { stack, target, directory, hasUdev, hasSystemd, webhook } = plan;
  const files = filesDirOf(target);
  const data = dataDir(directory, service);
  const url = publicUrlsOf(stack)[service];
  const listen = `--web.listen-address=${listenAddress(stack, service)}`;
  const program = binary?.path ?? "";
  switch (service) {
    case "prometheus":
      return [
        program,
        `--config.file=${join(files, "prometheus", "prometheus.yml")}`,
        `--storage.tsdb.path=${data}`,
        `--storage.tsdb.retention.time=${stack.retention.time}`,
        `--storage.tsdb.retention.size=${stack.retention.size}`,
        `--web.external-url=${url}`,
        ...routePrefix(url),
        "--web.enable-lifecycle",
        // Snapshots, for backups.
        "--web.enable-admin-api",
        listen,
      ];
    case "alertmanager":
      return [
        program,
        `--config.file=${join(files, "alertmanager", "alertmanager.yml")}`,
        `--storage.path=${data}`,
        `--web.external-url=${url}`,
        ...routePrefix(url),
        // Empty: no cluster. Otherwise it waits 10 s for peers before its first message, and takes port 9094.
        "--cluster.listen-address=",
        // How old what it has on disk may be: what a kill loses, and what a backup waits for.
        "--data.maintenance-interval=10s",
        listen,
      ];
    case "node-exporter":
      return [
        program,
        // Debian's build turns these on, and logs an error a scrape where they find nothing.
        ...(hasSystemd
          ? ["--collector.systemd", "--collector.systemd.enable-restarts-metrics"]
          : ["--no-collector.systemd"]),
        `--collector.textfile.directory=${data}`,
        // An empty directory where there is no udev, as in a container: otherwise it logs an error at each start.
        `--path.udev.data=${hasUdev ? "/run/udev/data" : data}`,
        listen,
      ];
    case "blackbox":
      return [
        program,
        `--config.file=${join(files, "blackbox", "blackbox.yml")}`,
        ...externalUrl(url),
        listen,
      ];
    case "grafana": {
      const server = program.endsWith("/grafana") ? [program, "server"] : [program];
      return [...server, "--homepath", binary?.home ?? ""];
    }
    case "backup":
      return backupCommand(stack, target, directory, program, listenAddress(stack, service));
    case "entry":
      return [program, ...entryArguments(target)];
    case "webhook":
      return [
        ...webhook.command,
        "--listen",
        listenAddress(stack, service),
        "--config",
        join(files, "webhook", "webhook.json"),
        "--data",
        data,
      ];
  }
}

/** The whole environment of `service`: what it needs and nothing else of this process's. */
export function environmentOf(service: LocalService, plan: Plan): Record<string, string> {
  const own = service === "grafana" ? localGrafana(plan) : service === "entry" ? entryHome(plan) : {};
  const passed = [...COMMON_VARIABLES, ...(PASSED_VARIABLES[service] ?? [])];
  const inherited = passed.flatMap((name) => {
    const value = plan.environment[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    PATH: SYSTEM_PATH,
    ...Object.fromEntries(inherited),
    ...own,
    [MARK.stack]: plan.directory,
    [MARK.service]: service,
  };
}

/** What the supervisor is told of `service`. */
export function specOf(
  service: LocalService,
  plan: Plan,
  binary: Binary | undefined,
  fingerprint: string,
): ServiceSpec {
  const [path = "", ...args] = commandOf(service, plan, binary);
  return {
    service,
    command: startLine({ path, overlay: binary?.overlay }, args, plan.start(service)),
    env: environmentOf(service, plan),
    cwd: dataDir(plan.directory, service),
    fingerprint,
    version: binary?.version,
    // Prometheus writes what it holds in memory to disk before it ends.
    stopGraceMs: service === "prometheus" ? 60_000 : 15_000,
    // It dates what it scrapes by a schedule that it does not set back: until the clock has caught up it would store nothing.
    trustsClock: service === "prometheus",
    life: { ...doorOf(plan.stack, service), ...LIFE },
    watch: service === "entry" ? renewalWatch(plan) : undefined,
  };
}

function doorOf(stack: Stack, service: LocalService): Door {
  const { hostname, port } = new URL(urlsOf(stack)[service]);
  return {
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port),
    path: DEFINITIONS[service].readyPath,
  };
}

// A disk that is slow or a large question may take its time: a service that is restarted for nothing loses more than one that hangs.
const LIFE = { everyMs: 5_000, patienceMs: 10_000, misses: 3 };

const COMMON_VARIABLES = ["TZ"];
/** The same for whoever runs `up`, from a login shell, npx or cron: another environment would restart the services. */
export const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const PROXY_VARIABLES = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
];
const DENO_VARIABLES = [
  ...PROXY_VARIABLES,
  "HOME",
  "XDG_CACHE_HOME",
  "DENO_DIR",
  "DENO_CERT",
  "DENO_TLS_CA_STORE",
  "NPM_CONFIG_REGISTRY",
];
// Those who call others may have to pass a proxy; Deno needs its cache.
const PASSED_VARIABLES: Partial<Record<LocalService, readonly string[]>> = {
  alertmanager: PROXY_VARIABLES,
  blackbox: PROXY_VARIABLES,
  entry: PROXY_VARIABLES,
  grafana: PROXY_VARIABLES,
  prometheus: PROXY_VARIABLES,
  webhook: DENO_VARIABLES,
  backup: DENO_VARIABLES,
};

/** It keeps nothing elsewhere. */
function entryHome({ directory }: Plan): Record<string, string> {
  const data = dataDir(directory, "entry");
  return { HOME: data, XDG_CONFIG_HOME: data, XDG_DATA_HOME: data };
}

function localGrafana({ stack, target, directory }: Plan): Record<string, string> {
  const data = dataDir(directory, "grafana");
  const host = bindOf(stack);
  return {
    ...grafanaEnvironment(stack.grafana, {
      url: publicUrlsOf(stack).grafana,
      dashboardsPath: join(filesDirOf(target), "grafana", "dashboards"),
      hosts: watchesHosts(stack, "local"),
    }),
    ...signOnEnvironment(grafanaSignOnOf(stack, secretsDirOf("grafana", target)), {
      ldapFile: join(filesDirOf(target), "grafana", "ldap", "ldap.toml"),
      inImage: false,
    }),
    HOME: data,
    GF_PATHS_DATA: data,
    GF_PATHS_LOGS: join(data, "log"),
    GF_PATHS_PLUGINS: join(data, "plugins"),
    GF_PATHS_PROVISIONING: join(filesDirOf(target), "grafana", "provisioning"),
    GF_SERVER_HTTP_ADDR: host,
    GF_SERVER_HTTP_PORT: String(stack.ports.grafana),
    // The suffix __FILE is known to the start script of Grafana's image only; this is the program's own.
    GF_SECURITY_ADMIN_PASSWORD: `$__file{${join(target.stateDir, "secrets", "grafana", "admin-password")}}`,
  };
}

/** `host:port` to listen on. */
export function listenAddress(stack: Stack, service: LocalService): string {
  const { ports } = stack;
  const bind = bindOf(stack);
  return `${bind.includes(":") ? `[${bind}]` : bind}:${ports[service]}`;
}
