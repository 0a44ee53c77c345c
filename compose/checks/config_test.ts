import assert from "node:assert/strict";
import { join } from "node:path";
import { type CheckContext, Skipped } from "../../lib/check.ts";
import { configCheck } from "./config.ts";

async function check(text: string | undefined, tool: CheckContext["tool"]) {
  const buildDir = await Deno.makeTempDir();
  try {
    if (text !== undefined) await Deno.writeTextFile(join(buildDir, "compose.yaml"), text);
    return await configCheck.run({
      files: new Map(text === undefined ? [] : [["compose.yaml", text]]),
      buildDir,
      stateDir: buildDir,
      locale: "en",
      urls: {},
      tool,
      signal: new AbortController().signal,
    });
  } finally {
    await Deno.remove(buildDir, { recursive: true });
  }
}

/** A program that stands for docker: prints `stderr` and ends with `code`. */
async function standIn(code: number, stderr: string): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(
    path,
    `#!/bin/sh\n[ "$1 $2 $3 $6" = "compose --ansi never config" ] || exit 9\ncat >&2 <<'END'\n${stderr}END\nexit ${code}\n`,
  );
  await Deno.chmod(path, 0o755);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}

Deno.test("compose/config finds nothing in a file that Compose accepts", async () => {
  await using docker = await standIn(0, "");
  assert.deepEqual(await check("services: {}\n", () => Promise.resolve(docker.path)), []);
});

Deno.test("compose/config reports what Compose refuses, with the line where Compose says it", async () => {
  await using docker = await standIn(15, "yaml: line 2: mapping values are not allowed in this context\n");
  const [problem, ...others] = await check("a: b: c\n", () => Promise.resolve(docker.path));
  assert.deepEqual(others, []);
  assert.equal(problem!.severity, "error");
  assert.equal(problem!.file, "compose.yaml");
  assert.equal(problem!.line, 2);
  assert.equal(
    problem!.message,
    "Docker Compose refuses the file: yaml: line 2: mapping values are not allowed in this context",
  );
});

Deno.test("compose/config reports what Compose warns about as a warning", async () => {
  await using docker = await standIn(0, 'level=warning msg="The \\"X\\" variable is not set"\n');
  assert.deepEqual((await check("x\n", () => Promise.resolve(docker.path))).map(({ severity }) => severity), [
    "warning",
  ]);
});

Deno.test("compose/config is skipped without a docker command, and without a file", async () => {
  const none = () => Promise.reject(new Skipped("there is no `docker` command"));
  await assert.rejects(check("services: {}\n", none), Skipped);
  await assert.rejects(check(undefined, none), Skipped);
});
