/** Who may look, on a running stack: the real Caddy before the real webhook, a real directory and a real OpenID provider. */

import { deepEqual, equal, match, ok } from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../lib/process.ts";
import { freePort } from "../free_port.ts";
import { notOnLinux, unless } from "../unless.ts";
import { until } from "../until.ts";
import { browserAt } from "./sign_on/browser.ts";
import { BASE, type Directory, passwordOf, SEARCHER, startDirectory } from "./sign_on/directory.ts";
import { CLIENT, startProvider, type TestProvider } from "./sign_on/provider.ts";
import { unpackSlapd } from "./sign_on/slapd.ts";

const PROJECT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const slapd = notOnLinux === undefined ? await unpackSlapd() : { skip: notOnLinux };
const MACHINE = "machine-p4ss";

interface Places {
  readonly root: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly entry: string;
}

function configText({ ports }: Places, directory: Directory, provider: TestProvider): string {
  const settings = {
    name: `sign-on-${ports.entry}`,
    ports,
    locale: "en",
    hosts: [],
    services: { grafana: false, "node-exporter": false, blackbox: false },
    tls: { mode: "internal" },
    signOn: {
      users: [{ name: "machine", role: "viewer", password: { file: "machine" } }],
      ldap: {
        url: directory.ldap,
        startTls: true,
        ca: "ldap-ca.pem",
        bindDn: SEARCHER.dn,
        bindPassword: { file: "searcher" },
        baseDn: `ou=people,${BASE}`,
        groupBaseDn: `ou=groups,${BASE}`,
        groupFilter: "(member={dn})",
        timeout: "20s",
      },
      openId: {
        name: "Example",
        issuer: provider.issuer,
        ca: "provider-ca.pem",
        clientId: CLIENT.id,
        clientSecret: { file: "client" },
        groupsClaim: "realm.roles",
      },
      roles: { admin: ["sre"], operator: ["on call, night"], viewer: ["staff"] },
    },
  };
  return `import { defineStack } from "vigie";\nexport default defineStack(${
    JSON.stringify(settings, null, 2)
  });\n`;
}

Deno.test({
  ...unless("skip" in slapd ? slapd.skip : undefined, "sign-on guards the entry of a running stack"),
  async fn(t) {
    if ("skip" in slapd) return;
    const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "vigie-sign-on-" }));
    const names = ["prometheus", "alertmanager", "webhook", "entry", "entry-http", "entry-metrics"];
    const ports = Object.fromEntries(names.map((name) => [name, freePort()]));
    const places: Places = { root, ports, entry: `https://localhost:${ports.entry}` };
    const { entry } = places;
    await using directory = await startDirectory(slapd);
    await using provider = await startProvider({
      accounts: [{ name: "olivia", groups: ["sre"] }],
      back: `${entry}/sign-on/openid/back`,
      signedOut: `${entry}/sign-on?out`,
    });
    const files = {
      machine: MACHINE,
      searcher: SEARCHER.password,
      client: CLIENT.secret,
      "ldap-ca.pem": directory.ca,
      "provider-ca.pem": provider.ca,
      "config.ts": configText(places, directory, provider),
    };
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(root, name), text);
    const task = async (name: string, ...args: string[]) => {
      const flags = ["--config", "config.ts", "--build", "build", "--state", "state"]
        .map((each) => each.startsWith("--") ? each : join(root, each));
      return await run(
        Deno.execPath(),
        ["run", "--quiet", "-A", join(PROJECT, "tasks", `${name}.ts`), ...flags, ...args],
        { cwd: PROJECT, timeoutMs: 240_000 },
      );
    };
    let client: Deno.HttpClient | undefined;
    try {
      const up = await task("up", "--engine", "local", "--json");
      equal(up.code, 0, up.stderr);
      const { signOnPasswordFile, entryRootFile } = JSON.parse(up.stdout);
      const first = await Deno.readTextFile(signOnPasswordFile);
      client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(entryRootFile)] });
      const browser = () => browserAt(entry, client!);
      const buildinfo = "/prometheus/api/v1/status/buildinfo";

      await t.step("whoever is not signed in is asked to, and led back", async () => {
        const own = browser();
        const asked = await own.ask("/prometheus/query?g0.expr=up");
        deepEqual([asked.status, asked.headers.get("location")], [
          302,
          "/sign-on?to=%2Fprometheus%2Fquery%3Fg0.expr%3Dup",
        ]);
        const program = await own.ask(buildinfo, { headers: { accept: "application/json" } });
        deepEqual([program.status, program.headers.get("www-authenticate")?.split(" ")[0]], [401, "Basic"]);
        const page = await own.ask(asked.headers.get("location")!);
        equal(page.status, 200);
        match(page.headers.get("content-security-policy")!, /default-src 'none'/);
        match(page.said, /Sign in with Example/);
      });

      await t.step("the first user comes in with the password that up made", async () => {
        const own = browser();
        const response = await own.signIn("admin", first, buildinfo);
        deepEqual([response.status, response.headers.get("location")], [303, buildinfo]);
        match((await own.ask(buildinfo)).said, /"version"/);
        match((await own.ask("/sign-on")).said, /You are signed in as admin/);
      });

      await t.step("people of the directory come in with the roles of their groups", async () => {
        const [bob, carol, dave] = [browser(), browser(), browser()];
        equal((await bob.signIn("bob", passwordOf("bob"))).status, 303);
        equal((await carol.signIn("carol", passwordOf("carol"))).status, 303);
        equal((await dave.signIn("dave", passwordOf("dave"))).status, 403, "interns have no role");
        for (const own of [bob, carol]) equal((await own.ask(buildinfo)).status, 200);
        equal((await bob.silence()).status, 200);
        equal((await carol.silence()).status, 403);
        equal(
          (await bob.ask("/prometheus/-/reload", { method: "POST", headers: { origin: entry } })).status,
          404,
        );
      });

      await t.step("people of the provider come in, and out", async () => {
        const own = browser();
        const there = (await own.ask("/sign-on/openid?to=%2Falertmanager%2Fapi%2Fv2%2Fstatus")).headers.get(
          "location",
        )!;
        const back = await provider.signIn(there, "olivia");
        equal(back.startsWith(`${entry}/sign-on/openid/back?`), true, back);
        const response = await own.ask(back.slice(entry.length));
        deepEqual([response.status, response.headers.get("location")], [303, "/alertmanager/api/v2/status"]);
        equal((await own.ask("/alertmanager/api/v2/status", { headers: { accept: "*/*" } })).status, 200);
        const out = await own.signOut();
        equal(new URL(out.headers.get("location")!).origin, provider.issuer);
        equal((await own.ask(buildinfo)).status, 302);
      });

      await t.step("machines come in by Basic authentication, to what their role may see", async () => {
        const own = browser();
        const headers = { accept: "*/*", authorization: `Basic ${btoa(`machine:${MACHINE}`)}` };
        equal((await own.ask(buildinfo, { headers })).status, 200);
        const refused = await own.ask("/alertmanager/api/v2/silences", {
          method: "POST",
          headers,
          body: "{}",
        });
        equal(refused.status, 403);
        equal((await own.ask("/webhook", { method: "POST", headers, body: "{}" })).status, 404);
      });

      await t.step("a restart of the webhook signs nobody out", async () => {
        const own = browser();
        await own.signIn("admin", first);
        const status = JSON.parse((await task("status", "--json")).stdout);
        const { id } = status.services.find(({ service }: { service: string }) => service === "webhook");
        ok(Number(id) > 1, id);
        Deno.kill(Number(id), "SIGKILL");
        await until("the webhook is back", async () => (await own.ask(buildinfo)).status === 200);
      });

      await t.step("who guesses is made to wait", async () => {
        const own = browser();
        for (let i = 0; i < 5; i++) equal((await own.signIn("carol", "wrong")).status, 401);
        const response = await own.signIn("carol", passwordOf("carol"));
        equal(response.status, 429);
        ok(Number(response.headers.get("retry-after")) > 0);
      });

      await t.step("the log says who came and who did not, and no secret", async () => {
        const { stdout } = await task("logs", "webhook", "--tail", "500");
        match(
          stdout,
          /msg="Signed in" audit=sign-on user=bob source=ldap role=operator address=127\.0\.0\.1/,
        );
        match(stdout, /msg="Signed in" audit=sign-on user=olivia source=openid role=admin/);
        match(
          stdout,
          /msg="Sign-in refused" audit=sign-on reason=no-role user=dave source=ldap groups="cn=interns,/,
        );
        match(stdout, /reason=wrong user=carol/);
        const generated = await textsBelow(join(root, "build"));
        for (const secret of [first, MACHINE, SEARCHER.password, CLIENT.secret, passwordOf("bob")]) {
          equal(stdout.includes(secret) || generated.includes(secret), false);
        }
      });
    } finally {
      client?.close();
      await task("clean", "--yes");
      await Deno.remove(root, { recursive: true });
    }
  },
});

async function textsBelow(directory: string): Promise<string> {
  let all = "";
  for await (const entry of Deno.readDir(directory)) {
    const path = join(directory, entry.name);
    all += entry.isDirectory ? await textsBelow(path) : await Deno.readTextFile(path);
  }
  return all;
}
