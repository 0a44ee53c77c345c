/** The rehearsal on the docker engine: one-off containers of the new image, without a network, with the configuration copied in. */

import { join } from "node:path";
import type { Service } from "../../compose/services/mod.ts";
import { baseImage } from "../../compose/mod.ts";
import { readIfThere } from "../../lib/files.ts";
import type { Finished } from "../../lib/process.ts";
import { fromYaml } from "../../lib/yaml.ts";
import { docker, refusal, tryDocker } from "../engine/docker_cli.ts";
import { PROJECT_LABEL } from "../engine/docker_containers.ts";
import { pullMissing } from "../engine/docker_images.ts";
import type { Progress } from "../engine/engine.ts";
import type { Session } from "../session.ts";
import { versionsOf } from "../stack.ts";
import type { VersionChange } from "./held.ts";
import { endingFlag, refusalIn, type Rehearsal, validating } from "./rehearsal.ts";

const TIMEOUT_MS = 2 * 60_000;

/** What one container runs. */
interface OneOff {
  /** Program, when other than the image's own. */
  readonly entrypoint?: string;
  readonly args: readonly string[];
  /** Directory below build/ → path in the container. */
  readonly copies?: readonly (readonly [source: string, target: string])[];
}

/** Where the programs that check a configuration find it. */
const CONFIG: Readonly<Partial<Record<Service, string>>> = {
  prometheus: "/etc/prometheus",
  alertmanager: "/etc/alertmanager",
  blackbox: "/etc/blackbox",
  entry: "/etc/caddy",
};

/** See `rehearse` in rehearsal.ts. */
export async function rehearse(
  { stack, target }: Session,
  { service, to }: VersionChange,
  { progress, signal }: {
    readonly exact: boolean;
    readonly progress: Progress;
    readonly signal: AbortSignal;
  },
): Promise<Rehearsal> {
  const image = baseImage(service, {
    name: stack.name,
    versions: { ...versionsOf(stack), [service]: to },
  });
  await pullMissing([image], progress, signal);
  const written = fromYaml(await readIfThere(join(target.buildDir, "compose.yaml")) ?? "{}") as {
    services?: Record<string, { readonly command?: readonly string[] }>;
  };
  const { command = [] } = written.services?.[service] ?? {};
  // What is baked into an image with `delivery: "image"` lies in build/ all the same.
  const inside = CONFIG[service];
  const copies = inside === undefined ? [] : [[join(target.buildDir, service), inside] as const];
  const problems: string[] = [];
  const tried: string[] = [];
  const attempt = async (what: string, oneOff: OneOff) => {
    progress.step(`try ${service} ${to} on its ${what}`);
    const finished = await runOnce(image, stack.name, service, oneOff, signal);
    tried.push(what);
    if (finished.code !== 0) problems.push(`${service} ${to} refuses its ${what}: ${refusalIn(finished)}`);
  };
  const ending = endingFlag(service);
  if (ending !== undefined) await attempt("flags", { args: [...command, ending] });
  if (service === "prometheus") {
    const args = ["check", "config", "/etc/prometheus/prometheus.yml"];
    await attempt("configuration", { entrypoint: "promtool", args, copies });
  }
  if (service === "alertmanager") {
    const args = ["check-config", "/etc/alertmanager/alertmanager.yml"];
    await attempt("configuration", { entrypoint: "amtool", args, copies });
  }
  if (service === "blackbox") {
    await attempt("configuration", { args: [...command, "--config.check"], copies });
  }
  if (service === "entry") await attempt("configuration", { args: validating(command), copies });
  return { problems, tried };
}

async function runOnce(
  image: string,
  project: string,
  service: Service,
  oneOff: OneOff,
  signal: AbortSignal,
): Promise<Finished> {
  const { entrypoint, args, copies = [] } = oneOff;
  const created = await tryDocker([
    "create",
    "--network=none",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges:true",
    // What an interrupted rehearsal leaves goes with the stack.
    `--label=${PROJECT_LABEL}=${project}`,
    // Caddy's program carries this capability, and does not start without.
    ...(service === "entry" ? ["--cap-add=NET_BIND_SERVICE"] : []),
    ...(entrypoint === undefined ? [] : [`--entrypoint=${entrypoint}`]),
    image,
    ...args,
  ], { signal });
  if (created.code !== 0) throw refusal("docker create", created.stderr, created.code);
  const id = created.stdout.trim();
  try {
    for (const [source, inside] of copies) {
      await docker(["cp", `${source}/.`, `${id}:${inside}/`], { signal });
    }
    return await tryDocker(["start", "--attach", id], { timeoutMs: TIMEOUT_MS, signal });
  } finally {
    await tryDocker(["rm", "--force", "--volumes", id]);
  }
}
