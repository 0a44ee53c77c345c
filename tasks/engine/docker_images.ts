/** The images of the stack: what is missing is pulled, with its progress. */

import { docker, lastLine, tryDocker } from "./docker_cli.ts";
import { PROJECT_LABEL } from "./docker_containers.ts";
import { Lacking, type Progress } from "./engine.ts";

const PULL_MS = 30 * 60_000;
// Docker itself loads three layers of an image at a time.
const PARALLEL = 2;

/**
 * Pulls what is missing of `images`.
 *
 * @throws {Lacking} when one is missing and cannot be pulled.
 */
export async function pullMissing(
  images: readonly string[],
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const missing = await missingOf([...new Set(images)], signal);
  const fractions = new Map(missing.map((image) => [image, 0]));
  const queue = [...missing];
  const report = (image: string, fraction: number) => {
    fractions.set(image, fraction);
    const all = [...fractions.values()].reduce((sum, each) => sum + each, 0) / fractions.size;
    progress.step(
      `pull ${[...fractions].filter(([, done]) => done < 1).map(([name]) => name).join(", ")}`,
      all,
    );
  };
  const worker = async () => {
    for (let image = queue.shift(); image !== undefined; image = queue.shift()) {
      await pull(image, (fraction) => report(image!, fraction), signal);
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, missing.length) }, worker));
}

async function missingOf(images: readonly string[], signal: AbortSignal): Promise<string[]> {
  const found = await Promise.all(
    images.map(async (image) =>
      (await tryDocker(["image", "inspect", "--format", "ok", image], { signal })).code === 0
    ),
  );
  return images.filter((_, i) => !found[i]);
}

async function pull(image: string, report: (fraction: number) => void, signal: AbortSignal): Promise<void> {
  report(0);
  const layers = createLayers();
  // `docker pull` tells its progress on standard output, which `run` keeps to the end; Compose tells it on standard error.
  const project = JSON.stringify({ name: "pull", services: { image: { image } } });
  const { code, stderr } = await tryDocker(
    ["compose", "--progress", "json", "--file", "-", "pull", "--policy", "missing"],
    { stdin: project, timeoutMs: PULL_MS, signal, onStderr: (text) => report(layers.read(text)) },
  );
  if (code === 0) return report(1);
  throw new Lacking(
    `Cannot pull the image "${image}": ${reasonOf(stderr)}`,
    "check that this machine reaches the registry, or bring the image with `docker save` and `docker load`, or use the local engine: `--engine local`",
  );
}

/** Reads the progress lines of `docker compose --progress json pull`. */
export function createLayers(): { read(text: string): number } {
  const layers = new Map<string, number>();
  let rest = "";
  return {
    /** @param text The next piece of its output, cut anywhere. @returns the fraction that is there. */
    read(text) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) {
        const event = parse(line);
        // An event with a parent is about a layer, one without is about the image.
        if (typeof event?.id !== "string" || event.parent_id === undefined) continue;
        layers.set(event.id, Math.max(layers.get(event.id) ?? 0, doneOf(event)));
      }
      if (layers.size === 0) return 0;
      return [...layers.values()].reduce((sum, each) => sum + each, 0) / layers.size;
    },
  };
}

interface PullEvent {
  readonly id?: unknown;
  readonly parent_id?: unknown;
  readonly text?: string;
  readonly status?: string;
  readonly current?: number;
  readonly total?: number;
  readonly message?: string;
  readonly error?: boolean;
}

function doneOf({ text = "", status = "", current = 0, total = 0 }: PullEvent): number {
  const what = `${status} ${text}`;
  if (/Pull complete|Already exists/.test(what)) return 1;
  // Downloading is most of the work; unpacking follows.
  if (/Download complete|Extracting|Verifying/.test(what)) return 0.9;
  return /Downloading/.test(what) && total > 0 ? 0.9 * current / total : 0;
}

function parse(line: string): PullEvent | undefined {
  try {
    const value = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined; // A line of another kind, such as a warning.
  }
}

function reasonOf(stderr: string): string {
  const events = stderr.split("\n").map(parse);
  const message = events.findLast((event) => event?.error && event.message)?.message;
  return message ?? lastLine(stderr);
}

/**
 * Removes images that were built for the stack.
 *
 * @param which All of them, or only the ones that a newer build took the name from.
 */
export async function removeBuilt(project: string, which: "all" | "replaced"): Promise<void> {
  const filters = ["--filter", `label=${PROJECT_LABEL}=${project}`];
  if (which === "replaced") filters.push("--filter", "dangling=true");
  const ids = (await docker(["image", "ls", "--quiet", "--no-trunc", ...filters])).split("\n").filter(
    Boolean,
  );
  // One that a container still uses is refused, and stays until that container is gone.
  if (ids.length > 0) await tryDocker(["image", "rm", "--force", ...new Set(ids)]);
}
