import assert from "node:assert/strict";
import { join } from "node:path";
import { docker, dockerAnswers, dockerTool, refusal } from "./docker_cli.ts";
import { Lacking } from "./engine.ts";

/** Puts a program that stands for docker first on PATH; without `script` there is none at all. */
async function standIn(script?: string): Promise<AsyncDisposable> {
  const directory = await Deno.makeTempDir();
  const before = Deno.env.get("PATH") ?? "";
  if (script !== undefined) {
    await Deno.writeTextFile(join(directory, "docker"), `#!/bin/sh\n${script}\n`);
    await Deno.chmod(join(directory, "docker"), 0o755);
  }
  Deno.env.set("PATH", directory);
  return {
    async [Symbol.asyncDispose]() {
      Deno.env.set("PATH", before);
      await Deno.remove(directory, { recursive: true });
    },
  };
}

function versions(engine: string, api: string, compose: string): string {
  return `case "$1" in version) echo "${engine} ${api}";; compose) echo "${compose}";; esac`;
}

Deno.test("dockerAnswers gives the versions of an engine that can be used", async () => {
  await using _docker = await standIn(versions("28.5.2", "1.51", "v2.40.3-3"));
  assert.deepEqual(await dockerAnswers(), { ok: true, version: "28.5.2", compose: "2.40.3-3" });
});

Deno.test("dockerAnswers takes the oldest versions that will do, and newer majors", async () => {
  for (const [api, compose] of [["1.44", "2.23.0"], ["2.0", "5.0.1"]] as const) {
    await using _docker = await standIn(versions("25.0.0", api, compose));
    assert.equal((await dockerAnswers()).ok, true);
  }
});

Deno.test("dockerAnswers says why Docker cannot be used", async () => {
  const reasons: [script: string | undefined, reason: string][] = [
    [undefined, "there is no `docker` command"],
    [versions("24.0.7", "1.43", "2.40.3"), "engine 24.0.7 is too old: 25 is needed"],
    [versions("28.5.2", "1.51", "2.9.0"), "Compose 2.9.0 is too old: 2.23.0 is needed"],
    ['[ "$1" = version ] && echo 28.5.2 1.51 || exit 1', "its Compose plugin (v2) is not installed"],
    [
      "echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?' >&2; exit 1",
      "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    ],
  ];
  for (const [script, reason] of reasons) {
    await using _docker = await standIn(script);
    const answer = await dockerAnswers();
    assert.equal(answer.ok, false);
    assert.equal(answer.reason, reason);
  }
});

Deno.test("dockerTool tells a missing command from a missing plugin", async () => {
  {
    await using _docker = await standIn();
    await assert.rejects(dockerTool(), { name: "Lacking", message: /there is no `docker` command/ });
  }
  {
    await using _docker = await standIn("echo \"docker: 'compose' is not a docker command.\" >&2; exit 1");
    await assert.rejects(dockerTool(), {
      name: "Lacking",
      cure: "install Docker's Compose plugin, version 2",
    });
  }
});

Deno.test("docker throws what docker says, with what to do", async () => {
  await using _docker = await standIn("echo 'some warning' >&2; echo 'Error: no such container' >&2; exit 1");
  await assert.rejects(docker(["stop", "x"]), {
    name: "Lacking",
    message: "`docker stop` failed: Error: no such container",
  });
});

Deno.test("refusal names the cure for what it knows", () => {
  const cures: [stderr: string, cure: RegExp][] = [
    [
      "permission denied while trying to connect to the docker API at unix:///var/run/docker.sock",
      /`docker` group/,
    ],
    ["Cannot connect to the Docker daemon at tcp://x. Is the docker daemon running?", /start Docker/],
    ["write /x: no space left on device", /free some disk space/],
    ["something else", /mend what Docker names/],
  ];
  for (const [stderr, cure] of cures) {
    const error = refusal("docker x", stderr, 1);
    assert.ok(error instanceof Lacking);
    assert.match(error.cure, cure);
  }
  assert.equal(refusal("docker x", "", 3).message, "`docker x` failed: exit code 3");
  assert.equal(refusal("docker x", "", 124).message, "`docker x` failed: no answer in time");
});
