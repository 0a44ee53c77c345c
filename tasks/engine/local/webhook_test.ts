import assert from "node:assert/strict";
import { join } from "node:path";
import { newest } from "./sources.ts";
import { webhookProgram } from "./webhook.ts";

const TARGET = { engine: "local", buildDir: "/b", stateDir: "/s", configDir: "/" } as const;

Deno.test("webhookProgram takes the compiled webhook when it is younger than all of its source", async () => {
  const project = await Deno.makeTempDir({ prefix: "vigie-webhook-" });
  try {
    const write = async (path: string, seconds: number) => {
      await Deno.mkdir(join(project, path, ".."), { recursive: true });
      await Deno.writeTextFile(join(project, path), "");
      await Deno.utime(join(project, path), seconds, seconds);
    };
    await write("webhook/channels/mod.ts", 100);
    await write("lib/text.ts", 90);
    await write("deno.json", 80);
    const source = await webhookProgram(TARGET, "/s/local", project);
    assert.equal(source.command.at(-1), join(project, "webhook", "main.ts"));
    const assets = join(project, "dist", "assets");
    assert.ok(
      source.command.includes(
        `--allow-read=/s/local/data/webhook,/b/local/webhook,/s/secrets/webhook,${assets}`,
      ),
    );
    assert.ok(!source.command.includes("-A"));

    await write("dist/webhook", 101);
    assert.deepEqual((await webhookProgram(TARGET, "/s/local", project)).command, [
      join(project, "dist", "webhook"),
    ]);
    await write("webhook/channels/mod_test.ts", 200);
    assert.equal((await webhookProgram(TARGET, "/s/local", project)).command.length, 1);
    await write("webhook/channels/slack.ts", 200);
    const again = await webhookProgram(TARGET, "/s/local", project);
    assert.ok(again.command.length > 1);
    assert.notEqual(again.fingerprint, source.fingerprint);
  } finally {
    await Deno.remove(project, { recursive: true });
  }
});

Deno.test("newest is 0 for what is not there", async () => {
  assert.equal(await newest("/nowhere/at/all"), 0);
});
