import assert from "node:assert/strict";
import { join } from "node:path";
import { secret, secretCommand } from "../lib/secret_ref.ts";
import { EXIT, Failure } from "./cli.ts";
import { writeStored } from "./secret_store.ts";
import { ensureSecrets, previousPasswords, secretsStamp } from "./secrets.ts";
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

Deno.test("ensureSecrets writes nothing when one secret is not to be had, and names them all", async () => {
  await withState(async ({ root, ensure }) => {
    await ensure(NIGHT);
    const before = filesIn(join(root, "state", "secrets", "webhook"));
    await Deno.remove(join(root, "hook-url"));
    await Deno.writeTextFile(join(root, "slack-url"), "https://another.example");
    await assert.rejects(
      ensure({ ...NIGHT, webhook: { heartbeat: { url: secretCommand("false") } } }),
      (error) =>
        error instanceof Failure && error.exitCode === EXIT.lacking &&
        /Cannot have 2 secrets of config\.ts, and nothing was changed/.test(error.message) &&
        /notify\.receivers\.oncall\[2\]\.urlFile: there is no such file/.test(error.message) &&
        /webhook\.heartbeat\.url: secretCommand\("false"\) ended with exit code 1/.test(error.message),
    );
    assert.deepEqual(filesIn(join(root, "state", "secrets", "webhook")), before);
    const slack = await Deno.readTextFile(join(root, "state", "secrets", "webhook", "oncall-slack.url"));
    assert.equal(slack, "https://made-up.example/slack-url");
  });
});

Deno.test("ensureSecrets keeps what it made, removes what a killed run left, and takes each of the four forms", async () => {
  await withState(async ({ root, ensure }) => {
    const secrets = join(root, "state", "secrets");
    const grafana = { services: { grafana: true } };
    await ensure(grafana);
    const path = join(secrets, "grafana", "admin-password");
    const made = await Deno.readTextFile(path);
    assert.match(made, /^[\w-]{32}$/);
    await Deno.writeTextFile(join(secrets, "grafana", "admin-password.0.tmp"), "half");
    await ensure({ services: { grafana: false } });
    await ensure(grafana);
    assert.equal(await Deno.readTextFile(path), made);
    assert.deepEqual(filesIn(join(secrets, "grafana")), ["admin-password"]);

    await writeStored(join(root, "state"), "grafana", "of one's own");
    await ensure({ ...grafana, grafana: { adminPassword: secret("grafana") } });
    assert.equal(await Deno.readTextFile(path), "of one's own");
    await ensure({ ...grafana, grafana: { adminPassword: secretCommand("printf", "printed\n") } });
    assert.equal(await Deno.readTextFile(path), "printed");
    const before = await previousPasswords(join(root, "state"));
    assert.deepEqual(before, ["of one's own", made], "either may be in Grafana's database");
  });
});
