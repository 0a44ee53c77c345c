/**
 * What config.ts gives, byte for byte, beside the files that were looked at and found right; `UPDATE_GOLDEN=1` writes them anew. The
 * real promtool, amtool and Compose are asked about each.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compareFiles, type Files, MANIFEST, writeFiles } from "../lib/files.ts";
import { run } from "../lib/process.ts";
import { binary } from "../tasks/binaries/mod.ts";
import { renderStack } from "../tasks/render.ts";
import type { Stack } from "../tasks/stack.ts";
import full from "./configs/good/full.ts";
import minimal from "./configs/good/minimal.ts";
import { noCompose, unless } from "./unless.ts";

const PLACE = { buildDir: "/srv/vigie/build", stateDir: "/srv/vigie/.state", configDir: "/srv/vigie" };
const CONFIGS: Readonly<Record<string, Stack>> = { minimal, full };
const GOLDEN = fileURLToPath(new URL("golden", import.meta.url));
const PAGES_DASHBOARDS = "webhook/dashboards/";
/** What it says stands in the rules as well, which are there. */
const GRAPHS = "webhook/graphs.json";
const compose = await noCompose();

for (const [name, stack] of Object.entries(CONFIGS)) {
  const directory = join(GOLDEN, name);
  const rendered = renderStack(stack, PLACE);
  // The pages' dashboards are the ones that Grafana gets: once is enough.
  const files = new Map(
    [...rendered].filter(([path]) => !path.includes(PAGES_DASHBOARDS) && !path.endsWith(GRAPHS)),
  );

  Deno.test(`renderStack gives the pages the dashboards that Grafana gets in the ${name} configuration`, () => {
    for (const [path, text] of rendered) {
      if (path.startsWith(PAGES_DASHBOARDS)) {
        assert.equal(text, rendered.get(path.replace("webhook", "grafana")));
      }
    }
    assert([...rendered.keys()].some((path) => path.includes(`local/${PAGES_DASHBOARDS}`)));
  });

  Deno.test(`renderStack says what is drawn of each alert of the ${name} configuration`, () => {
    const rules = [...rendered].filter(([path]) => path.startsWith("local/prometheus/rules/"));
    const alerts = rules.flatMap(([, text]) =>
      [...text.matchAll(/^\s*- alert: (.+)$/gm)].map(([, alert]) => alert!)
    );
    assert.deepEqual(
      Object.keys(JSON.parse(rendered.get(`local/${GRAPHS}`)!)).sort(),
      [...new Set(alerts)].sort(),
    );
  });

  Deno.test(`renderStack gives the golden files of the ${name} configuration`, async () => {
    if (Deno.env.get("UPDATE_GOLDEN")) await update(directory, files);
    const changes = await compareFiles(directory, files);
    const stale = (await filesBelow(directory)).filter((path) => !files.has(path));
    assert.deepEqual(
      [...changes.map(({ kind, path }) => `${kind}: ${path}`), ...stale.map((path) => `stale: ${path}`)],
      [],
      "run again with UPDATE_GOLDEN=1, and look at what git says has changed",
    );
  });

  Deno.test(`renderStack gives the ${name} configuration twice the same`, () => {
    assert.deepEqual([...renderStack(stack, PLACE)], [...rendered]);
  });

  Deno.test(`promtool takes the ${name} configuration`, async () => {
    const { path } = await binary("promtool");
    for (const config of [...files.keys()].filter((file) => file.endsWith("prometheus/prometheus.yml"))) {
      // Client certificates lie where `up` puts them, and promtool looks at them.
      const depth = /^\s*cert_file:/m.test(files.get(config)!) ? ["--syntax-only"] : [];
      await succeeds(path, ["check", "config", ...depth, join(directory, config)]);
    }
  });

  Deno.test(`amtool takes the ${name} configuration`, async () => {
    const { path } = await binary("amtool");
    for (const config of [...files.keys()].filter((file) => file.endsWith("alertmanager/alertmanager.yml"))) {
      await succeeds(path, ["check-config", join(directory, config)]);
    }
  });

  Deno.test({
    ...unless(compose, `docker compose takes the ${name} configuration`),
    async fn() {
      await succeeds("docker", ["compose", "-f", join(directory, "compose.yaml"), "config", "--quiet"]);
    },
  });
}

async function succeeds(command: string, args: string[]): Promise<void> {
  const { code, stdout, stderr } = await run(command, args);
  assert.equal(code, 0, `${command} ${args.join(" ")}\n${stdout}${stderr}`);
}

async function update(directory: string, files: Files): Promise<void> {
  await Deno.remove(directory, { recursive: true }).catch(() => {});
  await writeFiles(directory, files);
  await Deno.remove(join(directory, MANIFEST));
}

async function filesBelow(directory: string, prefix = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of Deno.readDir(join(directory, prefix))) {
    const path = prefix + entry.name;
    if (entry.isDirectory) paths.push(...await filesBelow(directory, `${path}/`));
    else paths.push(path);
  }
  return paths;
}
