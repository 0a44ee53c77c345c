/** From config.ts to files: the whole process, and the rendering in it, for one host and for a thousand. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Rule, ruleFile } from "../../prometheus/mod.ts";
import { renderFor, renderStack } from "../../tasks/render.ts";
import { defineStack, type StackInput } from "../../tasks/stack.ts";
import { type Bench, median, type Row, timesOf } from "./bench.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PLACE = { buildDir: "/srv/vigie/build", stateDir: "/srv/vigie/.state", configDir: "/srv/vigie" };

/** The benchmark. */
export const generateBench: Bench = {
  name: "generate",
  summary: "config.ts to files",
  async *run(say) {
    say("the whole process");
    const build = await Deno.makeTempDir();
    try {
      const task = [
        "run",
        "--quiet",
        "--allow-read",
        "--allow-write",
        "--allow-env",
        "--allow-sys",
        "tasks/generate.ts",
      ];
      const cold = median(
        await timesOf(7, () => deno([...task, "--build", join(build, crypto.randomUUID())])),
      );
      const empty = median(await timesOf(7, () => deno(["eval", "0"])));
      yield {
        what: "config.ts to files, whole process",
        figure: ms(cold),
        aim: `< 400 ms (an empty Deno program: ${ms(empty)})`,
        reached: cold < 400,
      };
    } finally {
      await Deno.remove(build, { recursive: true });
    }

    say("rendering");
    const stack = stackOf(1);
    const [local] = await timesOf(1, () => renderFor(stack, { ...PLACE, engine: "local" }));
    const [docker] = await timesOf(1, () => renderFor(stack, { ...PLACE, engine: "docker" }));
    yield {
      what: "rendering one engine's files, first time in a process",
      figure: ms(local!),
      aim: "< 30 ms",
      reached: local! < 30,
    };
    yield { what: "rendering the other engine's after it", figure: ms(docker!), aim: "" };
    const again = median(await timesOf(20, () => renderStack(stack, PLACE)));
    yield { what: "rendering both again", figure: ms(again), aim: "" };
    const [some, many] = [await renderingOf(100), await renderingOf(1_000)];
    yield linear("rendering 100 → 1,000 hosts", some, many, 10);

    const [few, lots] = [await rulesOf(1_000), await rulesOf(5_000)];
    yield linear("rendering 1,000 → 5,000 rules", few, lots, 5);
  },
};

function stackOf(hosts: number) {
  const input: StackInput = {
    hosts: Array.from({ length: hosts }, (_, i) => ({
      name: `host-${i}`,
      address: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}:9100`,
    })),
  };
  return defineStack(input);
}

// Growth is judged by the fastest of several runs: noise and garbage collection only add to it.
async function renderingOf(hosts: number): Promise<number> {
  const stack = stackOf(hosts);
  return Math.min(...await timesOf(9, () => renderStack(stack, PLACE)));
}

async function rulesOf(count: number): Promise<number> {
  const rules = Array.from({ length: count }, (_, i): Rule => ({
    alert: `Bench${i}`,
    expr: `up{job="node"} == ${i}`,
    severity: "warning",
    summary: { fr: `Essai ${i}`, en: `Bench ${i}` },
    description: { fr: "Essai", en: "Bench" },
  }));
  return Math.min(...await timesOf(15, () => ruleFile("bench", rules, "fr", {})));
}

/** @param times How many times as much there is to render. */
function linear(what: string, small: number, large: number, times: number): Row {
  const ratio = large / small;
  return {
    what,
    figure: `${ms(small)} → ${ms(large)} (× ${ratio.toFixed(1)})`,
    aim: `linear: about × ${times}, at most × ${1.5 * times}`,
    reached: ratio <= 1.5 * times,
  };
}

async function deno(args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    stdout: "null",
    stderr: "piped",
  })
    .output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}
