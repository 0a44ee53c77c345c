import { equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { run } from "../../lib/process.ts";
import { withFiles } from "../../prometheus/testing/programs.ts";
import { fakeDestination } from "../../webhook/channels/testing/fake_destination.ts";
import { testMain } from "../e2e/webhook/compiled.ts";
import { type RunningWebhook, startWebhook } from "../e2e/webhook/running_webhook.ts";
import { notOnLinux } from "../unless.ts";
import { markerOf, notificationOf, post } from "./notification.ts";

/** How long; `VIGIE_SOAK_SECONDS` asks for more. */
const SECONDS = Number(Deno.env.get("VIGIE_SOAK_SECONDS") ?? 30);
const SAMPLES = 30;
const LANES = 8;
// What the webhook remembers of the past, to know copies by, has found its size after so many.
const WARM_UP = 55_000;
const WARM_UP_MS = 30_000;
// Slower than it can: what is looked for is what stays behind, not how fast it is.
const PER_SECOND = 1_000;
const PICK_EVERY = 150;
const MIB = 1024 * 1024;
// The heap has found its size after the first third.
const SETTLED = 1 / 3;
const GROWTH_BYTES = 12 * MIB;

interface Sample {
  readonly residentBytes: number;
  readonly proportionalBytes: number;
  readonly descriptors: number;
}

/** Deno keeps /proc to itself; other programs may read it. */
async function sample({ pid }: RunningWebhook): Promise<Sample> {
  const [memory, files] = await Promise.all([
    run("cat", [`/proc/${pid}/smaps_rollup`]),
    run("ls", [`/proc/${pid}/fd`]),
  ]);
  const of = (key: string) =>
    Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, "m").exec(memory.stdout)![1]) * 1024;
  return {
    residentBytes: of("Rss"),
    proportionalBytes: of("Pss"),
    descriptors: files.stdout.trim().split("\n").length,
  };
}

/** How much the middle of the last third lies above the middle of the second. */
function growth(samples: readonly Sample[], of: (sample: Sample) => number): number {
  const settled = samples.slice(Math.floor(samples.length * SETTLED)).map(of);
  const half = Math.floor(settled.length / 2);
  const middle = (values: readonly number[]) =>
    [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
  return middle(settled.slice(half)) - middle(settled.slice(0, half));
}

testMain(`keeps its memory and its descriptors under load for ${SECONDS} s`, async (command) => {
  await using destination = await fakeDestination();
  let turn = 0;
  destination.otherwise(() => turn++ % 3 === 0 ? { status: 500 } : {});
  const config = {
    locale: "en",
    limits: { journal: "32MB" },
    retention: { age: "10s" },
    channels: [{ kind: "console", name: "console" }, { kind: "webhook", name: "ops", url: destination.url }],
    // The destination is told of some: it is spared more than ten a second.
    routes: [{ matchers: ['pick="yes"'], channels: ["ops"] }, { channels: ["console"] }],
  };
  await withFiles(new Map([["webhook.json", JSON.stringify(config)]]), async (directory) => {
    await using webhook = await startWebhook(command, ["--config", join(directory, "webhook.json")]);
    let sent = 0;
    let refused = 0;
    const lanes = (next: () => Promise<boolean>) =>
      Promise.all(Array.from({ length: LANES }, async () => {
        while (await next()) {
          const labels = { pick: sent % PICK_EVERY === 0 ? "yes" : "no" };
          const body = notificationOf({ marker: markerOf(sent++), padding: 500, labels });
          if (await post(webhook.url, body) !== 200) refused++;
        }
      }));
    const warmUntil = performance.now() + WARM_UP_MS;
    await lanes(() => Promise.resolve(sent < WARM_UP && performance.now() < warmUntil));

    const started = performance.now();
    const first = sent;
    const elapsed = () => (performance.now() - started) / 1_000;
    const load = lanes(async () => {
      const early = (sent - first) / PER_SECOND - elapsed();
      if (early > 0) await delay(early * 1_000);
      return elapsed() < SECONDS;
    });
    const samples: Sample[] = [];
    const watch = async () => {
      for (let i = 1; i <= SAMPLES; i++) {
        await delay(Math.max(i * SECONDS / SAMPLES - elapsed(), 0) * 1_000);
        samples.push(await sample(webhook));
      }
    };
    await Promise.all([load, watch()]);
    equal(refused, 0, `${refused} of ${sent} were refused`);
    const resident = growth(samples, ({ residentBytes }) => residentBytes);
    const proportional = growth(samples, ({ proportionalBytes }) => proportionalBytes);
    const descriptors = growth(samples, ({ descriptors }) => descriptors);
    const shown = samples.map(({ residentBytes, descriptors }) =>
      `${(residentBytes / MIB).toFixed(0)} MB/${descriptors}`
    ).join(" ");
    ok(resident < GROWTH_BYTES && proportional < GROWTH_BYTES, `its memory grows: ${shown}`);
    ok(descriptors <= 2, `its descriptors grow: ${shown}`);
    equal(/level=ERROR .*(?:defect|Cannot serve)/.test(webhook.output.stderr), false);
  });
}, notOnLinux);
