/** A real Prometheus with a day of samples, for tests of the checks that ask it. */

import { join } from "node:path";
import { renderFor, renderStack } from "../render.ts";
import { defineStack, type StackInput, type Target, versionsOf } from "../stack.ts";
import { run } from "../../lib/process.ts";
import { writeFiles } from "../../lib/files.ts";
import { startServer } from "../../prometheus/testing/programs.ts";
import { binary } from "../binaries/mod.ts";
import type { OnlineContext } from "./context.ts";

/** Time between two samples, seconds. */
const INTERVAL_S = 60;
const DAY_S = 86_400;

/** Value of a series at each minute of the last day, the last one now; undefined where it has none. */
export type Series = Readonly<Record<string, (minute: number) => number | undefined>>;

/** A Prometheus that runs `running` and has had `series`. */
export interface Rig extends AsyncDisposable {
  /** What the checks see of it, and of `config`, which is checked. */
  contextOf(config: StackInput): OnlineContext;
}

/** Starts Prometheus on the files of `running`, none of whose targets answers. */
export async function startRig(running: StackInput, series: Series): Promise<Rig> {
  await using stack = new AsyncDisposableStack();
  const directory = await Deno.makeTempDir({ prefix: "vigie-test-" });
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const target: Target = { engine: "local", buildDir: directory, stateDir: directory, configDir: directory };
  const filesOf = (config: StackInput) => renderFor(defineStack(config), target);
  await writeFiles(join(directory, "run"), filesOf(running));
  const nowMs = Date.now();
  await backfill(join(directory, "run"), series, Math.floor(nowMs / 1_000));
  const server = stack.use(await startServer("prometheus", join(directory, "run")));
  const rest = stack.move();
  return {
    contextOf: (input) => {
      const config = defineStack(input);
      return {
        files: filesOf(input),
        buildDir: directory,
        stateDir: directory,
        config,
        inUse: { buildDir: directory, files: renderStack(config, target) },
        locale: "en",
        urls: { prometheus: server.url },
        tool: () => Promise.reject(new Error("No program is needed")),
        signal: new AbortController().signal,
        fetch,
        status: [{ service: "prometheus", state: "ready" }],
        versions: versionsOf(config),
        nowMs,
      };
    },
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

/** Writes blocks into Prometheus's data directory. */
async function backfill(directory: string, series: Series, now: number): Promise<void> {
  const lines = Object.entries(series).flatMap(([name, valueAt]) =>
    Array.from({ length: DAY_S / INTERVAL_S }, (_, minute) => {
      const value = valueAt(minute);
      return value === undefined ? [] : [`${name} ${value} ${now - DAY_S + (minute + 1) * INTERVAL_S}`];
    }).flat()
  );
  const text = join(directory, "samples.om");
  await Deno.writeTextFile(text, `${lines.join("\n")}\n# EOF\n`);
  const { path } = await binary("promtool");
  const { code, stderr } = await run(path, [
    ...["tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=7d", "--quiet"],
    text,
    join(directory, "data-prometheus"),
  ]);
  if (code !== 0) throw new Error(`promtool ended with ${code}: ${stderr}`);
}
