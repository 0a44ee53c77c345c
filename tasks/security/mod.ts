/** `doctor --security`: what the running stack gives away. */

import { Skipped } from "../../lib/check.ts";
import type { Scene } from "../doctor/mod.ts";
import { examineContainers, NETWORK_RULE } from "./docker.ts";
import { CONTAINER_RULES } from "./docker_rules.ts";
import { ENDPOINT_RULES, examineEndpoints } from "./endpoints.ts";
import { COMMON_EXCEPTIONS, DOCKER_EXCEPTIONS, LOCAL_EXCEPTIONS } from "./exceptions.ts";
import { examineFiles, FILE_RULES } from "./files.ts";
import { type Finding, type Rule, type SecurityReport, sift } from "./finding.ts";
import {
  knownSecrets,
  LEAK_RULE,
  leaksIn,
  likenessIn,
  LOOKS_RULE,
  type Texts,
  writtenTexts,
} from "./leaks.ts";
import { examineProcesses } from "./local.ts";
import { PROCESS_RULES } from "./local_rules.ts";
import { examineTls, TLS_RULES } from "./tls.ts";

export { type SecurityReport } from "./finding.ts";
export { formatSecurity } from "./format.ts";

const BOTH: readonly Rule[] = [
  ...Object.values(FILE_RULES),
  LEAK_RULE,
  LOOKS_RULE,
  ...Object.values(ENDPOINT_RULES),
  ...Object.values(TLS_RULES),
];

/** Every rule of an engine. */
export const RULES: Readonly<Record<"docker" | "local", readonly Rule[]>> = {
  docker: [...CONTAINER_RULES, NETWORK_RULE, ...BOTH],
  local: [...PROCESS_RULES, ...BOTH],
};

/**
 * Looks at the stack as it runs, and at what it keeps on this machine.
 *
 * @throws {Skipped} when there is no stack to look at.
 */
export async function examineSecurity(scene: Scene): Promise<SecurityReport> {
  const { target, services } = await scene.site();
  const skipped: string[] = [];
  const found: Finding[] = [];
  const part = async (what: string, look: () => Promise<readonly Finding[]>) => {
    scene.signal.throwIfAborted();
    try {
      found.push(...await look());
    } catch (error) {
      if (scene.signal.aborted) throw error;
      if (!(error instanceof Skipped)) throw error;
      skipped.push(`${what}: ${error.message}`);
    }
  };
  const status = await scene.status();
  const off = services.filter((service) =>
    !status.some((each) => each.service === service && (each.state === "ready" || each.state === "starting"))
  );
  if (off.length === services.length) {
    throw new Skipped("nothing of this stack runs: `deno task up` starts it");
  }
  if (off.length > 0) skipped.push(`${off.join(", ")}: it does not run`);
  let texts: Texts = new Map();
  let uids: readonly number[] = [];
  await part("the services", async () => {
    if (target.engine === "docker") {
      const containers = await examineContainers(scene);
      texts = containers.texts;
      return containers.findings;
    }
    const processes = await examineProcesses(scene);
    ({ texts, uids } = processes);
    return processes.findings;
  });
  await part("files", () => examineFiles(scene, uids));
  await part("secrets", async () => {
    const { stateDir, buildDir, config } = scene.paths;
    const secrets = await knownSecrets(stateDir);
    const source = new Map([[config, await Deno.readTextFile(config).catch(() => "")]]);
    const written = await writtenTexts(buildDir, stateDir);
    const leaks = leaksIn(new Map([...texts, ...source, ...written]), secrets);
    return [...leaks, ...await likenessIn(new Map([...texts, ...source]))];
  });
  await part("endpoints", () => examineEndpoints(scene));
  await part("TLS", () => examineTls(scene));
  const exceptions = [
    ...(target.engine === "docker" ? DOCKER_EXCEPTIONS : LOCAL_EXCEPTIONS),
    ...COMMON_EXCEPTIONS,
  ];
  return { engine: target.engine, rules: RULES[target.engine].length, ...sift(found, exceptions), skipped };
}
