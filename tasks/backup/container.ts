/** The agent in a container of its own, once for each request: it reaches volumes of any user, and engines on other machines. */

import { isDirectory, type Part, PARTS, type Plan, type Request } from "../../backup/mod.ts";
import { backupImage, resticImage, volumeOf } from "../../compose/mod.ts";
import { EXIT, Failure } from "../cli.ts";
import { docker, lastLine, refusal, tryDocker } from "../engine/docker_cli.ts";
import { PROJECT_LABEL } from "../engine/docker_containers.ts";
import { ensureBackupImage } from "../own_image.ts";
import { versionsOf } from "../stack.ts";
import type { Agent, AgentOptions } from "./agent.ts";
import { refuseUnreachable } from "./bundle.ts";
import { OWNERS, REPOSITORY_TARGET, repositoryOf } from "./plan.ts";

const AGENT_LABEL = "vigie.backup.agent";
const LONGEST_MS = 24 * 60 * 60_000;
// To read and to put back the files of every service, as whoever they belong to.
const CAPABILITIES = ["DAC_OVERRIDE", "CHOWN", "FOWNER"];

/** The agent of a stack on the docker engine. */
export async function containerAgent(options: AgentOptions & { readonly plan: Plan }): Promise<Agent> {
  const { session: { stack, target }, secrets, progress, signal } = options;
  const versions = versionsOf(stack);
  await ensureBackupImage(stack.name, resticImage({ versions }), progress, signal);
  const asked = options.repository ?? repositoryOf(stack, target);
  refuseUnreachable(asked, target);
  // Only an engine on this machine sees it; on another one the directory there is meant.
  if (isDirectory(asked)) await Deno.mkdir(asked, { recursive: true, mode: 0o700 });
  const plan: Plan = {
    ...options.plan,
    repository: isDirectory(asked) ? REPOSITORY_TARGET : asked,
    parts: Object.fromEntries(
      PARTS.flatMap((part) => {
        const known = options.plan.parts[part];
        return known ? [[part, { ...known, owner: OWNERS[part] }]] : [];
      }),
    ),
  };
  const parts = Object.keys(plan.parts) as Part[];
  return {
    plan,
    async do(wish) {
      await removeLeftOvers(stack.name);
      for (const service of [...parts, "backup" as const]) {
        await ensureVolume(stack.name, volumeOf(service, "data"));
      }
      const request = { ...wish, plan, secrets } as Request;
      const args = [
        ...["run", "--rm", "--interactive", "--pull=never", "--log-driver=none", "--user=0:0", "--read-only"],
        `--label=${AGENT_LABEL}=${stack.name}`,
        `--label=${PROJECT_LABEL}=${stack.name}`,
        ...await networkOf(stack.name),
        ...["--cap-drop=ALL", "--security-opt=no-new-privileges:true"],
        ...CAPABILITIES.map((name) => `--cap-add=${name}`),
        "--tmpfs=/tmp:mode=1777,noexec,nosuid,nodev",
        `--mount=type=volume,source=${stack.name}_${volumeOf("backup", "data")},target=/data`,
        ...parts.map((part) =>
          `--mount=type=volume,source=${stack.name}_${volumeOf(part, "data")},target=${
            plan.parts[part]!.data
          }`
        ),
        ...(isDirectory(asked) ? [`--mount=type=bind,"source=${asked}",target=${REPOSITORY_TARGET}`] : []),
        backupImage(stack.name),
        ...["once", "--restic=/restic"],
      ];
      try {
        const finished = await tryDocker(args, {
          stdin: JSON.stringify(request),
          signal,
          timeoutMs: LONGEST_MS,
          onStderr: (text) => tell(text, progress),
        });
        return outcomeOf(finished);
      } catch (error) {
        // Ending the command line does not end the container.
        await removeLeftOvers(stack.name);
        throw error;
      }
    },
  };
}

/** What a killed task left running: it would go on exchanging files. */
async function removeLeftOvers(project: string): Promise<void> {
  const ids = (await docker(["ps", "--all", "--quiet", "--filter", `label=${AGENT_LABEL}=${project}`])).split(
    "\n",
  )
    .filter(Boolean);
  if (ids.length > 0) await docker(["rm", "--force", ...ids]);
}

/** With Compose's own labels, so that it takes the volume for its own. */
async function ensureVolume(project: string, key: string): Promise<void> {
  const labels = [`${PROJECT_LABEL}=${project}`, `com.docker.compose.volume=${key}`];
  await docker(["volume", "create", ...labels.map((label) => `--label=${label}`), `${project}_${key}`]);
}

/** The stack's network, to ask its services; the engine's own while the stack has none. */
async function networkOf(project: string): Promise<string[]> {
  const { code } = await tryDocker(["network", "inspect", `${project}_stack`]);
  return code === 0 ? [`--network=${project}_stack`] : [];
}

function tell(text: string, progress: AgentOptions["progress"]): void {
  for (const line of text.split("\n")) {
    const said = parse(line);
    if (typeof said?.step === "string") progress.step(said.step, said.fraction as number | undefined);
  }
}

function outcomeOf({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }): never {
  const said = parse(lastLine(stdout));
  if (code === 0 && said && "result" in said) return said.result as never;
  const failure = said?.failure as { message: string; code: number; cure?: string } | undefined;
  if (!failure) {
    throw refusal(
      "docker run",
      stderr.split("\n").filter((line) => !parse(line)).join("\n"),
      code,
    );
  }
  if (failure.code < 0) throw new Error(failure.message);
  throw new Failure(failure.message, failure.code || EXIT.wrong, failure.cure);
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
