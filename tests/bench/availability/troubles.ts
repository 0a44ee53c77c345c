/** What is done to a stack whose availability is measured: one trouble a round, in turn. */

import type { Service } from "../../../compose/services/mod.ts";
import { noDisk } from "../../crash/small_disk.ts";
import type { FaultStack, Keeper } from "../../faults/fault_stack.ts";
import { cut, noCut } from "../../faults/network.ts";

/** Something that goes wrong for a while. */
export interface Trouble {
  readonly name: string;
  /** Does it. @returns what ends it; nothing when nobody has to. */
  begin(stack: FaultStack): Promise<(() => Promise<void>) | undefined>;
}

/** What can be done on this machine, in turn. */
export function troublesOf({ engineName, services, disks }: FaultStack): Trouble[] {
  const keepers: readonly Keeper[] = noDisk === undefined ? [...disks.keys()] : [];
  const each = [
    services.map((service) => killed([service], `${service} killed`)),
    noCut === undefined ? (["alertmanager", "webhook"] as const).map(unreachable) : [],
    keepers.map(full),
    [killed(services, "all killed at once")],
    // Docker leaves alone what hangs.
    engineName === "local" ? (["webhook", "alertmanager", "prometheus"] as const).map(hung) : [],
  ];
  // Taken in turn from each kind, so that not all troubles of one service follow one another.
  const longest = Math.max(...each.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => each.flatMap((kind) => kind[i] ?? [])).flat();
}

function killed(services: readonly Service[], name: string): Trouble {
  return {
    name,
    async begin(stack) {
      const pids = await Promise.all(services.map((service) => stack.pid(service)));
      for (const pid of pids) if (pid !== undefined) send(pid, "SIGKILL");
      return undefined;
    },
  };
}

function hung(service: Service): Trouble {
  return {
    name: `${service} hangs`,
    async begin(stack) {
      const pid = await stack.pid(service);
      if (pid !== undefined) send(pid, "SIGSTOP");
      return undefined;
    },
  };
}

function send(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    // It was down already.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function unreachable(service: "alertmanager" | "webhook"): Trouble {
  return {
    name: `nobody reaches ${service}`,
    async begin(stack) {
      const network = await cut(stack, service, "requests");
      return () => Promise.resolve(network[Symbol.asyncDispose]());
    },
  };
}

function full(keeper: Keeper): Trouble {
  return {
    name: `the disk of ${keeper} full`,
    async begin({ disks }) {
      const disk = disks.get(keeper)!;
      await disk.fill(0);
      return () => disk.makeRoom();
    },
  };
}
