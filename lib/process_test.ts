import assert from "node:assert/strict";
import { run } from "./process.ts";

const sh = (script: string, options?: Parameters<typeof run>[2]) => run("/bin/sh", ["-c", script], options);

Deno.test("run gives the exit code and both outputs of a program that fails", async () => {
  const result = await sh("echo out; echo err >&2; exit 3");
  assert.deepEqual(result, { code: 3, stdout: "out\n", stderr: "err\n" });
});

Deno.test("run feeds standard input and adds to the environment", async () => {
  const { stdout } = await sh('cat; printf %s "$VIGIE_TEST"', {
    stdin: "fed ",
    env: { VIGIE_TEST: "added" },
  });
  assert.equal(stdout, "fed added");
});

Deno.test("run takes a program that ends without reading its input", async () => {
  const { code } = await sh("exit 0", { stdin: "x".repeat(1_000_000) });
  assert.equal(code, 0);
});

Deno.test("run shows standard error while the program runs, with characters kept whole", async () => {
  const seen: string[] = [];
  const { stderr } = await sh("printf 'h\\303' >&2; printf '\\251' >&2", {
    onStderr: (text) => seen.push(text),
  });
  assert.equal(stderr, "hé");
  assert.equal(seen.join(""), "hé");
});

Deno.test("run refuses a program that is not there", async () => {
  await assert.rejects(run("/nonexistent/program", []), Deno.errors.NotFound);
});

Deno.test("run ends a program that takes too long with code 124 and gives what it said", async () => {
  const result = await sh("echo begun; exec sleep 60", { timeoutMs: 200 });
  assert.deepEqual(result, { code: 124, stdout: "begun\n", stderr: "" });
});

Deno.test("run does not wait for what a killed program started", async () => {
  // The background sleep inherits the pipes and outlives the shell.
  const result = await sh("sleep 5 & echo $!; wait", { timeoutMs: 200 });
  assert.equal(result.code, 124);
  const pid = Number(result.stdout);
  assert.ok(isAlive(pid), "the program that holds the pipes ended by itself: the test proves nothing");
  Deno.kill(pid, "SIGKILL");
});

Deno.test("run ends a program when its signal aborts", async () => {
  const stop = new AbortController();
  const result = await sh("echo ready >&2; exec sleep 60", {
    signal: stop.signal,
    onStderr: () => stop.abort(),
  });
  assert.equal(result.code, 137);
  assert.equal(result.stderr, "ready\n");
});

Deno.test("run ends a program at once when its signal aborted before", async () => {
  const { code } = await sh("exec sleep 60", { signal: AbortSignal.abort() });
  assert.equal(code, 137);
});

function isAlive(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}
