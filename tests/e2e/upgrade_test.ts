/** Versions changed on a running stack of the local engine, with real programs of two versions and with broken ones. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SERVICES } from "../../compose/services/mod.ts";
import { VERSIONS } from "../../compose/versions.ts";
import { readIfThere } from "../../lib/files.ts";
import { type Finished, run } from "../../lib/process.ts";
import { binary, type BinaryName } from "../../tasks/binaries/mod.ts";
import type { Status } from "../../tasks/engine/local/protocol.ts";
import { freePort } from "../free_port.ts";
import { notOnLinux, unless } from "../unless.ts";
import { until } from "../until.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));
const OLDER = "1.9.0";
const TABLE = VERSIONS["node-exporter"].version;
const NEVER_READY = "9.0.1";
const REFUSES = "9.0.2";
const PROGRAMS: readonly BinaryName[] = [
  "prometheus",
  "promtool",
  "alertmanager",
  "amtool",
  "node_exporter",
  "blackbox_exporter",
  "restic",
];

/** A newer Prometheus that leaves what the older one cannot open, and ends; its promtool finds nothing wrong. */
const SPOILS = `#!/bin/sh
case "$*" in *--version* | *check*) exit 0 ;; esac
for argument; do case $argument in --storage.tsdb.path=*) data=\${argument#*=} ;; esac; done
rm -rf "$data/lock"
mkdir "$data/lock"
echo "error: the data are in a new format" >&2
exit 3
`;
const REFUSAL = `#!/bin/sh
echo "node_exporter: error: unknown long flag '--web.listen-address'" >&2
exit 1
`;

const why = notOnLinux ?? await whyNot();

/** The versions that the test changes between are not to be had where programs come from PATH, or Debian cannot be reached. */
async function whyNot(): Promise<string | undefined> {
  try {
    const [older, table] = [
      await binary("node_exporter", { version: OLDER }),
      await binary("node_exporter", { version: TABLE }),
    ];
    if (older.path === table.path || !older.version.startsWith(OLDER)) {
      return `there is no node_exporter ${OLDER} beside ${TABLE}`;
    }
    for (const name of PROGRAMS) await binary(name);
    return undefined;
  } catch (error) {
    return (error as Error).message.split("\n")[0];
  }
}

Deno.test({
  ...unless(
    why,
    "upgrade changes versions on a running stack, completes what was killed, and goes back by itself",
  ),
  async fn(t) {
    const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "vigie-upgrade-" }));
    // A service that root starts runs as another user, and reads its program itself when that is a script.
    await Deno.chmod(root, 0o755);
    const ports = Object.fromEntries(
      [...SERVICES, "entry-http", "entry-metrics"].map((service) => [service, freePort()]),
    );
    const stateDir = join(root, "state");
    const configure = (more: string) =>
      Deno.writeTextFile(
        join(root, "config.ts"),
        `import { defineStack } from "vigie";
export default defineStack({
  name: "upgrade-test", engine: "local", locale: "en", services: { grafana: false },
  ports: ${JSON.stringify(ports)},
  scrape: { interval: "1s", timeout: "1s" }, evaluation: { interval: "1s" },
  notify: { groupWait: "1s", groupInterval: "1s" }, ${more}
});
`,
      );
    const argsOf = (task: string, args: readonly string[]) => [
      ...["run", "--quiet", "--no-check", "-A", join(PROJECT, "tasks", `${task}.ts`)],
      ...["--config", join(root, "config.ts"), "--build", join(root, "build"), "--state", stateDir],
      ...args,
    ];
    const env = { XDG_CACHE_HOME: join(root, "cache"), NO_COLOR: "1", DENO_DIR: await denoDir() };
    const task = (name: string, ...args: string[]): Promise<Finished> =>
      run(Deno.execPath(), argsOf(name, args), { cwd: PROJECT, env, timeoutMs: 170_000 });
    const jsonOf = ({ stdout }: Finished) => JSON.parse(stdout);
    const versionOf = async (service: keyof typeof ports, metric: string) => {
      const text = await (await fetch(`http://127.0.0.1:${ports[service]}/metrics`)).text();
      return new RegExp(`^${metric}\\{.*version="([^"+]+)`, "m").exec(text)?.[1];
    };
    const nodeVersion = () => versionOf("node-exporter", "node_exporter_build_info");
    const pids = async () => {
      const { services } = JSON.parse(
        await Deno.readTextFile(join(stateDir, "local", "status.json")),
      ) as Status;
      return Object.fromEntries(services.map(({ service, process }) => [service, process?.pid]));
    };
    const journal = join(stateDir, "upgrade", "journal.json");

    try {
      await fillCache(join(root, "cache", "vigie", "programs"));

      await t.step(
        "up starts the version that config.ts names, and keeps it when config.ts no longer does",
        async () => {
          await configure(`versions: { "node-exporter": "${OLDER}" },`);
          const first = await task("up", "--json");
          assert.equal(first.code, 0, first.stderr);
          assert.equal(await nodeVersion(), OLDER);
          const before = await pids();
          await configure("");
          const again = await task("up", "--json");
          assert.deepEqual(jsonOf(again).waiting, [{ service: "node-exporter", from: OLDER, to: TABLE }]);
          assert.match(
            again.stderr,
            new RegExp(`node-exporter stays at ${OLDER}: .deno task upgrade. changes it`),
          );
          assert.deepEqual(await pids(), before);
          assert.equal((await task("generate", "--check")).code, 0);
        },
      );

      await t.step("generate --diff foretells what up then does", async () => {
        await configure('retention: { time: "20d" }, thresholds: { cpu: 77 },');
        const told = jsonOf(await task("generate", "--diff", "--json"));
        const cpu = told.effects.find(({ name }: { name: string }) => name === "HostCpuHigh (warning)");
        assert.deepEqual(cpu.fields, [{ field: "threshold", before: 90, after: 77 }]);
        const done = jsonOf(await task("up", "--json"));
        const foretold = told.services.map((each: { service: string; action: string }) => [
          each.service,
          each.action === "untouched" ? "unchanged" : each.action,
        ]);
        assert.deepEqual(
          done.services.map((each: { service: string; action: string }) => [each.service, each.action]),
          foretold,
        );
      });

      await t.step("up changes nothing before it may drop data", async () => {
        const before = [await pids(), await readIfThere(join(stateDir, "stack.json"))];
        await configure('retention: { time: "2d" },');
        const refused = await task("up", "--json");
        assert.equal(refused.code, 2, refused.stderr);
        assert.equal(jsonOf(refused).losses[0].id, "retention-time");
        assert.match(refused.stderr, /cure: .*--accept-data-loss retention-time/);
        assert.deepEqual([await pids(), await readIfThere(join(stateDir, "stack.json"))], before);
        // Another loss than the one that was accepted is still asked about.
        assert.equal((await task("up", "--accept-data-loss", "engine")).code, 2);
        const accepted = await task("up", "--json", "--accept-data-loss", "retention-time");
        assert.equal(accepted.code, 0, accepted.stderr);
      });

      await t.step("upgrade shows its steps and changes nothing without being told to", async () => {
        const before = await pids();
        const dry = await task("upgrade", "--dry-run", "--json");
        assert.equal(dry.code, 0, dry.stderr);
        assert.deepEqual(jsonOf(dry).steps, [
          { service: "node-exporter", from: OLDER, to: TABLE, problems: [], tried: ["flags"] },
        ]);
        assert.equal((await task("upgrade")).code, 2);
        const refused = await task("upgrade", "node-exporter", "--to", REFUSES, "--yes");
        assert.equal(refused.code, 1);
        assert.match(refused.stderr, /node-exporter 9\.0\.2 refuses its flags: .*unknown long flag/);
        assert.deepEqual(await pids(), before);
      });

      await t.step("upgrade, killed while a service changes, is completed by the next one", async () => {
        const before = await pids();
        const child = new Deno.Command(Deno.execPath(), {
          args: argsOf("upgrade", ["--yes", "--no-backup"]),
          cwd: PROJECT,
          env,
          stdin: "null",
          stdout: "null",
          stderr: "null",
        }).spawn();
        await until("the change has begun", async () => await readIfThere(journal) !== undefined, {
          everyMs: 20,
        });
        child.kill("SIGKILL");
        await child.status;
        const { code, stderr } = await task("upgrade", "--yes", "--no-backup");
        assert.equal(code, 0, stderr);
        assert.match(stderr, /An interrupted upgrade is completed first/);
        assert.equal(await nodeVersion(), TABLE);
        const after = await pids();
        assert.deepEqual(
          { ...after, "node-exporter": "" },
          { ...before, "node-exporter": "" },
          "only one was changed",
        );
        assert.equal(await readIfThere(journal), undefined);
        assert.match((await task("upgrade")).stdout, /Every service runs the version that it should/);
      });

      await t.step(
        "upgrade goes back by itself, with the data of the backup where the older one cannot use the new",
        async () => {
          const samples =
            `http://127.0.0.1:${ports.prometheus}/api/v1/query?query=count_over_time(up{job="prometheus"}[1h])`;
          const count = async () => Number((await (await fetch(samples)).json()).data.result[0].value[1]);
          const before = await count();
          const { code, stdout, stderr } = await task(
            "upgrade",
            "prometheus",
            "--to",
            NEVER_READY,
            "--yes",
            "--json",
          );
          assert.equal(code, 1, stderr);
          const { back, changed } = JSON.parse(stdout);
          assert.deepEqual(changed, []);
          assert.deepEqual([back.service, back.to, back.restored], ["prometheus", NEVER_READY, true], stderr);
          assert.match(back.reason, /it ended 2 times, at last with exit code 3/);
          assert.ok(await count() > before, "what was measured before is there");
          assert.equal(await versionOf("prometheus", "prometheus_build_info"), VERSIONS.prometheus.version);
          assert.equal(await readIfThere(journal), undefined);
          assert.equal((await task("status")).code, 0);
        },
      );
    } finally {
      await task("clean", "--yes");
      await Deno.remove(root, { recursive: true });
    }
  },
});

/** What this machine has of programs, and two that are broken. */
async function fillCache(programs: string): Promise<void> {
  await Deno.mkdir(programs, { recursive: true });
  const real = [
    ...await Promise.all(PROGRAMS.map((name) => binary(name))),
    await binary("node_exporter", { version: OLDER }),
  ];
  for (const { path } of real) {
    const [unit] = /^.*\/programs\/[^/]+/.exec(path) ?? [];
    if (unit === undefined) continue;
    const link = join(programs, unit.slice(unit.lastIndexOf("/") + 1));
    await Deno.symlink(unit, link).catch((error) => {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    });
  }
  await fake(programs, "prometheus", NEVER_READY, ["prometheus", "promtool"], SPOILS);
  await fake(programs, "node_exporter", REFUSES, ["node_exporter"], REFUSAL);
}

async function fake(
  programs: string,
  unit: string,
  version: string,
  names: readonly string[],
  script: string,
): Promise<void> {
  const directory = join(
    programs,
    `${unit}-${version}.linux-${Deno.build.arch === "x86_64" ? "amd64" : "arm64"}`,
  );
  await Deno.mkdir(directory);
  for (const name of names) await Deno.writeTextFile(join(directory, name), script, { mode: 0o755 });
  const entry = (name: string) => [name, { path: name, bytes: new TextEncoder().encode(script).length }];
  const manifest = { version, programs: Object.fromEntries(names.map(entry)) };
  await Deno.writeTextFile(join(directory, ".vigie.json"), JSON.stringify(manifest));
}

/** Deno's own cache, which would otherwise follow XDG_CACHE_HOME. */
async function denoDir(): Promise<string> {
  const { stdout } = await run(Deno.execPath(), ["info", "--json"]);
  return JSON.parse(stdout).denoDir;
}
