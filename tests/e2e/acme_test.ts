/** The entry's certificate by ACME: from a real authority that proves the name by asking the entry itself. */

import { equal, match } from "node:assert/strict";
import { join } from "node:path";
import { portsOf, SERVICES } from "../../compose/services/mod.ts";
import { run } from "../../lib/process.ts";
import { freePort } from "../free_port.ts";
import { unless } from "../unless.ts";
import { until } from "./entry/door.ts";
import { findPebble, startPebble } from "./entry/pebble.ts";

const PROJECT = new URL("../../", import.meta.url).pathname;
const PERMISSIONS = ["read", "write", "env", "run", "net", "sys"].map((name) => `--allow-${name}`);
/** Only this machine has it, and the services do not. */
const DOOR = "127.0.0.2";
const NAME = "monitoring.example.org";
const found = await findPebble();

Deno.test({
  ...unless(
    "skip" in found ? found.skip : undefined,
    "the entry gets its certificate by ACME, for its name alone, and shows it",
  ),
  async fn() {
    const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "vigie-acme-" }));
    const ports = Object.fromEntries(SERVICES.flatMap(portsOf).map(([key]) => [key, freePort()]));
    const [config, buildDir, stateDir] = ["config.ts", "build", "state"].map((name) => join(root, name)) as [
      string,
      string,
      string,
    ];
    const task = async (name: string, ...args: string[]) => {
      const done = await run(Deno.execPath(), [
        ...["run", "--quiet", "--no-check", ...PERMISSIONS, join(PROJECT, "tasks", `${name}.ts`)],
        ...["--config", config, "--build", buildDir, "--state", stateDir, ...args],
      ], { cwd: PROJECT, timeoutMs: 120_000 });
      equal(done.code, 0, `${name}: ${done.stderr}${done.stdout}`);
      return done.stdout;
    };
    const { programs } = found as { programs: string };
    const asked = { http: ports["entry-http"]!, https: ports.entry! };
    await using authority = await startPebble(programs, root, DOOR, asked);
    await Deno.writeTextFile(
      config,
      `import { defineStack } from "vigie";
export default defineStack({
  name: "acme-test", engine: "local", locale: "en", bind: "${DOOR}",
  ports: ${JSON.stringify(ports)},
  services: { grafana: false, cadvisor: false, blackbox: false, "node-exporter": false },
  hosts: [],
  tls: { mode: "acme", email: "ops@example.org", directory: "${authority.directory}", root: "pebble.pem" },
  entry: { name: "${NAME}" },
});
`,
    );
    try {
      await task("up", "--json");
      await Deno.writeTextFile(join(root, "root.pem"), await authority.root());
      const shown = (name: string) =>
        run("openssl", [
          ...[
            "s_client",
            "-connect",
            `${DOOR}:${ports.entry}`,
            "-servername",
            name,
            "-verify_hostname",
            name,
          ],
          ...["-CAfile", join(root, "root.pem"), "-verify_return_error", "-brief"],
        ], { timeoutMs: 10_000 });
      await until(async () => (await shown(NAME)).code === 0, 60_000);
      match((await shown(NAME)).stderr, /Verification: OK/);
      equal((await shown("other.example.org")).code, 1, "no certificate for another name is asked for");
    } finally {
      await task("clean", "--yes");
      await Deno.remove(root, { recursive: true });
    }
  },
});
