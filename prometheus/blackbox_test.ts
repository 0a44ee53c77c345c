import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../lib/process.ts";
import { binary } from "../tasks/binaries/mod.ts";
import { driftOfBlackbox } from "../tasks/engine/apply.ts";
import { blackboxConfig, moduleName } from "./blackbox.ts";
import { exampleFiles, MEASURE, measure } from "./testing/example.ts";
import { startServer, withFiles } from "./testing/programs.ts";

Deno.test("blackboxConfig is taken by the real blackbox exporter", async () => {
  const { path } = await binary("blackbox_exporter");
  for (const probes of [MEASURE.probes, []]) {
    await withFiles(exampleFiles({ ...MEASURE, probes }), async (directory) => {
      const config = join(directory, "blackbox", "blackbox.yml");
      const { code, stderr } = await run(path, ["--config.check", `--config.file=${config}`]);
      assert.equal(code, 0, stderr);
    });
  }
});

Deno.test("blackboxConfig is what the real blackbox exporter says that it runs, for every kind of probe", async () => {
  const files = exampleFiles();
  await withFiles(files, async (directory) => {
    await using server = await startServer("blackbox_exporter", directory);
    assert.deepEqual(await driftOfBlackbox(server.url, files, new AbortController().signal), []);
  });
});

Deno.test("blackboxConfig has one module for each distinct setting, whatever the targets", () => {
  assert.deepEqual(Object.keys(blackboxConfig(MEASURE.probes).modules), [
    "dns_mx_example.org",
    "http",
    "http_301_302_body_43e9597c",
    "icmp",
    "tcp",
    "tcp_tls",
  ]);
  assert.deepEqual(Object.keys(blackboxConfig([]).modules), ["http"]);
});

Deno.test("blackboxConfig follows redirections unless one is the wanted answer", () => {
  const [plain, moved] = MEASURE.probes.filter(({ name }) => name === "site" || name === "moved");
  const module = (name: string) =>
    (JSON.parse(JSON.stringify(blackboxConfig(MEASURE.probes))).modules as Record<string, { http: unknown }>)[
      name
    ]!.http;
  assert.deepEqual(module(moduleName(plain!)), {
    preferred_ip_protocol: "ip4",
    ip_protocol_fallback: true,
    method: "GET",
    follow_redirects: true,
  });
  assert.deepEqual(module(moduleName(moved!)), {
    preferred_ip_protocol: "ip4",
    ip_protocol_fallback: true,
    method: "GET",
    valid_status_codes: [301, 302],
    follow_redirects: false,
    fail_if_body_not_matches_regexp: ['a\\d+ "x"'],
  });
});

Deno.test("moduleName does not depend on the order or repetition of status codes", () => {
  const names = [[200, 204], [204, 200, 200]].map((status) =>
    moduleName(measure({ probes: [{ name: "a", kind: "http", target: "http://a/", status }] }).probes[0]!)
  );
  assert.deepEqual(names, ["http_200_204", "http_200_204"]);
});
