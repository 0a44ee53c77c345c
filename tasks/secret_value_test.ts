import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { secret, secretCommand, secretEnv, secretFile } from "../lib/secret_ref.ts";
import { writeStored } from "./secret_store.ts";
import { type SecretPlaces, type SecretValue, secretValue } from "./secret_value.ts";

async function withPlaces(body: (places: SecretPlaces) => Promise<void>): Promise<void> {
  const configDir = await Deno.makeTempDir({ prefix: "vigie-secret-value-" });
  try {
    await body({ configDir, stateDir: join(configDir, "state") });
  } finally {
    await Deno.remove(configDir, { recursive: true });
  }
}

function reasonOf(value: SecretValue): string {
  return "reason" in value ? value.reason : `got ${value.text}`;
}

Deno.test("secretValue reads the store and files, and says what is missing there", async () => {
  await withPlaces(async (places) => {
    deepEqual(await secretValue(secret("slack-url"), places), {
      reason: 'no secret "slack-url" is set',
      cure: "deno task secret set slack-url",
      missing: true,
    });
    await writeStored(places.stateDir, "slack-url", "https://made-up.example");
    deepEqual(await secretValue(secret("slack-url"), places), { text: "https://made-up.example" });

    equal(reasonOf(await secretValue(secretFile("key"), places)), "there is no such file");
    await Deno.writeTextFile(join(places.configDir, "key"), "\n");
    equal(reasonOf(await secretValue(secretFile("key"), places)), "it is empty");
    await Deno.writeTextFile(join(places.configDir, "key"), "made-up\n");
    deepEqual(await secretValue(secretFile("key"), places), { text: "made-up" });
    equal(reasonOf(await secretValue(secretFile("."), places)), "it is no file");
  });
});

Deno.test("secretValue takes a variable out of the environment, and still knows it", async () => {
  const name = `VIGIE_TEST_${crypto.randomUUID().replaceAll("-", "_")}`;
  await withPlaces(async (places) => {
    equal(reasonOf(await secretValue(secretEnv(name), places)), `the variable ${name} is not set`);
    Deno.env.set(name, "made-up");
    deepEqual(await secretValue(secretEnv(name), places), { text: "made-up" });
    equal(Deno.env.has(name), false, "a program that is started now would inherit it");
    deepEqual(await secretValue(secretEnv(name), places), { text: "made-up" });
  });
});

Deno.test("secretValue takes what a program prints, without a shell and without its last line end", async () => {
  await withPlaces(async (places) => {
    deepEqual(await secretValue(secretCommand("printf", "a $HOME b\n\n"), places), { text: "a $HOME b\n" });
    deepEqual(await secretValue(secretCommand("pwd"), places), {
      text: await Deno.realPath(places.configDir),
    });
  });
});

Deno.test("secretValue repeats nothing that a program printed, or was given, when it fails", async () => {
  await withPlaces(async (places) => {
    const cases: [string[], RegExp][] = [
      [
        ["sh", "-c", "echo canary; echo canary >&2; exit 7"],
        /^secretCommand\("sh", …\) ended with exit code 7$/,
      ],
      [["true", "canary"], /^secretCommand\("true", …\) printed nothing$/],
      [["vigie-no-such-program", "canary"], /^there is no program "vigie-no-such-program"$/],
    ];
    for (const [command, expected] of cases) {
      const value = await secretValue(secretCommand(...command), places);
      match(reasonOf(value), expected);
      doesNotMatch(JSON.stringify(value), /canary/);
    }
  });
});
