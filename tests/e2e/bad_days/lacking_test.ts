/** Machines that lack something: what and where is said with the cure and exit code 3, and the same command works once it is there. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { assertRefused, makeBadStack } from "./bad_stack.ts";
import {
  denoDirectory,
  OFFLINE,
  poorPath,
  reasonAgainstMounting,
  smallDisk,
  writeScript,
} from "./poor_machine.ts";
import { notOnLinux, unless } from "../../unless.ts";

const whyNoDisks = await reasonAgainstMounting();
const inDirectory = async (test: (directory: string) => Promise<void>) => {
  const directory = await Deno.makeTempDir({ prefix: "vigie-poor-" });
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
};

Deno.test({
  ...unless(notOnLinux, "up without Docker, Debian, network and cache names every source and what to do"),
  fn: () =>
    inDirectory(async (directory) => {
      const env = {
        ...OFFLINE,
        PATH: await poorPath(directory, false),
        XDG_CACHE_HOME: join(directory, "cache"),
        DENO_DIR: await denoDirectory(),
      };
      await using stack = await makeBadStack({ env });
      await stack.configure('engine: "auto",');
      const says = [
        /^error: Cannot get \w+ \d/m,
        /^ {2}PATH: no "/m,
        /^ {2}cache: no /m,
        /^ {2}release archive: cannot reach https:\/\/github\.com: /m,
        /^ {2}Debian package: there is no "dpkg" on this machine$/m,
        /^cure: put \w+ \d.* on PATH, or give this machine access to github\.com or to a Debian mirror$/m,
      ];
      assertRefused(await stack.task("up"), 3, ...says);
      const { code, stdout } = await stack.task("up", "--json");
      assert.equal(code, 3);
      assert.match(JSON.parse(stdout).cure, /on PATH/);
      await assert.rejects(Deno.stat(stack.buildDir), Deno.errors.NotFound);
      assert.deepEqual(await stack.alive(), []);
      assertRefused(
        await stack.task("up", "--engine", "docker"),
        3,
        /Cannot use the docker engine: there is no `docker` command/,
        /cure: .*`--engine local`/,
      );
    }),
});

Deno.test({
  ...unless(notOnLinux, "up --engine docker without an engine that answers says so"),
  async fn() {
    await using stack = await makeBadStack({ env: { DOCKER_HOST: "tcp://127.0.0.1:1" } });
    assertRefused(
      await stack.task("up", "--engine", "docker"),
      3,
      /Cannot use the docker engine: /,
      /cure: start Docker/,
    );
    await assert.rejects(Deno.stat(stack.buildDir), Deno.errors.NotFound);
  },
});

Deno.test({
  ...unless(notOnLinux, "up works without a network once the programs are cached"),
  fn: () =>
    inDirectory(async (directory) => {
      await using stack = await makeBadStack({ env: { ...OFFLINE, PATH: await poorPath(directory, true) } });
      await stack.up();
      assert.equal((await stack.task("status")).code, 0);
    }),
});

Deno.test({
  ...unless(
    notOnLinux,
    "up names the foreign program on a port, starts nothing, and works when the port is free",
  ),
  async fn() {
    await using stack = await makeBadStack();
    const listener = Deno.listen({ hostname: "127.0.0.1", port: stack.ports["node-exporter"] });
    try {
      assertRefused(
        await stack.task("up"),
        3,
        new RegExp(
          `Port ${
            stack.ports["node-exporter"]
          } of node-exporter is taken by the process ${Deno.pid} \\(.*deno`,
        ),
        /cure: stop that program, or choose another port in config\.ts: `ports: \{ "node-exporter": … \}`/,
      );
      assert.deepEqual(await stack.alive(), []);
    } finally {
      listener.close();
    }
    await stack.up();
  },
});

for (
  const [limit, what] of [
    ["size=4m", "too small for the measurements"],
    ["nr_inodes=20", "full while the configuration is checked"],
    ["nr_inodes=50", "full while the services start"],
  ] as const
) {
  Deno.test({
    ...unless(whyNoDisks, `up on a disk that is ${what} says so, and works when there is room`),
    fn: () =>
      inDirectory(async (directory) => {
        await using disk = await smallDisk(join(directory, "disk"), limit);
        await using stack = await makeBadStack({ stateDir: join(disk.path, "state") });
        const isFull = limit.startsWith("nr");
        const says = isFull ? /no space left on device/ : /the disk of ".*" has room for 4\.0 MB/;
        assertRefused(await stack.task("up"), isFull ? 3 : 2, says, /cure: .*free some disk space/);
        assert.equal((await stack.task("down")).code, 0);
        assert.deepEqual(await stack.alive(), []);
        await disk.grow();
        await stack.up();
        assert.equal((await stack.task("clean", "--yes")).code, 0);
      }),
  });
}

Deno.test({
  ...unless(whyNoDisks, `up on a disk that became full says so, and what runs can be seen and stopped`),
  fn: () =>
    inDirectory(async (directory) => {
      await using disk = await smallDisk(join(directory, "disk"), "size=60m");
      await using stack = await makeBadStack({ stateDir: join(disk.path, "state") });
      await stack.up();
      await fillUp(join(disk.path, "ballast"));
      assertRefused(
        await stack.task("up"),
        3,
        /the disk of ".*" has room for /,
        /cure: .*free some disk space/,
      );
      // Prometheus may have ended for lack of room, and be about to be started again.
      assert.match((await stack.task("status")).stdout, /prometheus/);
      assert.equal((await stack.task("down")).code, 0);
      assert.deepEqual(await stack.alive(), []);
      await Deno.remove(join(disk.path, "ballast"));
      await stack.up();
      assert.equal((await stack.task("clean", "--yes")).code, 0);
    }),
});

Deno.test({
  ...unless(whyNoDisks, `up with a full build directory changes nothing that runs`),
  async fn() {
    await using stack = await makeBadStack();
    await using disk = await smallDisk(stack.buildDir, "size=40k");
    assertRefused(
      await stack.task("up"),
      3,
      /Cannot write ".*\/build\/.*": no space left on device/,
      /cure: free some disk/,
    );
    assert.deepEqual(await stack.alive(), []);
    await disk.grow();
    await stack.up();
    assert.equal((await stack.task("down")).code, 0);
  },
});

Deno.test({
  ...unless(whyNoDisks, `up with a full cache says which, and how to name another`),
  fn: () =>
    inDirectory(async (directory) => {
      await using disk = await smallDisk(join(directory, "cache"), "size=1m");
      const path = await poorPath(directory, false);
      await writeScript(join(path, "dpkg"), "echo amd64");
      // What apt itself does with its lists.
      await writeScript(
        join(path, "apt-get"),
        `case "$*" in *update) exec cat /dev/zero > "${disk.path}/vigie/apt/lists/list";; esac`,
      );
      const env = { ...OFFLINE, PATH: path, XDG_CACHE_HOME: disk.path, DENO_DIR: await denoDirectory() };
      await using stack = await makeBadStack({ env });
      assertRefused(
        await stack.task("up"),
        3,
        /^ {2}Debian package: .*no space left on device/im,
        /cure: free some disk space for ".*\/cache\/vigie", or name another cache with XDG_CACHE_HOME/,
      );
    }),
});

async function fillUp(path: string): Promise<void> {
  using file = await Deno.open(path, { create: true, write: true });
  const block = new Uint8Array(64 * 1024);
  try {
    while (true) await file.write(block);
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOSPC") throw error;
  }
}
