/** `deno task status`: what runs, since when, on which URL. */

import pc from "picocolors";
import { formatBytes, formatElapsed } from "../lib/units.ts";
import { backupStatus, formatBackup } from "./backup/last.ts";
import { type Command, EXIT, type Invocation, main } from "./cli.ts";
import type { ServiceStatus } from "./engine/engine.ts";
import { type Figures, figuresOf, formatFigures } from "./figures.ts";
import { formatTable } from "./report.ts";
import { ENGINE_FLAG, openRunning } from "./session.ts";
import { Unanswered } from "./smoke/http.ts";
import { type Stack, urlsOf } from "./stack.ts";

/** The command. */
export const status: Command = {
  name: "status",
  summary:
    "what runs, since when, on which URL, and the hosts' figures; exit code 1 when a service is not ready",
  flags: ENGINE_FLAG,
  examples: ["status", "status --json"],
  async run(invocation) {
    const { stack, engine } = await openRunning(invocation);
    const services = await engine.status();
    invocation.print(`${stack.name} on the ${engine.name} engine\n\n${formatServices(services, Date.now())}`);
    if (services.every(({ state }) => state === "stopped" || state === "left-out")) {
      invocation.print("\nNothing runs: `deno task up` starts it");
    }
    const figures = await figuresIfReady(services, invocation, stack);
    if (figures) invocation.print(`\n${formatFigures(figures, stack)}`);
    const backup = await backupStatus(services, urlsOf(stack).backup, invocation.signal);
    if (backup) invocation.print(`\n${formatBackup(backup, Date.now(), formatAge)}`);
    const wanted = services.filter(({ state }) => state !== "left-out");
    const ready = wanted.every(({ state }) => state === "ready");
    return {
      code: ready ? EXIT.done : EXIT.wrong,
      json: { name: stack.name, engine: engine.name, ready, services, ...(backup && { backup }) },
    };
  },
};

/** The hosts' figures; undefined while Prometheus cannot tell: its own line in the table says why. */
async function figuresIfReady(
  services: readonly ServiceStatus[],
  { signal }: Pick<Invocation, "signal">,
  stack: Stack,
): Promise<Figures | undefined> {
  if (!services.some(({ service, state }) => service === "prometheus" && state === "ready")) return undefined;
  try {
    return await figuresOf({ fetch, signal, urls: urlsOf(stack) }, stack);
  } catch (error) {
    if (error instanceof Unanswered) return undefined;
    throw error;
  }
}

/** Services as a table. @param nowMs Now, milliseconds since 1970. */
export function formatServices(services: readonly ServiceStatus[], nowMs: number): string {
  const head = ["SERVICE", "STATE", "FOR", "MEMORY", "RESTARTS", "URL"].map((text) => pc.dim(text));
  const rows = services.map((service) => [
    service.service,
    colourOf(service.state)(service.state),
    service.since === undefined ? "" : formatAge(nowMs - Date.parse(service.since)),
    service.memoryBytes === undefined ? "" : formatBytes(service.memoryBytes),
    String(service.restarts ?? ""),
    service.state === "ready" || service.state === "starting" ? service.url ?? "" : service.detail ?? "",
  ]);
  return formatTable([head, ...rows], "  ");
}

/** How long ago, as coarse as people count. @param ms Milliseconds. */
export function formatAge(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return formatElapsed(Math.max(0, Math.round(ms / 1_000) * 1_000));
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / (24 * 60))} d`;
}

function colourOf(state: ServiceStatus["state"]): (text: string) => string {
  if (state === "ready") return pc.green;
  return state === "failed" ? pc.red : pc.yellow;
}

if (import.meta.main) await main(status);
