import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../../lib/process.ts";
import { type Confinement, isAbove, startLine } from "./confine.ts";

Deno.test("startLine takes from a program of one's own what it could gain, and leaves alone what has privileges", () => {
  assert.deepEqual(startLine({ path: "/p" }, ["--a"], { as: "self", root: false }), [
    "setpriv",
    "--no-new-privs",
    "--inh-caps=-all",
    "--",
    "/p",
    "--a",
  ]);
  assert.deepEqual(startLine({ path: "/p" }, ["--a"], { as: "unchanged", root: true }), ["/p", "--a"]);
});

Deno.test("startLine covers the directory that holds the stage last", () => {
  const line = startLine({ path: "/p" }, [], {
    as: "other",
    confinement: confinement("/s", {
      closed: [{ path: "/s/local", keep: ["/s/local/data/x"] }, {
        path: "/s/secrets",
        keep: ["/s/secrets/x"],
      }],
      stage: "/s/local/stage",
      capabilities: ["net_raw"],
    }),
  });
  assert.deepEqual(line.filter((word) => /^\d+:/.test(word)), ["1:/s/secrets", "2:/s/local"]);
  assert.ok(line.includes("-all,+net_raw"));
});

Deno.test("isAbove takes whole names", () => {
  assert.equal(isAbove("/a", "/a/b"), true);
  assert.equal(isAbove("/a", "/a"), true);
  assert.equal(isAbove("/a", "/ab"), false);
  assert.equal(isAbove("/", "/ab"), true);
});

Deno.test({
  name: "startLine runs a program as another user, without a privilege, in sight of its own files only",
  ignore: !await mayConfine(),
  async fn() {
    const root = await Deno.makeTempDir({ prefix: "vigie-confine-" });
    try {
      for (
        const path of ["local/data/own", "local/data/other", "local/stage", "secrets/own", "secrets/other"]
      ) {
        await Deno.mkdir(join(root, path), { recursive: true });
      }
      await Deno.writeTextFile(join(root, "local/data/own/left by root"), "");
      await Deno.symlink("/etc/hostname", join(root, "local/data/own/link"));
      await Deno.writeTextFile(join(root, "secrets/own/key"), "mine");
      const before = await Deno.lstat("/etc/hostname");
      const script = `id -u; id -G; pwd; grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/self/status
        cat '${root}/secrets/own/key'; echo; ls '${root}/secrets' '${root}/local/data'; touch '${root}/x' && echo wrote
        touch 'left by root' new && echo kept; kill -0 ${Deno.pid} && echo kills`;
      const [command, ...args] = startLine({ path: "sh" }, ["-c", script], {
        as: "other",
        confinement: confinement(root, {
          closed: [{
            path: root,
            keep: [join(root, "local/data/own"), join(root, "secrets/own")],
          }],
        }),
      });
      const { stdout, stderr } = await run(command!, args);
      const lines = [
        "70123",
        "70124",
        join(root, "local/data/own"),
        "CapEff:\t0000000000000000",
        "CapBnd:\t0000000000000000",
        "NoNewPrivs:\t1",
        "mine",
        `${join(root, "local/data")}:`,
        "own",
        "",
        `${join(root, "secrets")}:`,
        "own",
        "kept",
        "",
      ];
      assert.equal(stdout, lines.join("\n"), stderr);
      assert.equal(
        (await Deno.lstat("/etc/hostname")).uid,
        before.uid,
        "a link is given away, not what it leads to",
      );
      assert.equal((await Deno.stat(join(root, "local/data/other"))).uid, Deno.uid());
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
});

function confinement(root: string, more: Partial<Confinement>): Confinement {
  return {
    uid: 70_123,
    gid: 70_124,
    capabilities: [],
    data: join(root, "local/data/own"),
    stage: join(root, "local/stage"),
    closed: [],
    ...more,
  };
}

async function mayConfine(): Promise<boolean> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  const args = ["-m", "setpriv", "--reuid=70123", "--clear-groups", "true"];
  return await run("unshare", args).then(({ code }) => code === 0, () => false);
}
