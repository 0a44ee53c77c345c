import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../lib/process.ts";
import { BINARIES, binary } from "../../tasks/binaries/mod.ts";
import type { Applied } from "../../tasks/engine/engine.ts";
import { silent } from "../../tasks/progress.ts";
import { ensureSecrets } from "../../tasks/secrets.ts";
import type { StackInput } from "../../tasks/stack.ts";
import { scenario, temporaryStack } from "./local/scenario.ts";
import { standInGrafana } from "./local/stand_in_grafana.ts";

const PROJECT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const NOBODY = "65534";
const isLinux = Deno.build.os === "linux";
const whyNotAsNobody = await reasonAgainstNobody();

Deno.test({
  name: "localEngine: a stack's whole life",
  ignore: !isLinux,
  fn: (t) => scenario((name, part) => t.step(name, part)),
});

Deno.test({
  name: `localEngine: a stack's whole life as an unprivileged user${
    whyNotAsNobody ? ` (${whyNotAsNobody})` : ""
  }`,
  ignore: whyNotAsNobody !== undefined,
  async fn() {
    const root = await Deno.makeTempDir({ prefix: "vigie-nobody-" });
    try {
      const command = await prepareForNobody(root);
      const { code, stdout, stderr } = await run(command[0]!, command.slice(1), {
        cwd: root,
        timeoutMs: 300_000,
      });
      assert.equal(code, 0, `${stdout}\n${stderr}`);
      assert.match(stdout, /removes its data when it is asked to/);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
});

Deno.test({
  name: "localEngine: Grafana runs when there is a program of that name",
  ignore: !isLinux,
  async fn() {
    await using stack = await temporaryStack();
    const path = Deno.env.get("PATH")!;
    const withGrafana: StackInput = { services: { grafana: true } };
    Deno.env.set("PATH", `${await standInGrafana(stack.root)}:${path}`);
    try {
      assert.deepEqual(await stack.engine(withGrafana).prepare(silent, new AbortController().signal), {});
      await ensureSecrets(stack.stackOf(withGrafana), stack.target);
      assert.equal(actionOn(await stack.up(withGrafana)), "started");
      const status = (await stack.engine(withGrafana).status()).find(({ service }) => service === "grafana");
      assert.equal(status?.state, "ready");
      assert.equal(status?.version, "12.4.0");
      assert.equal(actionOn(await stack.up(withGrafana)), "unchanged");
      // The scrape interval is in the datasource that is provisioned, which Grafana reads when it starts.
      const changed: StackInput = { ...withGrafana, scrape: { interval: "2s", timeout: "1s" } };
      const applied = await stack.up(changed);
      assert.equal(actionOn(applied), "restarted");
      assert.equal(applied.find(({ service }) => service === "prometheus")?.action, "reloaded");
    } finally {
      Deno.env.set("PATH", path);
    }
  },
});

function actionOn(applied: readonly Applied[]): string | undefined {
  return applied.find(({ service }) => service === "grafana")?.action;
}

/**
 * Gives nobody a copy of all that is needed, as another user's home is closed to them.
 *
 * @returns the command that runs the scenario.
 */
async function prepareForNobody(root: string): Promise<string[]> {
  for (const directory of ["project", "home", "cache", "deno", "tmp"]) {
    await Deno.mkdir(join(root, directory));
  }
  const parts = [
    "compose",
    "grafana",
    "lib",
    "prometheus",
    "tasks",
    "tests",
    "webhook",
    "deno.json",
    "deno.lock",
    "config.ts",
  ];
  await copy(parts.map((part) => join(PROJECT, part)), join(root, "project"));
  await copy([Deno.execPath()], join(root, "deno-program"));
  const info = JSON.parse((await run(Deno.execPath(), ["info", "--json"])).stdout);
  await copy([info.npmCache], join(root, "deno", "npm"));
  // What this user has fetched, as from then on the cache of the other.
  const programs = new Set<string>();
  for (const name of BINARIES.filter((name) => name !== "grafana")) {
    const { path, source } = await binary(name);
    const unit = /^(.*\/programs\/[^/]+)\//.exec(path)?.[1];
    if (source !== "path" && unit) programs.add(unit);
  }
  await Deno.mkdir(join(root, "cache", "vigie", "programs"), { recursive: true });
  if (programs.size > 0) await copy([...programs], join(root, "cache", "vigie", "programs"));
  await must("chown", ["-R", `${NOBODY}:${NOBODY}`, root]);
  return [
    "setpriv",
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    "--clear-groups",
    "env",
    "-i",
    `PATH=${Deno.env.get("PATH")}`,
    `HOME=${join(root, "home")}`,
    `XDG_CACHE_HOME=${join(root, "cache")}`,
    `DENO_DIR=${join(root, "deno")}`,
    `TMPDIR=${join(root, "tmp")}`,
    join(root, "deno-program"),
    "run",
    "--quiet",
    "--no-check",
    `--config=${join(root, "project", "deno.json")}`,
    "--allow-read",
    "--allow-write",
    "--allow-env",
    "--allow-run",
    "--allow-net",
    "--allow-sys",
    join(root, "project", "tests", "e2e", "local", "scenario.ts"),
  ];
}

async function copy(sources: readonly string[], destination: string): Promise<void> {
  await must("cp", ["-r", ...sources, destination]);
}

async function must(command: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await run(command, args, { timeoutMs: 120_000 });
  if (code !== 0) throw new Error(`Cannot prepare the test: ${command} failed: ${stderr}`);
}

/** Why the test as another user cannot be made here; undefined when it can. */
async function reasonAgainstNobody(): Promise<string | undefined> {
  if (!isLinux) return "only on Linux";
  if (Deno.uid() !== 0) return "only root can become another user";
  try {
    const asNobody = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
    const temporary = Deno.env.get("TMPDIR") ?? "/tmp";
    if ((await run("setpriv", [...asNobody, "test", "-x", temporary])).code !== 0) {
      return `"${temporary}" is closed to other users; name another directory with TMPDIR`;
    }
    const { code, stderr } = await run("setpriv", [...asNobody, "unshare", "-Urm", "true"]);
    return code === 0 ? undefined : `this machine does not let users make namespaces: ${stderr.trim()}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "there is no setpriv here";
    throw error;
  }
}
