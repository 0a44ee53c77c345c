import assert from "node:assert/strict";
import { join } from "node:path";
import { ensureSecrets, secretsStamp } from "./secrets.ts";
import { defineStack, type StackInput } from "./stack.ts";

const NIGHT: StackInput = {
  services: { grafana: false },
  notify: {
    receivers: {
      console: [{ kind: "console" }],
      oncall: [
        { kind: "slack", urlFile: "slack-url" },
        { kind: "slack", via: "alertmanager", urlFile: "slack-url" },
        {
          kind: "webhook",
          urlFile: "hook-url",
          secretFile: "hook-secret",
          previousSecretFile: "hook-secret",
        },
      ],
    },
  },
  webhook: { heartbeat: { urlFile: "heartbeat-url" } },
};

async function withState(
  body: (
    place: { root: string; ensure: (input: StackInput) => Promise<void>; stamp: () => Promise<string> },
  ) => Promise<
    void
  >,
): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "vigie-secrets-" });
  try {
    for (const name of ["slack-url", "hook-url", "hook-secret", "heartbeat-url"]) {
      const text = name.endsWith("url")
        ? `https://made-up.example/${name}`
        : "whsec_bWFkZS11cC1tYWRlLXVwLW1hZGUtdXAtMDA=";
      await Deno.writeTextFile(join(root, name), `${text}\n`);
    }
    const stateDir = join(root, "state");
    await body({
      root,
      ensure: (input) =>
        ensureSecrets(defineStack(input), {
          engine: "docker",
          buildDir: join(root, "build"),
          stateDir,
          configDir: root,
        }),
      stamp: () => secretsStamp(stateDir, "webhook"),
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

function filesIn(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}

Deno.test("ensureSecrets gives each service the secrets that it reads, and takes back what it reads no more", async () => {
  await withState(async ({ root, ensure }) => {
    const secrets = join(root, "state", "secrets");
    await ensure(NIGHT);
    assert.deepEqual(filesIn(join(secrets, "webhook")), [
      "heartbeat-url",
      "oncall-slack.url",
      "oncall-webhook.previous-secret",
      "oncall-webhook.secret",
      "oncall-webhook.url",
    ]);
    assert.deepEqual(filesIn(join(secrets, "alertmanager")), ["oncall-slack-2.url"]);
    const text = await Deno.readTextFile(join(secrets, "webhook", "oncall-webhook.url"));
    assert.equal(text, "https://made-up.example/hook-url", "without the line end that editors add");
    assert.equal((await Deno.stat(secrets)).mode! & 0o777, 0o700);

    await ensure({ services: { grafana: false } });
    assert.deepEqual(filesIn(join(secrets, "webhook")), []);
    assert.deepEqual(filesIn(join(secrets, "alertmanager")), []);
  });
});

Deno.test("secretsStamp changes with a secret, with their number, and with nothing else", async () => {
  await withState(async ({ root, ensure, stamp }) => {
    assert.equal(await stamp(), "", "none yet");
    await ensure(NIGHT);
    const first = await stamp();
    await ensure(NIGHT);
    assert.equal(await stamp(), first);

    await Deno.writeTextFile(join(root, "hook-url"), "https://another.example");
    await ensure(NIGHT);
    const second = await stamp();
    assert.notEqual(second, first);

    await ensure({ ...NIGHT, webhook: {} });
    assert.notEqual(await stamp(), second);
    assert.doesNotMatch(`${first}${second}`, /made-up|another/);
  });
});
