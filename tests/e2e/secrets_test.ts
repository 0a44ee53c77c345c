/** Where secrets go on a running stack: to the services that need them, and nowhere else. */

import { deepStrictEqual, equal, match, ok } from "node:assert/strict";
import { dirname, join } from "node:path";
import { run } from "../../lib/process.ts";
import { findAlive } from "../../tasks/engine/local/control.ts";
import { notOnLinux, unless } from "../unless.ts";
import { until } from "../until.ts";
import { standInGrafana } from "./local/stand_in_grafana.ts";
import { CANARIES, COMMAND, FILE, findCanary } from "./secrets/canaries.ts";
import { filesBelow, leaksIn, makeCanaryStack, textOf } from "./secrets/canary_stack.ts";

Deno.test({
  ...unless(notOnLinux, "secrets reach the services that need them, and are found nowhere else"),
  async fn(t) {
    const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "vigie-canaries-" }));
    await Deno.mkdir(join(root, "bin"));
    const stack = await makeCanaryStack(root, {
      name: "canaries",
      more: 'engine: "local",',
      env: { PATH: `${await standInGrafana(join(root, "bin"))}:${Deno.env.get("PATH")}` },
    });
    const more: string[] = [];
    try {
      await t.step("up says what is not set, and how to set it, before anything changes", async () => {
        const { code, stderr } = await stack.task("up");
        equal(code, 3, stderr);
        match(
          stderr,
          /Cannot use secret\("slack-url"\) as url: no secret "slack-url" is set\n +--> .*config\.ts:\d+:\d+/,
        );
        match(stderr, /cure: deno task secret set slack-url/);
        deepStrictEqual(await namesIn(root), ["bin", "config.ts", FILE, COMMAND].sort());
      });
      await t.step("check judges the configuration without them", async () => {
        const { code, stdout } = await stack.task("check", [
          "--json",
          "--only",
          "config,alertmanager,prometheus/config",
        ]);
        equal(code, 0, stdout);
        match(stdout, /no secret \\"slack-url\\" is set/);
      });
      await stack.succeeds("secret", ["set", "slack-url"], `${CANARIES["slack-url"]}\n`);
      await stack.fillStore("slack-url");
      for (const task of ["generate", "check", "up", "status", "doctor", "secret"]) {
        const args = task === "secret" ? ["list", "--json"] : ["--json"];
        await t.step(`${task} tells none`, async () => {
          const done = await stack.task(task, args);
          // The doctor finds that nothing can be told.
          ok(done.code === 0 || task === "doctor", `${task}: ${done.stdout}${done.stderr}`);
        });
      }
      await t.step("services that fail to tell say so without them", async () => {
        await stack.tellAll();
        const failed = /vigie_webhook_consecutive_failures\{channel="([^"]+)"\} [1-9]/g;
        await until("every destination has failed", async () => {
          const metrics = await textOf(`${stack.url("webhook")}/metrics`);
          const own = await textOf(`${stack.url("alertmanager")}/metrics`);
          const natively = [
            ...own.matchAll(
              /alertmanager_notification_requests_failed_total\{integration="(slack|pagerduty|email)"[^}]*\} [1-9]/g,
            ),
          ];
          return new Set([...metrics.matchAll(failed)].map(([, channel]) => channel)).size >= 9 &&
            natively.length >= 3;
        });
        more.push(...await stack.signIn(), ...await madeSecrets(root));
        ok(more.length > 3);
        const { code, stderr } = await stack.task("backup", ["--json"]);
        // Grafana's stand-in has no database of SQLite's; the rest is saved.
        equal(code, 1, stderr);
        match(stderr, /is not complete:\n +grafana: Cannot copy Grafana's database .*\n(?! )/);
        await stack.succeeds("restore", ["--list", "--json"]);
        for (const service of ["webhook", "alertmanager", "grafana", "entry", "backup"]) {
          await stack.succeeds("logs", [service, "--tail", "2000"]);
        }
      });
      await t.step("their pages and APIs show none", () => stack.lookAtPages());
      await t.step("no command line and no environment has one", async () => {
        let seen = 0;
        const script = 'grep -lsaF -- "$0" /proc/[0-9]*/cmdline /proc/[0-9]*/environ';
        const { stdout } = await run("sh", ["-c", script, root]);
        for (const name of new Set(stdout.match(/(?<=^\/proc\/)\d+/gm))) {
          const [cmdline, environ] = await Promise.all(
            ["cmdline", "environ"].map((file) => procText(name, file)),
          );
          if (!`${cmdline}${environ}`.includes(root)) continue;
          if (environ!.includes("VIGIE_SERVICE=") || environ!.includes(join(root, "state", "local"))) seen++;
          stack.told.set(`cmdline of ${name}`, cmdline!);
          stack.told.set(`environ of ${name}`, environ!);
        }
        ok(seen >= 7, `${seen} processes of the stack were seen`);
      });
      await t.step("nothing of all that holds one", () => {
        deepStrictEqual(leaksIn(stack.told, more), []);
        ok(stack.told.size > 30);
      });
      await t.step("no file holds one but those of the secrets", async () => {
        const holding = (await filesBelow(root, ["bin"])).filter(([, text]) =>
          findCanary(text) >= 0 || more.some((each) => text.includes(each))
        ).map(([path]) => path);
        const elsewhere = holding.filter((path) => !path.startsWith("state/secrets/"));
        const entry = "state/local/data/entry/";
        deepStrictEqual(
          elsewhere.filter((path) => !path.startsWith(entry)).sort(),
          // Grafana's stand-in has its database, as Grafana has.
          [COMMAND, FILE, "state/local/data/grafana/grafana.db"].sort(),
        );
        const kept = elsewhere.filter((path) => path.startsWith(entry));
        ok(kept.length > 0 && kept.every((path) => path.endsWith(".key")), kept.join());
        for (const path of ["state/secrets", "state/secrets/store"]) {
          equal((await Deno.stat(join(root, path))).mode! & 0o777, 0o700, path);
        }
        const others = holding.filter((path) =>
          path.startsWith("state/secrets/") && !path.startsWith("state/secrets/store/")
        );
        deepStrictEqual(
          others.map((path) => dirname(path).slice("state/secrets/".length)).filter((name, i, all) =>
            all.indexOf(name) === i
          ).sort(),
          ["alertmanager", "backup", "grafana", "prometheus", "webhook"],
        );
      });
      await t.step({
        ...unless(
          Deno.uid() === 0 ? undefined : "only root starts services as others",
          "a service sees its own only",
        ),
        async fn() {
          const { services } = await findAlive(join(root, "state", "local"));
          for (const { service, pid } of services) {
            // It saves what the others are told as well: docs/secrets.md.
            if (service === "backup") continue;
            const list = ["ls", "-A", join(root, "state", "secrets")];
            const { stdout } = await run("nsenter", ["--target", String(pid), "--mount", ...list]);
            deepStrictEqual(stdout.split("\n").filter(Boolean), [service], service);
            const [owner] = (await run("stat", ["-c", "%u", `/proc/${pid}`])).stdout.split("\n");
            for (const name of await namesIn(join(root, "state", "secrets", service))) {
              const { uid, mode } = await Deno.stat(join(root, "state", "secrets", service, name));
              deepStrictEqual([String(uid), mode! & 0o777], [owner, 0o400], name);
            }
          }
        },
      });
      await t.step("Grafana takes a changed password, and no other any more", async () => {
        const before = CANARIES["grafana-password"];
        equal(await logsIn(stack.url("grafana"), before), 200);
        await stack.succeeds("secret", ["rotate", "grafana-password"], `${before}-changed`);
        await stack.succeeds("up");
        equal(await logsIn(stack.url("grafana"), `${before}-changed`), 200);
        equal(await logsIn(stack.url("grafana"), before), 401);
        deepStrictEqual((await namesIn(join(root, "state", "secrets"))).includes("previous"), false);
      });
      await t.step("an up that cannot have one says so and changes nothing", async () => {
        const path = join(root, COMMAND);
        const text = await Deno.readTextFile(path);
        await Deno.remove(path);
        const { code, stderr } = await stack.task("up");
        equal(code, 3, stderr);
        match(
          stderr,
          /notify\.receivers\.told\[10\]\.routingKey: secretCommand\("cat", …\) ended with exit code 1/,
        );
        await Deno.writeTextFile(path, text);
      });
    } finally {
      await stack.succeeds("clean", ["--yes"]);
      await Deno.remove(root, { recursive: true });
    }
  },
});

/** What was made on the first `up`: the first user's password, and the keys of the entry's authority. */
async function madeSecrets(root: string): Promise<string[]> {
  const authority = join(root, "state", "local", "data", "entry", "pki", "authorities", "local");
  const keys = await Promise.all(
    ["root.key", "intermediate.key"].map((name) => Deno.readTextFile(join(authority, name))),
  );
  return [
    await Deno.readTextFile(join(root, "state", "secrets", "webhook", "sign-on-admin-password")),
    ...keys.map((key) => key.split("\n")[1]!),
  ];
}

async function logsIn(grafana: string, password: string): Promise<number> {
  const response = await fetch(`${grafana}/login`, {
    method: "POST",
    body: JSON.stringify({ user: "admin", password }),
  });
  await response.body?.cancel();
  return response.status;
}

async function procText(pid: string, file: string): Promise<string> {
  // Deno itself reads other processes' environment only with every permission; it may be another user's, or have ended.
  return (await run("cat", [`/proc/${pid}/${file}`])).stdout;
}

async function namesIn(directory: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(directory), ({ name }) => name)).sort();
}
