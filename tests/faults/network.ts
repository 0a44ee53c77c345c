/** A network that loses what it should carry: by the kernel's own filter, where the service listens. */

import type { Service } from "../../compose/services/mod.ts";
import { DEFINITIONS } from "../../compose/services/mod.ts";
import { run } from "../../lib/process.ts";
import { notOnLinux } from "../unless.ts";
import type { FaultStack } from "./fault_stack.ts";

/** Why nobody can cut a network here; undefined when it can be done. */
export const noCut: string | undefined = notOnLinux ?? await whyNoCut();

async function whyNoCut(): Promise<string | undefined> {
  if (Deno.uid() !== 0) return "only root may cut the network";
  for (const program of ["iptables", "nsenter"]) {
    if ((await run("sh", ["-c", `command -v ${program}`])).code !== 0) return `there is no ${program} here`;
  }
  const { code, stderr } = await run("iptables", ["-w", "-S", "INPUT"]);
  return code === 0 ? undefined : `iptables does not work here: ${stderr.trim()}`;
}

/**
 * Loses what is sent to a service, or the answers that it gives. Nothing is refused: whoever asks waits, as behind a broken cable.
 *
 * On Docker only inside the service's own network namespace; on the local engine for its port alone.
 *
 * @param what `requests`: nothing reaches it. `answers`: what it is sent reaches it, and nobody learns so.
 * @returns leaving its scope heals the network.
 */
export async function cut(
  { engineName, ports, pid }: FaultStack,
  service: Service,
  what: "requests" | "answers",
): Promise<AsyncDisposable> {
  const port = engineName === "docker" ? DEFINITIONS[service].containerPort! : ports[service];
  const rule = what === "requests"
    ? ["INPUT", "-p", "tcp", "--dport", String(port), "-j", "DROP"]
    : ["OUTPUT", "-p", "tcp", "--sport", String(port), "-j", "DROP"];
  const inside = engineName === "docker" ? ["nsenter", "--target", String(await pid(service)), "--net"] : [];
  const iptables = async (action: string) => {
    const [program, ...args] = [...inside, "iptables", "-w", action, ...rule];
    const { code, stderr } = await run(program!, args);
    if (code !== 0) throw new Error(`Cannot run "${[program, ...args].join(" ")}": ${stderr.trim()}`);
  };
  await iptables("-I");
  return { [Symbol.asyncDispose]: () => iptables("-D") };
}
