/** A stack that runs on either engine, with a disk of its own for each service's data, for faults to be done to it. */

import { join } from "node:path";
import { gatewayOf, overlaps, volumeOf, webhookImage } from "../../compose/mod.ts";
import { DEFINITIONS, type Service, SERVICES } from "../../compose/services/mod.ts";
import { writeFiles } from "../../lib/files.ts";
import { run } from "../../lib/process.ts";
import { dockerEngine } from "../../tasks/engine/docker.ts";
import type { Engine } from "../../tasks/engine/engine.ts";
import { localEngine } from "../../tasks/engine/local.ts";
import { silent } from "../../tasks/progress.ts";
import { renderStack } from "../../tasks/render.ts";
import { ensureSecrets } from "../../tasks/secrets.ts";
import { defineStack, type EngineName, type Target, urlsOf } from "../../tasks/stack.ts";
import { type SmallDisk, smallDisk } from "../crash/small_disk.ts";
import { freePort } from "../free_port.ts";
import { answers } from "./answers.ts";
import { until } from "../until.ts";
import { BEACON, MARKER, Witness } from "./witness.ts";

const MIB = 1024 * 1024;
const READY_MS = 60_000;

/** Services that keep something on disk. */
export const KEEPERS = ["prometheus", "alertmanager", "webhook"] as const;
/** One of them. */
export type Keeper = typeof KEEPERS[number];

/** Bytes of each disk. Prometheus writes before it tidies up. */
const DISK_BYTES: Readonly<Record<Keeper, number>> = {
  prometheus: 192 * MIB,
  alertmanager: 8 * MIB,
  webhook: 24 * MIB,
};

/** A stack that faults are done to. */
export interface FaultStack extends AsyncDisposable {
  readonly name: string;
  readonly engineName: EngineName;
  readonly engine: Engine;
  readonly target: Target;
  readonly witness: Witness;
  readonly services: readonly Service[];
  readonly urls: Readonly<Record<Service, string>>;
  readonly ports: Readonly<Record<Service, number>>;
  /** The disks of those that keep something; none where nobody may mount one. */
  readonly disks: ReadonlyMap<Keeper, SmallDisk>;
  /** Directory of this machine in which a service keeps its data. */
  dataOf(service: Keeper): string;
  /** Process id of a service, as this machine sees it; undefined while it has none. */
  pid(service: Service): Promise<number | undefined>;
  /** What `deno task up` does, without its checks. */
  up(): Promise<void>;
  /** Waits until every service answers that it is ready. */
  ready(): Promise<void>;
}

/** How a stack for faults is to be. */
export interface FaultStackOptions {
  /** Whether its data lie on small disks of their own, which takes root; they do by default. */
  readonly disks?: boolean;
  /** Time between two scrapes and two evaluations; `1s` by default. */
  readonly interval?: string;
  /** Shortest time between two messages about one alert; `1s` by default. */
  readonly groupInterval?: string;
}

/** Brings a stack up and raises the first alert, which has to arrive. */
export async function startFaultStack(
  engineName: EngineName,
  { disks: wantsDisks = true, interval = "1s", groupInterval = "1s" }: FaultStackOptions = {},
): Promise<FaultStack> {
  await using cleanup = new AsyncDisposableStack();
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "vigie-faults-" }));
  cleanup.defer(() => Deno.remove(root, { recursive: true }));
  const name = `vigie-faults-${crypto.randomUUID().slice(0, 8)}`;
  const target: Target = {
    engine: engineName,
    buildDir: join(root, "build"),
    stateDir: join(root, "state"),
    configDir: root,
  };
  const subnet = engineName === "docker" ? await freeSubnet() : "172.31.93.0/24";
  const host = engineName === "docker" ? gatewayOf(subnet) : "127.0.0.1";
  const ports = Object.fromEntries(SERVICES.map((service) => [service, freePort()])) as Record<
    Service,
    number
  >;
  const witness = cleanup.use(new Witness());
  await Deno.writeTextFile(join(root, "hook-url"), `http://${host}:${witness.port}/hook`);
  const stack = defineStack({
    name,
    engine: engineName,
    locale: "en",
    ports,
    network: { subnet },
    services: { grafana: false, cadvisor: false },
    scrape: { interval, timeout: interval },
    evaluation: { interval },
    retention: { time: "1d", size: "100MB" },
    jobs: [{ name: "beacon", targets: [`${host}:${witness.port}`] }],
    alerts: [{
      alert: "Beacon",
      // One scrape that fails must not end it: the fault is not to look like its cure.
      expr: `last_over_time(${BEACON}[5m]) > 0`,
      for: "0s",
      severity: "critical",
      summary: `{{ $labels.${MARKER} }}`,
      description: "The beacon is lit.",
    }],
    notify: {
      receivers: { witness: [{ kind: "webhook", urlFile: "hook-url" }], console: [{ kind: "console" }] },
      receiver: "console",
      routes: [{
        matchers: ['alertname="Beacon"'],
        receiver: "witness",
        groupBy: ["alertname", MARKER],
        groupWait: "1s",
        groupInterval,
        repeatInterval: "4h",
      }],
    },
  });
  const engine = engineName === "docker" ? dockerEngine(stack, target) : localEngine(stack, target);
  let services: readonly Service[] = [];
  const urls = urlsOf(stack);
  const dataOf = await placesOf(engineName, name, target);
  cleanup.defer(async () => {
    await engine.clean(silent);
    if (engineName === "docker") await run("docker", ["image", "rm", webhookImage(name)]);
  });
  const disks = new Map<Keeper, SmallDisk>();
  for (const keeper of wantsDisks ? KEEPERS : []) {
    disks.set(keeper, cleanup.use(await smallDisk(DISK_BYTES[keeper], dataOf(keeper))));
  }
  // Before the disks go; what is left of it is removed afterwards.
  cleanup.defer(() => engine.down(silent).then(() => {}));
  const made: FaultStack = {
    name,
    engineName,
    engine,
    target,
    witness,
    get services() {
      return services;
    },
    urls,
    ports,
    disks,
    dataOf,
    async pid(service) {
      const id = (await engine.status()).find((each) => each.service === service)?.id;
      if (id === undefined || engineName === "local") return id === undefined ? undefined : Number(id);
      const { code, stdout } = await run("docker", ["inspect", "--format", "{{.State.Pid}}", id]);
      return code === 0 && Number(stdout) > 0 ? Number(stdout) : undefined;
    },
    async up() {
      await ensureSecrets(stack, target);
      await writeFiles(target.buildDir, renderStack(stack, target));
      await engine.up(silent, new AbortController().signal);
    },
    async ready() {
      for (const service of services) {
        const url = `${urls[service]}${DEFINITIONS[service].readyPath}`;
        await until(`${service} is ready`, () => answers(url), { deadlineMs: READY_MS });
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  await made.up();
  // What config.ts does not ask for does not run.
  services = (await engine.status()).filter(({ state }) => state === "ready").map(({ service }) => service);
  witness.listen(host);
  const first = witness.raise();
  await witness.hears(first, "firing");
  witness.lower(first);
  await witness.hears(first, "resolved");
  const kept = cleanup.move();
  return Object.assign(made, { [Symbol.asyncDispose]: () => kept.disposeAsync() });
}

/** Where services keep their data; on Docker the volumes are made here, as Compose would. */
async function placesOf(
  engine: EngineName,
  name: string,
  { stateDir }: Target,
): Promise<(service: Keeper) => string> {
  const places = new Map<Keeper, string>();
  for (const keeper of KEEPERS) {
    if (engine === "local") {
      const directory = join(stateDir, "local", "data", keeper);
      await Deno.mkdir(directory, { recursive: true });
      places.set(keeper, directory);
      continue;
    }
    const volume = volumeOf(keeper, "data");
    const labels = [`com.docker.compose.project=${name}`, `com.docker.compose.volume=${volume}`];
    const made = await docker(
      "volume",
      "create",
      ...labels.map((label) => `--label=${label}`),
      `${name}_${volume}`,
    );
    places.set(keeper, await docker("volume", "inspect", "--format", "{{.Mountpoint}}", made));
  }
  return (service) => places.get(service)!;
}

async function freeSubnet(): Promise<string> {
  const ids = (await docker("network", "ls", "--quiet")).split("\n");
  const format = "{{range .IPAM.Config}}{{.Subnet}} {{end}}";
  const taken = (await docker("network", "inspect", "--format", format, ...ids)).split(/\s+/)
    .filter((subnet) => /^[\d.]+\/\d+$/.test(subnet));
  while (true) {
    const subnet = `10.214.${Math.floor(Math.random() * 256)}.0/24`;
    if (!taken.some((other) => overlaps(other, subnet))) return subnet;
  }
}

/** Standard output of docker. @throws {Error} with what it says when it fails. */
export async function docker(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run("docker", args);
  if (code !== 0) throw new Error(`docker ${args.join(" ")}: ${stderr}`);
  return stdout.trim();
}
