/** The entry's certificate by ACME: from a real authority that proves the name by asking the entry itself. */

import { equal, match } from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../lib/process.ts";
import { unless } from "../unless.ts";
import { until } from "./entry/door.ts";
import { DOOR, makeEntryStack } from "./entry/entry_stack.ts";
import { findPebble, startPebble } from "./entry/pebble.ts";

const NAME = "monitoring.example.org";
const found = await findPebble();

Deno.test({
  ...unless(
    "skip" in found ? found.skip : undefined,
    "the entry gets its certificate by ACME, for its name alone, and shows it",
  ),
  async fn() {
    const { programs } = found as { programs: string };
    await using stack = await makeEntryStack();
    const { root, ports } = stack;
    const asked = { http: ports["entry-http"]!, https: ports.entry! };
    await using authority = await startPebble(programs, root, DOOR, asked);
    await stack.up(`name: "acme-test", engine: "local",
  services: { grafana: false, cadvisor: false, blackbox: false, "node-exporter": false },
  hosts: [],
  tls: { mode: "acme", email: "ops@example.org", directory: "${authority.directory}", root: "pebble.pem" },
  entry: { name: "${NAME}" },`);
    await Deno.writeTextFile(join(root, "root.pem"), await authority.root());
    const shown = (name: string) =>
      run("openssl", [
        ...["s_client", "-connect", `${DOOR}:${ports.entry}`, "-servername", name, "-verify_hostname", name],
        ...["-CAfile", join(root, "root.pem"), "-verify_return_error", "-brief"],
      ], { timeoutMs: 10_000 });
    await until(async () => (await shown(NAME)).code === 0, 60_000);
    match((await shown(NAME)).stderr, /Verification: OK/);
    equal((await shown("other.example.org")).code, 1, "no certificate for another name is asked for");
  },
});
