/** The webhook's container image: the compiled program on a base without a shell. */

import { createHash } from "node:crypto";
import { join, relative } from "node:path";
import { webhookImage } from "../compose/mod.ts";
import {
  bundleWebhook,
  type CompileTarget,
  compileWebhook,
  hostTarget,
  V8_FLAGS,
  WEBHOOK_PERMISSIONS,
} from "./compile.ts";
import { docker, refusal, tryDocker } from "./engine/docker_cli.ts";
import { PROJECT_LABEL } from "./engine/docker_containers.ts";
import { pullMissing } from "./engine/docker_images.ts";
import { Lacking, type Progress } from "./engine/engine.ts";

const ROOT = join(import.meta.dirname!, "..");
const BASE = "gcr.io/distroless/cc-debian12:nonroot";
const INPUTS_LABEL = "vigie.webhook.inputs";
const PERMISSIONS = [V8_FLAGS, ...WEBHOOK_PERMISSIONS];
// The bundle is all there is: nothing is looked for, fetched or asked.
const ALONE = ["--quiet", "--no-config", "--no-lock", "--no-prompt", "--no-remote", "--no-npm"];
const BUILD_MS = 10 * 60_000;

/** What Docker and Deno call the same processors. */
const TARGETS: Readonly<Record<string, CompileTarget>> = {
  amd64: "x86_64-unknown-linux-gnu",
  arm64: "aarch64-unknown-linux-gnu",
};

/**
 * Makes the webhook's image on the engine be the one of these sources; one that already is stays untouched.
 *
 * @returns whether it was built.
 * @throws {Lacking} when it cannot be.
 */
export async function ensureWebhookImage(
  project: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<boolean> {
  const image = webhookImage(project);
  const arch = (await docker(["version", "--format", "{{.Server.Arch}}"], { signal })).trim();
  const inputs = await inputsOf(arch);
  const label = `{{index .Config.Labels "${INPUTS_LABEL}"}}`;
  const there = await tryDocker(["image", "inspect", "--format", label, image], { signal });
  if (there.code === 0 && there.stdout.trim() === inputs) return false;

  await pullMissing([BASE], progress, signal);
  progress.step("build the webhook's image");
  const context = await Deno.makeTempDir({ prefix: "vigie-webhook-" });
  try {
    const program = await makeProgram(context, arch, progress, signal);
    await Deno.mkdir(join(context, "data"));
    await Deno.writeTextFile(join(context, "Dockerfile"), dockerfile(program));
    const { code, stderr } = await tryDocker([
      "build",
      "--quiet",
      `--tag=${image}`,
      `--label=${INPUTS_LABEL}=${inputs}`,
      `--label=${PROJECT_LABEL}=${project}`,
      context,
    ], { timeoutMs: BUILD_MS, signal });
    if (code !== 0) throw refusal("docker build", stderr, code);
  } finally {
    await Deno.remove(context, { recursive: true });
  }
  return true;
}

/** A program in the build's context: its files, and the command that starts it in the container. */
interface Program {
  readonly files: readonly string[];
  readonly command: readonly string[];
}

/** Where the runtime to embed in a compiled program cannot be had, this very Deno runs the bundled sources. */
async function makeProgram(
  directory: string,
  arch: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<Program> {
  const target = TARGETS[arch];
  if (!target) {
    throw new Lacking(
      `Cannot build the webhook for "${arch}": Deno runs on amd64 and arm64`,
      "use a Docker engine on a machine of one of these kinds",
    );
  }
  try {
    await compileWebhook({ output: join(directory, "webhook"), target, progress, signal });
    return { files: ["webhook"], command: ["/webhook"] };
  } catch (error) {
    if (!(error instanceof Lacking) || hostTarget() !== target) throw error;
  }
  await bundleWebhook({ output: join(directory, "webhook.js"), progress, signal });
  await Deno.copyFile(Deno.execPath(), join(directory, "deno"));
  return {
    files: ["deno", "webhook.js"],
    command: ["/deno", "run", ...ALONE, ...PERMISSIONS, "/webhook.js"],
  };
}

function dockerfile({ files, command }: Program): string {
  return [
    `FROM ${BASE}`,
    ...files.map((file) => `COPY --chmod=755 ${file} /${file}`),
    // A new volume takes the owner of what it covers.
    "COPY --chown=65532:65532 data /data",
    "ENV DENO_NO_UPDATE_CHECK=1 DENO_DIR=/tmp/deno",
    "USER 65532:65532",
    `ENTRYPOINT ${JSON.stringify(command)}`,
    `HEALTHCHECK CMD ${JSON.stringify([...command, "healthcheck"])}`,
    "",
  ].join("\n");
}

/** A digest of all that the image is made from. */
async function inputsOf(arch: string): Promise<string> {
  const hash = createHash("sha256");
  const recipe = [arch, Deno.version.deno, ALONE, PERMISSIONS, dockerfile({ files: [], command: [] })];
  hash.update(JSON.stringify(recipe));
  // The lock file has the version of everything that is imported.
  const files = [join(ROOT, "deno.lock")];
  for (const directory of ["webhook", "lib"]) files.push(...await sourcesIn(join(ROOT, directory)));
  for (const path of files.sort()) {
    hash.update(`\0${relative(ROOT, path)}\0`);
    hash.update(await Deno.readFile(path));
  }
  return hash.digest("hex");
}

async function sourcesIn(directory: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = join(directory, name);
    if (isDirectory && name !== "testdata") found.push(...await sourcesIn(path));
    else if (/\.(ts|json)$/.test(name) && !name.endsWith("_test.ts")) found.push(path);
  }
  return found;
}
