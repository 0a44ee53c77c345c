/** `compose/ports`: no two containers want the same port, and none wants one that belongs to root. */

import type { Check } from "../../lib/check.ts";
import { type ComposeFile, type Fault, listOf, mapOf, problemsIn, type Service } from "./model.ts";

const FIRST_UNPRIVILEGED = 1_024;

/** A port of this machine that a service takes. */
interface Taken {
  readonly service: string;
  readonly path: readonly (string | number)[];
  /** The address it is bound to; `0.0.0.0` when none is named. */
  readonly ip: string;
  readonly port: number;
  readonly protocol: string;
}

/** A port that is taken twice keeps the second container from starting; one below 1024 keeps rootless Docker and the local engine from it. */
export const portsCheck: Check = {
  id: "compose/ports",
  title: "Every container has ports of its own",
  severity: "error",
  online: false,
  run(context) {
    return Promise.resolve(problemsIn(this.id, context, (file) => {
      const all = takenIn(file);
      return [...unreadable(file), ...clashes(all), ...privileged(all)];
    }));
  },
};

function clashes(all: readonly Taken[]): Fault[] {
  return all.flatMap((one, i) => {
    const other = all.slice(0, i).find((before) =>
      before.port === one.port && before.protocol === one.protocol && meet(before.ip, one.ip) &&
      (before.service !== one.service || before.ip === one.ip)
    );
    return other
      ? [{
        service: one.service,
        path: one.path,
        message:
          `The service "${one.service}" takes the port ${one.port}, which "${other.service}" has already`,
        cure: "Give each service a port of its own under `ports` in config.ts",
      }]
      : [];
  });
}

function privileged(all: readonly Taken[]): Fault[] {
  return all.filter(({ port }) => port < FIRST_UNPRIVILEGED).map(({ service, path, port }) => ({
    severity: "warning",
    service,
    path,
    message: `The service "${service}" takes the port ${port}, which only root may open`,
    cure: `Give it a port from ${FIRST_UNPRIVILEGED} on under \`ports\` in config.ts`,
  }));
}

function unreadable({ services }: ComposeFile): Fault[] {
  return services.flatMap(([service, { ports }]) =>
    listOf(ports).flatMap((entry, i): Fault[] => {
      const text = publishedOf(entry);
      const port = Number(text);
      if (text === undefined || (Number.isInteger(port) && port > 0 && port < 65_536)) return [];
      return [{
        service,
        path: ["services", service, "ports", i],
        message: `The service "${service}" publishes "${text}", which is no port`,
        cure: "Give it a port from 1024 to 65535 under `ports` in config.ts",
      }];
    })
  );
}

function takenIn({ services }: ComposeFile): Taken[] {
  return services.flatMap(([service, definition]) => [
    ...listOf(definition.ports).flatMap((entry, i) => {
      const { host_ip, protocol } = mapOf(entry);
      const port = Number(publishedOf(entry));
      const path = ["services", service, "ports", i];
      const ip = typeof entry === "string" ? shortForm(entry).ip : String(host_ip ?? "0.0.0.0");
      return Number.isInteger(port) ? [{ service, path, ip, port, protocol: String(protocol ?? "tcp") }] : [];
    }),
    ...listensOf(definition).map(({ index, ip, port }) => ({
      service,
      path: ["services", service, "command", index],
      ip,
      port,
      protocol: "tcp",
    })),
  ]);
}

/** Where a container in the host's own network listens, by its command line. */
export function listensOf({ network_mode, command }: Service): { index: number; ip: string; port: number }[] {
  if (network_mode !== "host") return [];
  return listOf(command).flatMap((word, index) => {
    const [, ip, port] = /^--web\.listen-address=\[?([^\]]*?)\]?:(\d+)$/.exec(String(word)) ?? [];
    return port === undefined ? [] : [{ index, ip: ip || "0.0.0.0", port: Number(port) }];
  });
}

/** The address and the port of `ports: ["127.0.0.1:9090:9090"]`. */
export function shortForm(entry: string): { ip: string; port?: string } {
  const parts = entry.replace(/\/\w+$/, "").split(":");
  const ip = parts.slice(0, -2).join(":").replace(/^\[|\]$/g, "");
  return { ip: ip || "0.0.0.0", port: parts.length > 1 ? parts.at(-2) : undefined };
}

function publishedOf(entry: unknown): string | undefined {
  if (typeof entry === "string") return shortForm(entry).port;
  const { published } = mapOf(entry);
  return published === undefined ? undefined : String(published);
}

function meet(a: string, b: string): boolean {
  return a === b || [a, b].some((ip) => ip === "0.0.0.0" || ip === "::");
}
