import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MANIFEST } from "../lib/files.ts";
import { type Finished, run } from "../lib/process.ts";
import { rootMay, unless } from "../tests/unless.ts";

const SCRIPT = fileURLToPath(new URL("generate.ts", import.meta.url));
const PERMISSIONS = ["--allow-read", "--allow-write", "--allow-env"];

interface Place {
  readonly root: string;
  readonly config: string;
  readonly build: string;
  /** `generate` with this configuration and build directory, in a process of its own. */
  generate(...flags: string[]): Promise<Finished>;
}

function test(name: string, body: (place: Place) => Promise<void>, reason?: string): void {
  Deno.test({
    ...unless(reason, name),
    async fn() {
      const root = await Deno.makeTempDir();
      const config = join(root, "config.ts");
      const build = join(root, "build");
      try {
        await configure({ config }, "{}");
        await body({
          root,
          config,
          build,
          generate: (...flags) =>
            run(Deno.execPath(), commandLine(config, build, flags), { cwd: root, env: { NO_COLOR: "1" } }),
        });
      } finally {
        await Deno.remove(root, { recursive: true });
      }
    },
  });
}

function commandLine(config: string, build: string, flags: readonly string[]): string[] {
  return [
    "run",
    "--quiet",
    "--no-prompt",
    ...PERMISSIONS,
    SCRIPT,
    "--config",
    config,
    "--build",
    build,
    ...flags,
  ];
}

async function configure({ config }: Pick<Place, "config">, argument: string): Promise<void> {
  const text = `import { defineStack } from "vigie";\n\nexport default defineStack(${argument});\n`;
  await Deno.writeTextFile(config, text);
}

async function names(directory: string): Promise<string[]> {
  const all: string[] = [];
  for await (const entry of Deno.readDir(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory) all.push(...await names(path));
    else all.push(path);
  }
  return all;
}

test("generate writes every file and says so, and the second time that nothing changed", async ({ build, generate }) => {
  const first = await generate();
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /^\+ build\/compose\.yaml$/m);
  assert.match(first.stdout, /^\d+ files changed in build$/m);
  const listed = JSON.parse(await Deno.readTextFile(join(build, MANIFEST))).files;
  assert.equal((await names(build)).length, listed.length + 1);
  assert.deepEqual(await generate(), { code: 0, stdout: "build is what config.ts gives\n", stderr: "" });
});

test("generate --diff --files shows a unified diff and writes nothing", async (place) => {
  await place.generate();
  await configure(place, '{ scrape: { interval: "30s" } }');
  const path = join(place.build, "prometheus", "prometheus.yml");
  const before = await Deno.readTextFile(path);
  const { code, stdout } = await place.generate("--diff", "--files");
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^--- build\/prometheus\/prometheus\.yml\n\+\+\+ build\/prometheus\/prometheus\.yml\n@@ /m,
  );
  assert.match(stdout, /^- {2}scrape_interval: 15s\n\+ {2}scrape_interval: 30s$/m);
  assert.match(stdout, /^\d+ files would change in build$/m);
  assert.equal(await Deno.readTextFile(path), before);
});

test("generate --diff --files shows files that come and go against /dev/null", async (place) => {
  assert.match(
    (await place.generate("--diff", "--files")).stdout,
    /^--- \/dev\/null\n\+\+\+ build\/compose\.yaml\n@@ -0,0 /m,
  );
  await place.generate();
  await configure(place, "{ services: { grafana: false } }");
  assert.match(
    (await place.generate("--diff", "--files")).stdout,
    /^--- build\/grafana\/.+\n\+\+\+ \/dev\/null\n@@ /m,
  );
});

test("generate --check exits 1 and names what is not fresh, and writes nothing", async (place) => {
  assert.equal((await place.generate("--check")).code, 1);
  await assert.rejects(Deno.stat(place.build), Deno.errors.NotFound);
  await place.generate();
  assert.equal((await place.generate("--check")).code, 0);
  await Deno.writeTextFile(join(place.build, "compose.yaml"), "edited: by hand\n");
  const stale = await place.generate("--check");
  assert.deepEqual(stale, {
    code: 1,
    stdout: "~ build/compose.yaml\n1 file in build is not what config.ts gives\n",
    stderr: "",
  });
  const { code, stdout } = await place.generate("--check", "--json");
  assert.equal(code, 1);
  assert.deepEqual(JSON.parse(stdout), {
    buildDir: place.build,
    changes: [{ path: "compose.yaml", kind: "changed" }],
  });
});

test("generate refuses a directory that is somebody else's with exit code 2", async ({ build, generate }) => {
  await Deno.mkdir(build);
  await Deno.writeTextFile(join(build, "thesis.txt"), "years of work");
  const { code, stdout, stderr } = await generate();
  assert.deepEqual([code, stdout], [2, ""]);
  assert.equal(
    stderr,
    `error: Cannot generate into "${build}": it holds "thesis.txt", which Vigie did not write; name an empty or new directory with --build\n`,
  );
});

test("generate refuses a bad configuration with exit code 2 and changes nothing", async (place) => {
  await place.generate();
  await configure(place, '{ locale: "de", retenton: {} }');
  const { code, stdout, stderr } = await place.generate();
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /^error: Cannot use "config\.ts": 2 problems\n/);
  assert.match(stderr, /--> config\.ts:3:38\n/);
  await configure(place, "{}");
  assert.equal((await place.generate("--check")).code, 0);
});

test("generate --json gives the problems of a bad configuration as data", async (place) => {
  await configure(place, "{\n  retenton: {},\n}");
  const { code, stdout } = await place.generate("--json");
  assert.equal(code, 2);
  const [problem, ...others] = JSON.parse(stdout).problems;
  assert.deepEqual(others, []);
  assert.deepEqual(problem, {
    severity: "error",
    id: "config",
    file: "config.ts",
    line: 4,
    column: 3,
    length: 8,
    message: 'Unknown key "retenton": did you mean "retention"?',
  });
});

test("generate takes a configuration from anywhere, whatever lies beside it", async (place) => {
  await Deno.writeTextFile(join(place.root, "deno.json"), '{ "imports": { "vigie": "./not_vigie.ts" } }');
  await Deno.writeTextFile(join(place.root, "package.json"), '{ "name": "vigie", "type": "commonjs" }');
  await Deno.writeTextFile(
    join(place.root, "hosts.ts"),
    'export const hosts = [{ name: "web-1", address: "10.0.0.7:9100" }];',
  );
  const text =
    'import { defineStack } from "vigie";\nimport { hosts } from "./hosts.ts";\nexport default defineStack({ hosts });\n';
  await Deno.writeTextFile(place.config, text);
  const { code, stderr } = await place.generate();
  assert.equal(code, 0, stderr);
  assert.match(
    await Deno.readTextFile(join(place.build, "prometheus", "prometheus.yml")),
    /10\.0\.0\.7:9100/,
  );
});

test("generate, killed at any moment, is completed by the next one", async (place) => {
  const { build, config } = place;
  for (let i = 0; i < 5; i++) {
    await configure(place, `{ name: "stack-${i}", locale: "${i % 2 ? "en" : "fr"}" }`);
    const before = await listOf(build);
    const child = new Deno.Command(Deno.execPath(), {
      args: commandLine(config, build, []),
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    // The list is the first thing that is written: killed from then on, it is killed while it writes.
    let ended = false;
    const status = child.status.then((result) => (ended = true, result));
    while (!ended && await listOf(build) === before) await new Promise((resolve) => setTimeout(resolve, 1));
    if (!ended) child.kill("SIGKILL");
    await status;
  }
  assert.equal((await place.generate()).code, 0);
  assert.equal((await place.generate("--check")).code, 0);
  assert.deepEqual((await names(build)).filter((path) => path.endsWith(".tmp")), []);
});

async function listOf(build: string): Promise<string> {
  try {
    const { mtime, ino } = await Deno.stat(join(build, MANIFEST));
    return `${mtime?.getTime()} ${ino}`;
  } catch {
    return "none";
  }
}

test("generate says who may not write with exit code 3", async ({ root, generate }) => {
  await Deno.chmod(root, 0o555);
  try {
    const { code, stdout, stderr } = await generate();
    assert.deepEqual([code, stdout], [3, ""], stderr);
    assert.match(stderr, /^error: Cannot write ".*": permission denied\ncure: .*--build/);
  } finally {
    await Deno.chmod(root, 0o755);
  }
}, rootMay);

// Needs a filesystem of its own, which only root can mount.
test(
  "generate on a full disk exits 3, leaves nothing half-written, and goes on when there is room",
  async (place) => {
    await place.generate();
    const wanted = await contents(place.build);
    await Deno.remove(place.build, { recursive: true });
    await Deno.mkdir(place.build);
    const mounted = await mount("-t", "tmpfs", "-o", "size=64k", "vigie-test", place.build);
    assert.equal(mounted.code, 0, mounted.stderr);
    try {
      const { code, stdout, stderr } = await place.generate();
      assert.deepEqual([code, stdout], [3, ""], stderr);
      assert.match(stderr, /^error: Cannot write ".*": no space left on device\ncure: free some disk space/);
      const written = await contents(place.build);
      for (const [path, text] of written) {
        if (!path.endsWith(MANIFEST)) assert.equal(text, wanted.get(path), `${path} is half-written`);
      }
      assert.ok(written.size < wanted.size, "everything fitted: the test proves nothing");
      assert.equal((await mount("-o", "remount,size=16m", place.build)).code, 0);
      assert.equal((await place.generate()).code, 0);
      assert.deepEqual(await contents(place.build), wanted);

      assert.equal((await mount("-o", "remount,ro", place.build)).code, 0);
      await configure(place, '{ locale: "en" }');
      const readOnly = await place.generate();
      assert.equal(readOnly.code, 3, readOnly.stderr);
      assert.match(readOnly.stderr, /^error: Cannot write ".*": read-only file system\ncure: .*--build/);
    } finally {
      await run("umount", [place.build]);
    }
  },
  await canMount() ? undefined : "it needs a user who may mount",
);

function mount(...args: string[]): Promise<Finished> {
  return run("mount", args);
}

/** A container's root may not. */
async function canMount(): Promise<boolean> {
  const directory = await Deno.makeTempDir();
  try {
    if ((await mount("-t", "tmpfs", "-o", "size=64k", "vigie-test", directory)).code !== 0) return false;
    return (await run("umount", [directory])).code === 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  } finally {
    await Deno.remove(directory);
  }
}

async function contents(directory: string): Promise<Map<string, string>> {
  const paths = (await names(directory)).sort();
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await Deno.readTextFile(path)] as const)),
  );
}

test("generate leaves out what the running stack left out, so that --check is 0 after up", async ({ root, build, generate }) => {
  const record = { engine: "local", running: true, stack: {}, leftOut: { grafana: "it is not to be had" } };
  await Deno.mkdir(join(root, ".state"));
  await Deno.writeTextFile(join(root, ".state", "stack.json"), JSON.stringify(record));
  await generate();
  const jobsOf = (directory: string) =>
    Deno.readTextFile(join(build, directory, "prometheus", "prometheus.yml"));
  assert.doesNotMatch(await jobsOf("local"), /job_name: grafana/);
  assert.match(await jobsOf("."), /job_name: grafana/);
});
