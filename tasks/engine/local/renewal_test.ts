import assert from "node:assert/strict";
import { join } from "node:path";
import { defineStack, type StackInput } from "../../stack.ts";
import { renewalWatch } from "./renewal.ts";
import { PROJECT } from "./sources.ts";

function watchOf(tls: StackInput["tls"]) {
  return renewalWatch({
    stack: defineStack({ bind: "127.0.0.2", tls }),
    target: { engine: "local", buildDir: "/b", stateDir: "/s", configDir: "/srv" },
    environment: { PATH: "/bin", HOME: "/root", KEY: "a secret" },
  });
}

Deno.test("renewalWatch looks at the files that the certificate and its key are read from", () => {
  const certificate = "/etc/tls/cert.pem";
  const filesOf = (key: { file: string } | { secret: string } | { env: string }) =>
    watchOf({ mode: "files", certificate, key })!.files;
  assert.deepEqual(filesOf({ file: "key.pem" }), [certificate, "/srv/key.pem"]);
  assert.deepEqual(filesOf({ secret: "tls-key" }), [certificate, "/s/secrets/store/tls-key"]);
  assert.deepEqual(filesOf({ env: "KEY" }), [certificate]);
  assert.equal(watchOf({ mode: "internal" }), undefined);
  assert.equal(watchOf({ mode: "off" }), undefined);
});

Deno.test("renewalWatch runs the task renew with the permissions that deno.json gives it, and no secret", async () => {
  const { command, env } = watchOf({ mode: "files", certificate: "cert.pem", key: { env: "KEY" } })!;
  const { tasks } = JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.json")));
  const permissions = (words: readonly string[]) => words.filter((word) => word.startsWith("--allow-"));
  assert.deepEqual(permissions(command), permissions(tasks.renew.command.split(" ")));
  assert.deepEqual(command.slice(-6), [
    ...["--config", "/srv/config.ts", "--build", "/b", "--state", "/s"],
  ]);
  assert.deepEqual(env, { PATH: "/bin", HOME: "/root" });
});
