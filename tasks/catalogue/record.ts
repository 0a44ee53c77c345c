/** Runs a stack of its own on the local engine, uses everything in it once, and reads what its programs expose. */

import { join } from "node:path";
import { freePort } from "../../lib/free_port.ts";
import { run } from "../../lib/process.ts";
import { EXIT, Failure, type Invocation } from "../cli.ts";
import { PROJECT } from "../engine/local/sources.ts";
import { exercise } from "./exercise.ts";
import { type OutsideWorld, outsideWorld } from "./outside_world.ts";

/** Ports of the stack that is recorded. */
export type Ports = Readonly<Record<typeof SERVICES[number], number>>;

const SERVICES = ["prometheus", "alertmanager", "webhook", "node-exporter", "blackbox"] as const;
const UP_MS = 180_000;

/**
 * What each job's program exposes, as text: one for each target that differs. The stack is the product's own, brought up by
 * `deno task up` in a directory of its own; it is gone afterwards.
 *
 * @throws {Failure} when it does not come up, or does not expose what it should.
 */
export async function recordExporters(
  { progress, signal }: Pick<Invocation, "progress" | "signal">,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const directory = await Deno.makeTempDir({ prefix: "vigie-catalogue-" });
  const ports = Object.fromEntries(SERVICES.map((service) => [service, freePort()])) as Ports;
  const flags = [
    ...["--config", join(directory, "config.ts"), "--build", join(directory, "build")],
    ...["--state", join(directory, "state")],
  ];
  const task = async (name: string, ...more: string[]) => {
    const { code, stderr } = await run(
      Deno.execPath(),
      ["task", "--quiet", "--cwd", PROJECT, name, ...flags, ...more],
      { timeoutMs: UP_MS, signal },
    );
    signal.throwIfAborted();
    if (code !== 0) {
      throw new Failure(`Cannot record: "${name}" of the stack ended with ${code}\n${stderr}`, EXIT.lacking);
    }
  };
  await using world = await outsideWorld();
  try {
    await Deno.writeTextFile(join(directory, "web-site"), world.url);
    await Deno.writeTextFile(join(directory, "config.ts"), configText(ports, world));
    progress.step("bring up a stack to record");
    await task("up", "--engine", "local");
    progress.step("use everything in it once");
    return await exercise(ports, world, signal);
  } finally {
    await run(Deno.execPath(), ["task", "--quiet", "--cwd", PROJECT, "clean", "--yes", ...flags], {
      timeoutMs: UP_MS,
    });
    await Deno.remove(directory, { recursive: true });
  }
}

function configText(
  ports: Ports,
  { url, dnsPort }: OutsideWorld,
): string {
  const config = {
    name: "vigie-catalogue",
    locale: "en",
    engine: "local",
    ports,
    services: { grafana: false, cadvisor: false },
    // Soon seen; nothing that is recorded depends on how often it is scraped.
    scrape: { interval: "1s", timeout: "1s" },
    evaluation: { interval: "1s" },
    probes: [
      { name: "http", kind: "http", target: url },
      { name: "tcp", kind: "tcp", target: new URL(url).host },
      { name: "icmp", kind: "icmp", target: "127.0.0.1" },
      { name: "dns", kind: "dns", target: `127.0.0.1:${dnsPort}`, query: "example.org" },
    ],
    notify: {
      receivers: {
        told: [{ kind: "console" }, { kind: "webhook", urlFile: "web-site" }],
        // Nobody listens there: what is exposed of failures is recorded too.
        deaf: [{
          kind: "email",
          via: "alertmanager",
          to: "ops@example.org",
          from: "vigie@example.org",
          smarthost: "127.0.0.1:1",
          tls: false,
        }],
      },
      receiver: "told",
      routes: [{ matchers: ['severity="critical"'], receiver: "deaf", continue: true }],
      groupWait: "1s",
      groupInterval: "5s",
    },
    webhook: { watchdog: { enabled: true }, heartbeat: { urlFile: "web-site", every: "1m" } },
  };
  return `import { defineStack } from "vigie";\nexport default defineStack(${
    JSON.stringify(config, null, 2)
  });\n`;
}
