import assert from "node:assert/strict";
import { join } from "node:path";
import { pathSource } from "./path.ts";
import { temporaryDirectory, wantedOf, writeProgram } from "./testing.ts";

Deno.test("pathSource takes Debian's name for a program too", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "prometheus-alertmanager");
  await writeProgram(path, "alertmanager, version 0.33.1 (branch: debian/sid)");
  const found = await pathSource(directory.path).find(wantedOf("alertmanager", "0.33.1", "/nowhere"));
  assert.deepEqual({ ...found }, {
    name: "alertmanager",
    path,
    version: "0.33.1",
    source: "path",
    warning: undefined,
    home: undefined,
  });
});

Deno.test("pathSource warns of an older version and still takes it", async () => {
  await using directory = await temporaryDirectory();
  await writeProgram(join(directory.path, "prometheus"), "prometheus, version 2.42.0 (branch: x)");
  const found = await pathSource(directory.path).find(wantedOf("prometheus", "3.5.3", "/nowhere"));
  assert.match(found.warning ?? "", /is older than 3\.5\.3/);
});

Deno.test("pathSource passes over a program that only has the name", async () => {
  await using directory = await temporaryDirectory();
  const [first, second] = ["a", "b"].map((name) => join(directory.path, name)) as [string, string];
  await Deno.mkdir(first);
  await Deno.mkdir(second);
  await writeProgram(join(first, "prometheus"), "a film by Ridley Scott");
  await assert.rejects(pathSource(first).find(wantedOf("prometheus", "3.5.3", "/nowhere")), {
    name: "Unavailable",
    message: /is not prometheus: its --version says "a film by Ridley Scott"/,
  });
  await writeProgram(join(second, "prometheus"), "prometheus, version 3.5.3 (x)");
  const found = await pathSource(`${first}:${second}`).find(wantedOf("prometheus", "3.5.3", "/nowhere"));
  assert.equal(found.path, join(second, "prometheus"));
});

Deno.test("pathSource finds nothing that is no executable file, and nothing by a relative entry", async () => {
  await using directory = await temporaryDirectory();
  await Deno.writeTextFile(join(directory.path, "prometheus"), "text", { mode: 0o644 });
  await assert.rejects(pathSource(`${directory.path}:.:`).find(wantedOf("prometheus", "3.5.3", "/nowhere")), {
    message: 'no "prometheus" on PATH',
  });
});

Deno.test("pathSource finds Grafana's home from its executable, behind a link too", async () => {
  await using directory = await temporaryDirectory();
  const home = join(await Deno.realPath(directory.path), "grafana-v12.4.0");
  for (const part of ["bin", "conf", "public"]) await Deno.mkdir(join(home, part), { recursive: true });
  await writeProgram(join(home, "bin", "grafana"), "grafana version 12.4.0");
  const links = join(directory.path, "links");
  await Deno.mkdir(links);
  await Deno.symlink(join(home, "bin", "grafana"), join(links, "grafana"));
  await assert.rejects(pathSource(links).find(wantedOf("grafana", "12.4.0", "/nowhere")), {
    message: /has no home/,
  });
  await Deno.writeTextFile(join(home, "conf", "defaults.ini"), "");
  assert.equal((await pathSource(links).find(wantedOf("grafana", "12.4.0", "/nowhere"))).home, home);
});
