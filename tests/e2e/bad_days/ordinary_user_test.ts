/** The same as an ordinary user: what is closed to them is said, and what is root's is left alone. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../../lib/process.ts";
import { prepareForNobody, reasonAgainstNobody } from "../nobody.ts";
import { assertInterrupted, assertRefused, makeBadStack } from "./bad_stack.ts";
import { smallDisk } from "./poor_machine.ts";
import { unless } from "../../unless.ts";

const whyNot = await reasonAgainstNobody();

Deno.test({
  ...unless(whyNot, `an ordinary user's bad days`),
  async fn(t) {
    const root = await Deno.makeTempDir({ prefix: "vigie-nobody-" });
    try {
      const nobody = await prepareForNobody(root);
      const parent = join(root, "tmp");
      const make = async (stateDir?: string) => {
        const stack = await makeBadStack({ ...nobody, parent, stateDir });
        await openToAll(stack.directory);
        return stack;
      };
      await t.step("a state directory that may not be made or written", async () => {
        const closed = join(root, "closed");
        await Deno.mkdir(closed, { mode: 0o755 });
        for (const stateDir of [closed, join(closed, "state")]) {
          await using stack = await make(stateDir);
          const says = [
            /"[^"]*\/closed\/[^"]*": permission denied/,
            /cure: give your user access to that path/,
          ];
          assertRefused(await stack.task("up"), 3, ...says);
          const { code, stdout } = await stack.task("up", "--json");
          assert.equal(code, 3);
          assert.match(JSON.parse(stdout).error, says[0]!);
          assert.deepEqual(await Array.fromAsync(Deno.readDir(closed)), []);
        }
      });
      await t.step("a build directory that may not be written", async () => {
        await using stack = await make();
        await Deno.mkdir(stack.buildDir, { mode: 0o755 });
        assertRefused(
          await stack.task("up"),
          3,
          /Cannot write ".*\/build\/.*": permission denied/,
          /cure: give your user/,
        );
        assert.deepEqual(await stack.alive(), []);
      });
      await t.step("a cache that may not be written", async () => {
        const closed = join(root, "closed-cache");
        await Deno.mkdir(closed, { mode: 0o755 });
        await using stack = await makeBadStack({
          ...nobody,
          parent,
          deno: nobody.deno.map((part) =>
            part.startsWith("XDG_CACHE_HOME=") ? `XDG_CACHE_HOME=${closed}` : part
          ),
        });
        await openToAll(stack.directory);
        const says =
          /cannot write to the cache: Cannot make the directory ".*\/closed-cache\/vigie.*": permission denied/;
        const cure =
          /cure: give your user write access to ".*\/closed-cache\/vigie", or name another cache with XDG_/;
        assertRefused(await stack.task("up"), 3, says, cure);
      });
      await t.step("a port of somebody else's program", async () => {
        await using stack = await make();
        const listener = Deno.listen({ hostname: "127.0.0.1", port: stack.ports.webhook });
        try {
          const says = new RegExp(
            `Port ${stack.ports.webhook} of webhook is taken by another user's program`,
          );
          assertRefused(await stack.task("up"), 3, says, /cure: .*`ports: \{ webhook: … \}`/);
        } finally {
          listener.close();
        }
        await stack.up();
        assert.equal((await stack.task("clean", "--yes")).code, 0);
      });
      await t.step("root's stack", async () => {
        await using roots = await makeBadStack({ parent });
        await Deno.chmod(roots.directory, 0o755);
        await roots.up();
        const pids = await roots.pids();
        await using stack = await make(roots.stateDir);
        for (const task of ["up", "down", "clean"]) {
          const args = task === "clean" ? ["--yes"] : [];
          assertRefused(
            await stack.task(task, ...args),
            3,
            /permission denied/,
            /cure: give your user access/,
          );
        }
        assert.deepEqual(await roots.pids(), pids);
      });
      await t.step("a full disk, and Ctrl-C", async () => {
        await using disk = await smallDisk(join(root, "disk"), "nr_inodes=50");
        await openToAll(disk.path);
        await using stack = await make(join(disk.path, "state"));
        assertRefused(await stack.task("up"), 3, /no space left on device/, /cure: free some disk space/);
        assert.equal((await stack.task("down")).code, 0);
        await disk.grow();
        const up = stack.start("up");
        await up.seen(/^start /m);
        up.kill("SIGINT");
        assertInterrupted(await up.ended);
        await stack.up();
        assert.equal((await stack.task("status")).code, 0);
        assert.equal((await stack.task("clean", "--yes")).code, 0);
      });
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
});

/** Lets every user make files in `directory`. */
async function openToAll(directory: string): Promise<void> {
  const { code, stderr } = await run("chmod", ["777", directory]);
  if (code !== 0) throw new Error(`Cannot prepare the test: ${stderr}`);
}
