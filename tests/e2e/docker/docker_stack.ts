/** A stack on the docker engine, with a name, ports and a subnet of its own, for the test to change and break. */

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { overlaps, webhookImage } from "../../../compose/mod.ts";
import { type Service, SERVICES } from "../../../compose/services/mod.ts";
import { VERSIONS } from "../../../compose/versions.ts";
import { writeFiles } from "../../../lib/files.ts";
import { run } from "../../../lib/process.ts";
import { dockerEngine } from "../../../tasks/engine/docker.ts";
import type { Applied, Engine } from "../../../tasks/engine/engine.ts";
import { silent } from "../../../tasks/progress.ts";
import { ensureSecrets } from "../../../tasks/secrets.ts";
import { renderStack } from "../../../tasks/render.ts";
import { defineStack, type StackInput, type Target, urlsOf } from "../../../tasks/stack.ts";
import { freePort } from "../../free_port.ts";

/** A container, by what tells one run of it from another. */
export type Runs = Readonly<Record<string, string>>;

/** A stack that the test owns. */
export interface DockerStack extends AsyncDisposable {
  readonly name: string;
  readonly directory: string;
  readonly ports: Readonly<Record<Service, number>>;
  readonly urls: Readonly<Record<Service, string>>;
  /** Services that run; the image of the others cannot be had here. */
  readonly services: readonly Service[];
  /** The engine for the configuration with `changes`. */
  engine(changes?: StackInput): Engine;
  /** What `deno task up` does, without its checks. @returns what was done, by service. */
  up(changes?: StackInput, signal?: AbortSignal): Promise<Record<string, Applied["action"]>>;
  /** Container and start time of each service. */
  runs(): Promise<Runs>;
}

/** Makes a stack; nothing runs yet. */
export async function makeDockerStack(delivery: "mount" | "image"): Promise<DockerStack> {
  const directory = await Deno.makeTempDir({ prefix: "vigie-docker-" });
  const name = `vigie-test-${crypto.randomUUID().slice(0, 8)}`;
  const target: Target = {
    engine: "docker",
    buildDir: join(directory, "build"),
    stateDir: join(directory, "state"),
    configDir: directory,
  };
  const ports = Object.fromEntries(SERVICES.map((service) => [service, freePort()])) as Record<
    Service,
    number
  >;
  const cadvisor = await canHave(`${VERSIONS.cadvisor.image}:${VERSIONS.cadvisor.version}`);
  const grafana = false; // Its image is large, and what it serves has tests of its own.
  const subnet = await freeSubnet();
  await Deno.writeTextFile(join(directory, "smtp-password"), "first\n");
  const email = {
    kind: "email" as const,
    to: "ops@example.org",
    from: "vigie@example.org",
    smarthost: "127.0.0.1:25",
    username: "vigie",
    passwordFile: "smtp-password",
  };
  const configure = (changes: StackInput = {}) =>
    defineStack({
      name,
      delivery,
      ports,
      locale: "en",
      network: { subnet },
      scrape: { interval: "1s", timeout: "1s" },
      evaluation: { interval: "1s" },
      ...changes,
      services: { cadvisor, grafana, ...changes.services },
      notify: {
        receivers: {
          console: [{ kind: "console" }],
          // By the webhook, and by Alertmanager itself.
          mail: [{ ...email }, { ...email, via: "alertmanager" as const }],
        },
        ...changes.notify,
      },
    });
  const engine = (changes?: StackInput) => dockerEngine(configure(changes), target);
  return {
    name,
    directory,
    ports,
    urls: urlsOf(configure()),
    // The entry and backups run when they are asked for.
    services: SERVICES.filter((service) =>
      !["grafana", "entry", "backup"].includes(service) && (service !== "cadvisor" || cadvisor)
    ),
    engine,
    async up(changes, signal = new AbortController().signal) {
      const stack = configure(changes);
      await ensureSecrets(stack, target);
      await writeFiles(target.buildDir, renderStack(stack, target));
      const applied = await engine(changes).up(silent, signal);
      return Object.fromEntries(applied.map(({ service, action }) => [service, action]));
    },
    async runs() {
      const ids = await list("container", name);
      if (ids.length === 0) return {};
      const format = '{{index .Config.Labels "com.docker.compose.service"}} {{.Id}} {{.State.StartedAt}}';
      const text = await docker("inspect", "--format", format, ...ids);
      return Object.fromEntries(text.split("\n").map((line) => [line.split(" ")[0]!, line]));
    },
    async [Symbol.asyncDispose]() {
      await engine().clean(silent);
      // Its layers are what the next test builds from; only the name is the test's own.
      await run("docker", ["image", "rm", webhookImage(name)]);
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** Ids of what carries the project's label. */
export async function list(
  kind: "container" | "network" | "volume" | "image",
  project: string,
): Promise<string[]> {
  const all = kind === "container" ? ["--all"] : [];
  const text = await docker(
    kind,
    "ls",
    ...all,
    "--quiet",
    "--filter",
    `label=com.docker.compose.project=${project}`,
  );
  return text.split("\n").filter(Boolean);
}

/** Standard output of docker. */
export async function docker(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run("docker", args);
  if (code !== 0) throw new Error(`docker ${args.join(" ")}: ${stderr}`);
  return stdout.trim();
}

/** Waits until `look` gives something other than undefined. @throws with what `look` threw last when it takes too long. */
export async function eventually<T>(look: () => Promise<T | undefined>, deadlineMs = 60_000): Promise<T> {
  const end = performance.now() + deadlineMs;
  while (true) {
    let reason: unknown = new Error("It did not come true in time");
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      reason = error;
    }
    if (performance.now() > end) throw reason;
    await delay(200);
  }
}

/** Whether an image is here, or can be pulled. */
export async function canHave(image: string): Promise<boolean> {
  if ((await run("docker", ["image", "inspect", image])).code === 0) return true;
  return (await run("docker", ["pull", "--quiet", image], { timeoutMs: 5 * 60_000 })).code === 0;
}

/** A network of containers that no other one overlaps. */
export async function freeSubnet(): Promise<string> {
  const ids = (await docker("network", "ls", "--quiet")).split("\n");
  const taken =
    (await docker("network", "inspect", "--format", "{{range .IPAM.Config}}{{.Subnet}} {{end}}", ...ids))
      .split(/\s+/).filter((subnet) => /^[\d.]+\/\d+$/.test(subnet));
  while (true) {
    const subnet = `10.213.${Math.floor(Math.random() * 256)}.0/24`;
    if (!taken.some((other) => overlaps(other, subnet))) return subnet;
  }
}
