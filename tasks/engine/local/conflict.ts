/** Whether a service's port is free, and whether the one that answers there is ours. */

import { Lacking } from "../engine.ts";
import { bindOf, type Stack } from "../../stack.ts";
import { type LocalService, type PortName, portsOf } from "../../../compose/services/mod.ts";
import { holderOf, inodesOn, portProblem, socketsOf } from "./port.ts";
import { commandOf } from "./process.ts";

/**
 * Makes sure that `services`, which are about to start, can listen.
 *
 * @param ours Pids of this stack: what they hold they give back before it is needed.
 * @throws {Lacking} naming each port that cannot be had, who has it, and the cure.
 */
export async function insistOnPorts(
  stack: Stack,
  services: readonly LocalService[],
  ours: ReadonlySet<number>,
): Promise<void> {
  const bad = services.flatMap((service) => {
    return portsOf(service).flatMap(([key]) => {
      const [bind, port] = [addressOf(stack, key), stack.ports[key]];
      const problem = portProblem(bind, port);
      return problem ? [{ service, key, bind, port, problem }] : [];
    });
  });
  if (bad.length === 0) return;
  const inodes = await inodesOn(bad.map(({ port }) => port));
  const messages: string[] = [];
  for (const { service, bind, port, problem } of bad) {
    if (problem !== "taken") {
      messages.push(`${service} cannot listen on ${bind}:${port}: ${problem.reason}`);
      continue;
    }
    const pid = await holderOf(inodes.get(port) ?? []);
    if (pid !== undefined && ours.has(pid)) continue;
    messages.push(`Port ${port} of ${service} is taken by ${await describeHolder(pid)}`);
  }
  if (messages.length === 0) return;
  const keys = bad.map(({ key }) => `\`ports: { ${quoteKey(key)}: … }\``).join(" and ");
  throw new Lacking(messages.join("\n"), `stop that program, or choose another port in config.ts: ${keys}`);
}

/**
 * Tells whether `pid` is who listens on the service's port; a readiness page alone could be a foreign program's.
 *
 * @returns undefined when it is, else who does.
 */
export async function foreignListener(port: number, pid: number): Promise<string | undefined> {
  const inodes = (await inodesOn([port])).get(port) ?? [];
  const own = await socketsOf(pid);
  // A program with privileges of its own does not let itself be looked into; then the page has to do.
  if (own === undefined || inodes.some((inode) => own.has(inode))) return undefined;
  return describeHolder(await holderOf(inodes));
}

/** The entry's own doors are the ones that config.ts binds. */
function addressOf(stack: Stack, key: PortName): string {
  return key === "entry" || key === "entry-http" ? stack.bind : bindOf(stack);
}

async function describeHolder(pid: number | undefined): Promise<string> {
  if (pid === undefined) return "another user's program";
  const command = await commandOf(pid);
  return command === undefined ? `the process ${pid}` : `the process ${pid} (${command})`;
}

function quoteKey(service: string): string {
  return service.includes("-") ? `"${service}"` : service;
}
