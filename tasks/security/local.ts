/** The processes of a stack on the local engine. */

import { join } from "node:path";
import { findAlive } from "../engine/local/control.ts";
import type { Scene } from "../doctor/mod.ts";
import { type Finding } from "./finding.ts";
import { parseProcess, PROCESS_RULES, type ProcessFacts } from "./local_rules.ts";
import type { Texts } from "./leaks.ts";

const LOOPBACK = /^(127\.|::1$)/;

/** What the processes of the stack break, and their environments and command lines. */
export async function examineProcesses(
  scene: Scene,
): Promise<{ findings: Finding[]; texts: Texts; uids: number[] }> {
  const { stack, target } = await scene.site();
  const alive = await findAlive(await Deno.realPath(join(target.stateDir, "local")));
  const marked = [...(alive.supervisor ? [alive.supervisor] : []), ...alive.rivals, ...alive.services];
  const listeners = await scene.listeners();
  const processes: ProcessFacts[] = [];
  const texts = new Map<string, string>();
  for (const { service, pid } of marked) {
    const [status, limits, environment, command] = await Promise.all(
      ["status", "limits", "environ", "cmdline"].map((name) => read(scene, `/proc/${pid}/${name}`)),
    );
    const facts = parseProcess(service, pid, status!, limits!);
    if (!facts) continue;
    const wide = listeners.filter(({ pids, address }) => pids.includes(pid) && !LOOPBACK.test(address))
      .map(({ address, port }) => `${address.includes(":") ? `[${address}]` : address}:${port}`);
    processes.push({ ...facts, wide });
    texts.set(`the environment of ${service} (pid ${pid})`, environment!.replaceAll("\0", "\n"));
    texts.set(`the command line of ${service} (pid ${pid})`, command!.replaceAll("\0", "\n"));
  }
  const pings = stack.probes.some(({ kind }) => kind === "icmp");
  const findings = processes.flatMap((process) =>
    PROCESS_RULES.flatMap(({ find, ...rule }): Finding[] => {
      const evidence = find(process, { pings });
      return evidence.length > 0 ? [{ ...rule, subject: process.service, evidence }] : [];
    })
  );
  return { findings, texts, uids: processes.map(({ uid }) => uid) };
}

// Deno opens /proc only to programs that are allowed everything.
async function read(scene: Scene, path: string): Promise<string> {
  return (await scene.run("cat", [path]))?.stdout ?? "";
}
