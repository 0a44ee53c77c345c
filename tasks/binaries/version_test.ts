import assert from "node:assert/strict";
import { join } from "node:path";
import { PROGRAMS } from "./program.ts";
import { Unavailable } from "./source.ts";
import { temporaryDirectory, writeProgram } from "./testing.ts";
import { compareVersions, olderWarning, parseVersion, versionOf } from "./version.ts";

const OUTPUTS = [
  ["prometheus", "prometheus, version 3.5.3 (branch: HEAD, revision: abc)\n  build user: x", "3.5.3"],
  ["prometheus", "prometheus, version 3.5.3+ds1 (branch: debian/sid, revision: 3.5.3+ds1-6)", "3.5.3+ds1"],
  ["promtool", "promtool, version 3.0.0-rc.1 (branch: HEAD)", "3.0.0-rc.1"],
  ["node_exporter", "node_exporter, version 1.11.1 (branch: HEAD)", "1.11.1"],
  ["grafana", "grafana version 12.4.0", "12.4.0"],
  ["grafana", "Version 9.5.2 (commit: cfcea75916, branch: HEAD)", "9.5.2"],
  ["grafana", "grafana version v12.4.0", "12.4.0"],
  ["prometheus", "promtool, version 3.5.3", undefined],
  ["prometheus", "Prometheus Print Server 1.0", undefined],
  ["alertmanager", "", undefined],
] as const;

for (const [name, output, version] of OUTPUTS) {
  Deno.test(`parseVersion reads ${JSON.stringify(output.slice(0, 40))} as ${name} ${version}`, () => {
    assert.equal(parseVersion(PROGRAMS[name], output), version);
  });
}

Deno.test("compareVersions orders as semantic versioning does", () => {
  const sorted = ["2.53.0", "3.0.0-rc.1", "3.0.0-rc.2", "3.0.0-rc.10", "3.0.0", "3.5.3", "3.10.0"];
  assert.deepEqual([...sorted].reverse().sort(compareVersions), sorted);
  assert.equal(compareVersions("3.5.3+ds1", "3.5.3"), 0);
});

Deno.test("olderWarning warns of an older version only", () => {
  assert.equal(
    olderWarning(PROGRAMS.prometheus, "/usr/bin/prometheus", "2.42.0", "3.5.3"),
    "prometheus 2.42.0 (/usr/bin/prometheus) is older than 3.5.3, which Vigie was tested with",
  );
  assert.equal(olderWarning(PROGRAMS.prometheus, "/usr/bin/prometheus", "3.6.0", "3.5.3"), undefined);
});

Deno.test("versionOf refuses what fails, what is another program, and what cannot run", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "amtool");
  await writeProgram(path, "amtool, version 0.33.1 (branch: x)", 3);
  await assert.rejects(versionOf(PROGRAMS.amtool, path), {
    name: "Unavailable",
    message: /ended with exit code 3/,
  });
  await writeProgram(path, "hello");
  await assert.rejects(versionOf(PROGRAMS.amtool, path), {
    message: `"${path}" is not amtool: its --version says "hello"`,
  });
  await Deno.writeTextFile(path, "\x7fELF no program at all");
  await assert.rejects(versionOf(PROGRAMS.amtool, path), Unavailable);
});
