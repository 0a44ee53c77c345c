import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import { BadConfig } from "./read_config.ts";
import { readSettings } from "./settings.ts";

async function withFiles(files: Record<string, string>, test: (directory: string) => Promise<void>) {
  const directory = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(directory, name), text);
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("readSettings without a file is the console and no secret", async () => {
  const { channels, credentials, heartbeatUrl, redact } = await readSettings(undefined);
  deepEqual([...channels.keys()], ["console"]);
  equal(channels.get("console")!.maxAgeMs, 86_400_000);
  deepEqual(credentials, { bearers: [], users: [], hmacs: [] });
  equal(heartbeatUrl, undefined);
  equal(redact("nothing to hide"), "nothing to hide");
});

Deno.test("readSettings reads what files hold, and hides it", async () => {
  await withFiles({
    one: "token-one\n",
    two: "token-two",
    users: "# who may\nann:$2y$10$abc\n\nbob:$2y$10$def\n",
    beat: "https://hc.example.org/ping/4711\n",
  }, async (directory) => {
    const path = join(directory, "webhook.json");
    const at = (name: string) => join(directory, name);
    await Deno.writeTextFile(
      path,
      JSON.stringify({
        auth: { bearerFiles: [at("one"), at("two")], basicFile: at("users") },
        heartbeat: { urlFile: at("beat") },
      }),
    );
    const settings = await readSettings(path);
    deepEqual(settings.credentials.bearers, ["token-one", "token-two"]);
    deepEqual(settings.credentials.users, ["ann:$2y$10$abc", "bob:$2y$10$def"]);
    equal(settings.heartbeatUrl, "https://hc.example.org/ping/4711");
    equal(settings.redact("GET /ping/4711 with token-two"), "GET <secret> with <secret>");
  });
});

Deno.test("readSettings names every file that it cannot use, and quotes none", async () => {
  await withFiles({ empty: " \n", beat: "not a url" }, async (directory) => {
    const path = join(directory, "webhook.json");
    const at = (name: string) => join(directory, name);
    await Deno.writeTextFile(
      path,
      JSON.stringify({
        auth: { bearerFiles: [at("missing"), at("empty")] },
        heartbeat: { urlFile: at("beat") },
      }),
    );
    await rejects(readSettings(path), (error) => {
      equal(error instanceof BadConfig, true);
      equal(
        (error as Error).message,
        [
          `Cannot use "${path}":`,
          `  auth.bearerFiles[0]: Cannot read "${at("missing")}": there is no such file`,
          `  auth.bearerFiles[1]: Cannot read "${at("empty")}": it is empty`,
          "  heartbeat.urlFile: expected an http or https URL, alone in its file",
        ].join("\n"),
      );
      return true;
    });
  });
});

Deno.test("readSettings says what a secret must look like, and does not repeat it", async () => {
  await withFiles({ token: "two words", secret: "no base64!", pem: "text" }, async (directory) => {
    const path = join(directory, "webhook.json");
    const at = (name: string) => join(directory, name);
    const mail = { kind: "email", to: "a@example.org", from: "b@example.org", smarthost: "localhost:25" };
    const channels = [
      { kind: "telegram", chatId: 1, tokenFile: at("token") },
      { kind: "ntfy", topic: "t", tokenFile: at("token") },
      { kind: "webhook", url: "https://hook.example/", secretFile: at("secret"), previousSecret: "bm8=" },
      { ...mail, caFile: at("pem") },
    ];
    await Deno.writeTextFile(
      path,
      JSON.stringify({ channels: channels.map((channel, i) => ({ name: `c${i}`, ...channel })) }),
    );
    await rejects(readSettings(path), (error) => {
      equal(
        (error as Error).message,
        [
          `Cannot use "${path}":`,
          '  channels[0].tokenFile: expected a bot\'s token such as "123456:ABC-DEF", alone in its file',
          "  channels[1].tokenFile: expected letters, digits and signs without spaces, alone in its file",
          "  channels[2].secretFile: expected base64, such as `openssl rand -base64 32` makes, alone in its file",
          "  channels[3].caFile: expected a certificate, PEM",
        ].join("\n"),
      );
      return true;
    });
  });
});
