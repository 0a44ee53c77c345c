import assert from "node:assert/strict";
import { defineStack, type StackInput } from "../stack.ts";
import type { StackContext } from "./context.ts";
import { secretsCheck } from "./secrets.ts";

const TOKEN = ["xoxb", "-123456789012-1234567890123-", "abcdefghijklmnopqrstuvwx"].join("");

async function problems(input: StackInput, files: Record<string, string> = {}) {
  const context = { config: defineStack(input), files: new Map(Object.entries(files)) };
  return await secretsCheck.run(context as unknown as StackContext);
}

Deno.test("config/secrets finds nothing in a configuration that names files", async () => {
  const found = await problems(
    { notify: { receivers: { console: [{ kind: "slack", urlFile: "secrets/slack-url" }] } } },
    { "webhook/webhook.json": '{ "urlFile": "/run/secrets/vigie/slack-url" }\n' },
  );
  assert.deepEqual(found, []);
});

Deno.test("config/secrets names the key of a secret in config.ts, once, and never the secret", async () => {
  const found = await problems(
    { hosts: [{ name: "web-1", labels: { note: `see ${TOKEN}` } }] },
    { "prometheus/prometheus.yml": `labels:\n  note: see ${TOKEN}\n` },
  );
  assert.deepEqual(found.map(({ message, config }) => [message, config]), [
    ["hosts[0].labels.note holds what looks like a secret: a slack token", ["hosts", 0, "labels", "note"]],
  ]);
  assert.ok(!JSON.stringify(found).includes(TOKEN));
});

Deno.test("config/secrets finds a secret that only a generated file holds, with its place", async () => {
  const found = await problems({}, {
    "compose.yaml":
      "services:\n  grafana:\n    environment:\n      GF_SECURITY_ADMIN_PASSWORD: correct-horse\n",
  });
  assert.deepEqual(
    found.map(({ file, line, column, length, message }) => ({ file, line, column, length, message })),
    [{
      file: "compose.yaml",
      line: 4,
      column: 35,
      length: 13,
      message: 'compose.yaml holds what looks like a secret: the value of "GF_SECURITY_ADMIN_PASSWORD"',
    }],
  );
});
