/** The containers of a stack on the docker engine. */

import { docker } from "../engine/docker_cli.ts";
import { PROJECT_LABEL } from "../engine/docker_containers.ts";
import type { Scene } from "../doctor/mod.ts";
import { CONTAINER_RULES, type DockerFacts, type InspectedContainer } from "./docker_rules.ts";
import type { Finding, Rule } from "./finding.ts";
import type { Texts } from "./leaks.ts";

/** The rule about who is in the stack's network. */
export const NETWORK_RULE: Rule = {
  id: "security/network-guest",
  severity: "high",
  title: "Nobody but the stack is in its network",
  cure: "`docker network disconnect NETWORK CONTAINER`: let others come in by the published ports",
  reference: "CIS Docker Benchmark 1.5.0, 2.1, in its sense",
};

/** What the containers of the stack break, and their environments and command lines. */
export async function examineContainers(scene: Scene): Promise<{ findings: Finding[]; texts: Texts }> {
  const { stack, target } = await scene.site();
  const { signal } = scene;
  const filter = ["--filter", `label=${PROJECT_LABEL}=${stack.name}`];
  const ids = lines(await docker(["ps", "--quiet", "--no-trunc", ...filter], { signal }));
  if (ids.length === 0) return { findings: [], texts: new Map() };
  const [inspected, info] = await Promise.all([
    docker(["inspect", "--type", "container", ...ids], { signal }),
    docker(["info", "--format", "{{json .SecurityOptions}}"], { signal }),
  ]);
  const facts: DockerFacts = {
    securityOptions: JSON.parse(info) ?? [],
    stateDir: await real(target.stateDir),
    buildDir: await real(target.buildDir),
  };
  const containers = JSON.parse(inspected) as InspectedContainer[];
  return {
    findings: [
      ...containers.flatMap((container) => findingsOf(container, facts)),
      ...await guests(stack.name, new Set(ids), signal),
    ],
    texts: new Map(containers.flatMap((container) => [
      [`the environment of the container ${nameOf(container)}`, (container.Config.Env ?? []).join("\n")],
      [
        `the command line of the container ${nameOf(container)}`,
        [...container.Config.Entrypoint ?? [], ...container.Config.Cmd ?? []].join("\n"),
      ],
    ])),
  };
}

/** What one container breaks. */
export function findingsOf(container: InspectedContainer, facts: DockerFacts): Finding[] {
  return CONTAINER_RULES.flatMap(({ find, ...rule }): Finding[] => {
    const evidence = find(container, facts);
    return evidence.length > 0 ? [{ ...rule, subject: nameOf(container), evidence }] : [];
  });
}

function nameOf({ Config: { Labels } }: InspectedContainer): string {
  return Labels["com.docker.compose.service"] ?? "";
}

interface InspectedNetwork {
  readonly Name: string;
  readonly Containers: Readonly<Record<string, { readonly Name: string }>> | null;
}

async function guests(project: string, own: ReadonlySet<string>, signal: AbortSignal): Promise<Finding[]> {
  const filter = ["--filter", `label=${PROJECT_LABEL}=${project}`];
  const ids = lines(await docker(["network", "ls", "--quiet", "--no-trunc", ...filter], { signal }));
  if (ids.length === 0) return [];
  const networks = JSON.parse(await docker(["network", "inspect", ...ids], { signal })) as InspectedNetwork[];
  return networks.flatMap(({ Name, Containers }): Finding[] => {
    const strangers = Object.entries(Containers ?? {}).filter(([id]) => !own.has(id));
    if (strangers.length === 0) return [];
    return [{ ...NETWORK_RULE, subject: Name, evidence: strangers.map(([, container]) => container.Name) }];
  });
}

async function real(path: string): Promise<string> {
  return await Deno.realPath(path).catch(() => path);
}

function lines(text: string): string[] {
  return text.split("\n").filter(Boolean);
}
