/** Container images of Vigie's own programs: the compiled program on a base without a shell. */

import { createHash } from "node:crypto";
import { join, relative } from "node:path";
import { backupImage, webhookImage } from "../compose/mod.ts";
import { writeAssets } from "./assets.ts";
import {
  BACKUP_PROGRAM,
  bundleWebhook,
  type CompileTarget,
  compileWebhook,
  hostTarget,
  type OwnProgram,
  WEBHOOK_PROGRAM,
} from "./compile.ts";
import { docker, refusal, tryDocker } from "./engine/docker_cli.ts";
import { PROJECT_LABEL } from "./engine/docker_containers.ts";
import { pullMissing } from "./engine/docker_images.ts";
import { Lacking, type Progress } from "./engine/engine.ts";

const ROOT = join(import.meta.dirname!, "..");
const BASE = "gcr.io/distroless/cc-debian12:nonroot";
const INPUTS_LABEL = "vigie.webhook.inputs";
// The bundle is all there is: nothing is looked for, fetched or asked.
const ALONE = ["--quiet", "--no-config", "--no-lock", "--no-prompt", "--no-remote", "--no-npm"];
const BUILD_MS = 10 * 60_000;

/** What Docker and Deno call the same processors. */
const TARGETS: Readonly<Record<string, CompileTarget>> = {
  amd64: "x86_64-unknown-linux-gnu",
  arm64: "aarch64-unknown-linux-gnu",
};

/** An image of a program of ours. */
interface OwnImage {
  readonly program: OwnProgram;
  readonly image: string;
  /** Directories with its sources, relative to the project. */
  readonly sources: readonly string[];
  /** Images that it takes something from. */
  readonly from: readonly string[];
  /** Further lines of its Dockerfile. */
  readonly lines: readonly string[];
  /** `uid:gid` that it runs as. */
  readonly user: string;
}

/**
 * Makes the webhook's image on the engine be the one of these sources; one that already is stays untouched.
 *
 * @returns whether it was built.
 * @throws {Lacking} when it cannot be.
 */
export function ensureWebhookImage(
  project: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<boolean> {
  const user = "65532:65532";
  return ensureImage(
    {
      program: WEBHOOK_PROGRAM,
      image: webhookImage(project),
      sources: ["webhook", "lib"],
      from: [],
      // A new volume takes the owner of what it covers.
      lines: [`COPY --chown=${user} data /data`],
      user,
    },
    project,
    progress,
    signal,
  );
}

/** The same for the image of the backup. @param restic The image that has restic. */
export function ensureBackupImage(
  project: string,
  restic: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<boolean> {
  return ensureImage(
    {
      program: BACKUP_PROGRAM,
      image: backupImage(project),
      sources: ["backup", "lib"],
      from: [restic],
      lines: ["COPY data /data", `COPY --from=${restic} /usr/bin/restic /restic`],
      user: "0:0",
    },
    project,
    progress,
    signal,
  );
}

async function ensureImage(
  own: OwnImage,
  project: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<boolean> {
  const { image, program: { name } } = own;
  const arch = (await docker(["version", "--format", "{{.Server.Arch}}"], { signal })).trim();
  const inputs = await inputsOf(own, arch);
  const label = `{{index .Config.Labels "${INPUTS_LABEL}"}}`;
  const there = await tryDocker(["image", "inspect", "--format", label, image], { signal });
  if (there.code === 0 && there.stdout.trim() === inputs) return false;

  await pullMissing([BASE, ...own.from], progress, signal);
  progress.step(`build the image of the ${name}`);
  const context = await Deno.makeTempDir({ prefix: `vigie-${name}-` });
  try {
    const program = await makeProgram(own.program, context, arch, progress, signal);
    await Deno.mkdir(join(context, "data"));
    await Deno.writeTextFile(join(context, "Dockerfile"), dockerfile(own, program));
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
  program: OwnProgram,
  directory: string,
  arch: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<Program> {
  const target = TARGETS[arch];
  if (!target) {
    throw new Lacking(
      `Cannot build the ${program.name} for "${arch}": Deno runs on amd64 and arm64`,
      "use a Docker engine on a machine of one of these kinds",
    );
  }
  try {
    const { name } = program;
    await compileWebhook({ output: join(directory, name), program, target, progress, signal });
    return { files: [name], command: [`/${name}`] };
  } catch (error) {
    if (!(error instanceof Lacking) || hostTarget() !== target) throw error;
  }
  const bundle = join(directory, "bundle");
  const main = await bundleWebhook({ directory: bundle, program, progress, signal });
  if (program.hasAssets) await writeAssets(join(bundle, "assets"), { progress, signal });
  await Deno.copyFile(Deno.execPath(), join(directory, "deno"));
  return {
    files: ["deno", "bundle"],
    command: ["/deno", "run", ...ALONE, ...program.flags, `/bundle/${main}`],
  };
}

function dockerfile({ lines, user }: OwnImage, { files, command }: Program): string {
  return [
    `FROM ${BASE}`,
    ...files.map((file) => `COPY --chmod=755 ${file} /${file}`),
    ...lines,
    "ENV DENO_NO_UPDATE_CHECK=1 DENO_DIR=/tmp/deno",
    `USER ${user}`,
    `ENTRYPOINT ${JSON.stringify(command)}`,
    `HEALTHCHECK CMD ${JSON.stringify([...command, "healthcheck"])}`,
    "",
  ].join("\n");
}

/** A digest of all that the image is made from. */
async function inputsOf(own: OwnImage, arch: string): Promise<string> {
  const hash = createHash("sha256");
  const recipe = [
    arch,
    Deno.version.deno,
    ALONE,
    own.program,
    dockerfile(own, { files: [], command: [] }),
  ];
  hash.update(JSON.stringify(recipe));
  // The lock file has the version of everything that is imported.
  const files = [join(ROOT, "deno.lock")];
  for (const directory of own.sources) files.push(...await sourcesIn(join(ROOT, directory)));
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
    else if (/\.(tsx?|json|css)$/.test(name) && !name.endsWith("_test.ts")) found.push(path);
  }
  return found;
}
