import assert from "node:assert/strict";
import { type Container, isReady, pickLines, whyFailed } from "./docker_containers.ts";

function container(changes: Partial<Container> = {}): Container {
  return {
    service: "prometheus",
    id: "abc",
    name: "vigie-prometheus-1",
    image: "prom/prometheus:v3.5.3",
    state: "running",
    health: "healthy",
    exitCode: 0,
    error: "",
    oomKilled: false,
    startedAt: "2026-01-01T00:00:00Z",
    restarts: 0,
    healthOutput: "",
    entrypoint: [],
    networks: [],
    composeFile: "/srv/build/compose.yaml",
    ...changes,
  };
}

Deno.test("whyFailed gives no reason for a container that serves, or still may", () => {
  assert.equal(whyFailed(container()), undefined);
  assert.equal(whyFailed(container({ health: "starting" })), undefined);
  assert.equal(whyFailed(container({ state: "created", health: "none" })), undefined);
});

Deno.test("whyFailed gives the reason of a container that will not serve", () => {
  const reasons: [Partial<Container>, string][] = [
    [{ state: "exited", exitCode: 2 }, "it ended with exit code 2"],
    [
      { state: "exited", exitCode: 137, oomKilled: true },
      "it used more memory than its limit, and was killed",
    ],
    [{ state: "restarting", exitCode: 1 }, "it ends again and again, with exit code 1"],
    [{ state: "paused" }, "it is paused"],
    [{ health: "unhealthy" }, "its health check fails"],
    [
      { health: "unhealthy", healthOutput: "wget: server returned error\nHTTP/1.1 503" },
      "its health check fails: HTTP/1.1 503",
    ],
    [{ state: "created", error: "address already in use" }, "address already in use"],
  ];
  for (const [changes, reason] of reasons) assert.equal(whyFailed(container(changes)), reason);
});

Deno.test("isReady wants a running container whose health check passes", () => {
  assert.equal(isReady(container()), true);
  assert.equal(isReady(container({ health: "starting" })), false);
  assert.equal(isReady(container({ state: "exited" })), false);
});

Deno.test("pickLines gives the last lines, which say what is wrong", () => {
  assert.deepEqual(pickLines(["a", "b", "level=ERROR msg=c", "d"], 2), ["level=ERROR msg=c", "d"]);
  assert.deepEqual(pickLines(["a"], 2), ["a"]);
  assert.deepEqual(pickLines([], 2), []);
});

Deno.test("pickLines brings back an error that pages of help follow, once however often it was printed", () => {
  const help = Array.from({ length: 9 }, (_, i) => `  --flag-${i}=[debug, error]`);
  const run = ["Error parsing command line arguments: unknown flag", ...help];
  assert.deepEqual(pickLines([...run, ...run], 3), [run[0], ...help.slice(-2)]);
});
