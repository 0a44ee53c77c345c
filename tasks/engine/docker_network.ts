/** The stack's network among the engine's others. */

import { overlaps } from "../../compose/mod.ts";
import { EXIT, Failure } from "../cli.ts";
import { docker, tryDocker } from "./docker_cli.ts";
import { PROJECT_LABEL } from "./docker_containers.ts";
import type { ComposeProject } from "./docker_up.ts";

interface Network {
  readonly Name: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly IPAM: { readonly Config: readonly { readonly Subnet?: string }[] | null };
}

/**
 * Looked at first: Compose would stop the services and remove their network before it finds that it cannot make the new one.
 *
 * @throws {Failure} when another network of the engine has part of the stack's subnet.
 */
export async function refuseOverlap(
  { name, subnet }: Pick<ComposeProject, "name" | "subnet">,
  signal: AbortSignal,
): Promise<void> {
  const ids = (await docker(["network", "ls", "--quiet", "--no-trunc"], { signal })).split("\n").filter(
    Boolean,
  );
  // One that is gone by now makes it fail, and is left out of what it prints.
  const { stdout } = await tryDocker(["network", "inspect", ...ids], { signal });
  for (const { Name, Labels, IPAM } of JSON.parse(stdout || "[]") as Network[]) {
    if (Labels?.[PROJECT_LABEL] === name) continue;
    for (const { Subnet = "" } of IPAM.Config ?? []) {
      if (!/^[\d.]+\/\d+$/.test(Subnet) || !overlaps(Subnet, subnet)) continue;
      throw new Failure(
        `Cannot make the stack's network: its subnet "${subnet}" overlaps "${Subnet}" of the network "${Name}"`,
        EXIT.usage,
        'set a free one in config.ts, such as `network: { subnet: "172.31.95.0/24" }`; `docker network ls` shows what there is',
      );
    }
  }
}
