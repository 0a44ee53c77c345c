import assert from "node:assert/strict";
import type { CheckContext } from "../../lib/check.ts";
import { Skipped } from "../../lib/check.ts";
import { binary } from "../../tasks/binaries/mod.ts";
import { renderEntry } from "../mod.ts";
import { configCheck } from "./config.ts";

const LINKS: Parameters<typeof renderEntry>[0] = {
  stack: "vigie",
  tls: { mode: "files", certificate: "tls/chain.pem", key: { file: "tls/key.pem" } },
  name: "monitoring.example.org",
  aliases: ["vigie.example.org"],
  hsts: true,
  ports: { https: 8443, http: 8081, metrics: 9097 },
  admin: "admin.sock",
  files: { certificate: "/run/secrets/vigie/certificate", key: "/run/secrets/vigie/key" },
  gate: "127.0.0.1:9094",
  services: [{
    name: "webhook",
    address: "127.0.0.1:9094",
    url: "https://monitoring.example.org:8443",
    closed: ["/webhook"],
    open: ["/sign-on/*"],
  }],
};

async function check(text: string | undefined) {
  return await configCheck.run({
    files: new Map(text === undefined ? [] : [["entry/Caddyfile", text]]),
    tool: async () => (await binary("caddy")).path,
    signal: new AbortController().signal,
  } as unknown as CheckContext);
}

Deno.test("entry/config takes what the entry renders, and names the line that Caddy refuses", async () => {
  const good = renderEntry(LINKS).get("entry/Caddyfile")!;
  assert.deepEqual(await check(good), []);
  const at = good.split("\n").findIndex((line) => /^\s*reverse_proxy /.test(line));
  assert.ok(at > 0, good);
  const bad = good.split("\n").with(at, "\t\treverse_prxy 127.0.0.1:9094 {").join("\n");
  const [problem, ...others] = await check(bad);
  assert.deepEqual(others, []);
  assert.equal(problem!.file, "entry/Caddyfile");
  assert.match(problem!.message, /^Caddy refuses it: .*reverse_prxy/);
});

Deno.test("entry/config is skipped where there is no entry", async () => {
  await assert.rejects(check(undefined), new Skipped("`tls` is off: there is no entry"));
});
