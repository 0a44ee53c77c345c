import assert from "node:assert/strict";
import { join } from "node:path";
import { debianSource } from "./debian.ts";
import { temporaryDirectory, wantedOf } from "./testing.ts";
import { unless } from "../../tests/unless.ts";

const hasApt = await new Deno.Command("apt-get", { args: ["--version"], stdout: "null", stderr: "null" })
  .output()
  .then(({ success }) => success, () => false);

Deno.test("debianSource knows that Debian has no Grafana", async () => {
  await assert.rejects(debianSource().find(wantedOf("grafana", "12.4.0", "/nowhere")), {
    name: "Unavailable",
    message: "Debian has no grafana",
  });
});

Deno.test({
  ...unless(
    hasApt ? undefined : "there is no apt here",
    "debianSource refuses a mirror whose lists nobody it trusts has signed, and names each mirror",
  ),
  async fn() {
    await using directory = await temporaryDirectory();
    const keyring = join(directory.path, "empty.gpg");
    await Deno.writeTextFile(keyring, "");
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) =>
        request.url.endsWith("/InRelease")
          ? new Response("Origin: Debian\nSuite: forky\nCodename: forky\n")
          : new Response("no", { status: 404 }),
    );
    const mirrors = ["a", "b"].map((name) => `http://127.0.0.1:${server.addr.port}/${name}`);
    const source = debianSource({ mirrors, keyring });
    const error = await source.find(wantedOf("amtool", "0.33.1", join(directory.path, "cache"))).catch((
      error,
    ) => error);
    await server.shutdown();
    assert.equal(error.name, "Unavailable");
    for (const mirror of mirrors) {
      assert.ok(error.message.includes(`${mirror}: cannot fetch the package lists: `), error.message);
    }
  },
});
