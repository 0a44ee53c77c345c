import assert from "node:assert/strict";
import { join } from "node:path";
import { knownSecrets, leaksIn, likenessIn, writtenTexts } from "./leaks.ts";

Deno.test("leaksIn names the file of a secret that shows, and never the secret", async () => {
  const state = await Deno.makeTempDir({ prefix: "vigie-leaks-" });
  try {
    await Deno.mkdir(join(state, "secrets", "store"), { recursive: true });
    await Deno.mkdir(join(state, "local", "logs"), { recursive: true });
    await Deno.writeTextFile(
      join(state, "secrets", "store", "slack-url"),
      "https://hooks.example/T0/secret-part\n",
    );
    await Deno.writeTextFile(join(state, "secrets", "store", "short"), "abc");
    await Deno.writeTextFile(
      join(state, "local", "logs", "webhook.log"),
      "POST https://hooks.example/T0/secret-part",
    );
    const secrets = await knownSecrets(state);
    assert.deepEqual(secrets.map(({ name }) => name), ["secrets/store/slack-url"]);
    const findings = leaksIn(await writtenTexts(join(state, "none"), state), secrets);
    assert.deepEqual(findings.map(({ id, subject }) => [id, subject]), [
      ["security/secret-leaked", join(state, "local", "logs", "webhook.log")],
    ]);
    assert.deepEqual(findings[0]!.evidence, ["holds what is in secrets/store/slack-url"]);
    assert.equal(JSON.stringify(findings).includes("secret-part"), false);
  } finally {
    await Deno.remove(state, { recursive: true });
  }
});

Deno.test("likenessIn sees what looks like a secret in an environment and a command line", async () => {
  const texts = new Map([
    ["the environment of a", "PATH=/bin\nSMTP_PASSWORD=correct-horse-battery"],
    ["the command line of b", "curl\nhttps://me:correct-horse@example.org/"],
    [
      "the environment of c",
      "GF_SECURITY_ADMIN_PASSWORD=$__file{/s/secrets/grafana/admin-password}\nPATH=/bin",
    ],
  ]);
  const findings = await likenessIn(texts);
  assert.deepEqual(findings.map(({ subject }) => subject), ["the environment of a", "the command line of b"]);
  assert.equal(JSON.stringify(findings).includes("correct-horse"), false);
});
