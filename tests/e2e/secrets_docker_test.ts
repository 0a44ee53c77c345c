/** Where secrets go on the docker engine: to the services that need them, and nowhere else; what is planted elsewhere is found. */

import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { backupImage, webhookImage } from "../../compose/mod.ts";
import { VERSIONS } from "../../compose/versions.ts";
import { run } from "../../lib/process.ts";
import { dockerAnswers } from "../../tasks/engine/docker.ts";
import { unless } from "../unless.ts";
import { until } from "../until.ts";
import { docker, freeSubnet, list } from "./docker/docker_stack.ts";
import { CANARIES, type Canary, COMMAND, FILE, findCanary, MARK } from "./secrets/canaries.ts";
import { type CanaryStack, filesBelow, leaksIn, makeCanaryStack, textOf } from "./secrets/canary_stack.ts";

const answer = await dockerAnswers();
const TARGET = "/run/secrets/vigie";
const PLANTED = `${MARK}Planted`;
const AUTHORITY = "/data/caddy/pki/authorities/local";

Deno.test({
  ...unless(
    answer.ok ? undefined : answer.reason,
    "on Docker secrets reach the services that need them, and are found nowhere else",
  ),
  async fn(t) {
    const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "vigie-docker-canaries-" }));
    // Containers write the repository as other users than this one.
    await Deno.chmod(root, 0o755);
    const name = `canaries-${crypto.randomUUID().slice(0, 8)}`;
    const subnet = await freeSubnet();
    const settings = (grafana: boolean) =>
      `engine: "docker", network: { subnet: "${subnet}" },
       services: { grafana: ${grafana}, cadvisor: false, blackbox: false, "node-exporter": false },`;
    const stack = await makeCanaryStack(root, { name, more: settings(false) });
    await stack.fillStore();
    await Deno.mkdir(join(root, "repository"));
    let others: string[] = [];
    try {
      await t.step("Grafana's settings name its secrets, and hold none", async () => {
        const config = await Deno.readTextFile(stack.config);
        await Deno.writeTextFile(stack.config, config.replace("grafana: false", "grafana: true"));
        await stack.succeeds("generate", ["--json"]);
        const text = await docker("compose", "--file", join(root, "build", "compose.yaml"), "config");
        ok(text.includes("GF_SECURITY_ADMIN_PASSWORD__FILE") && text.includes("GF_AUTH_GENERIC_OAUTH_"));
        stack.told.set("compose config with Grafana", text);
        for (const [path, built] of await filesBelow(join(root, "build"))) {
          stack.told.set(`with Grafana: ${path}`, built);
        }
        await Deno.writeTextFile(stack.config, config);
      });
      for (const [task, ...args] of [["generate"], ["up"], ["status"], ["secret", "list"]] as const) {
        await t.step(`${task} tells none`, () => stack.succeeds(task, [...args, "--json"]));
      }
      await t.step("people sign in, destinations fail, the doctor looks, a backup is made", async () => {
        // Before the backup, whose own containers come and go.
        others = await madeSecrets(stack);
        const backup = stack.succeeds("backup", ["--json"]);
        const rest = (async () => {
          await stack.tellAll();
          others.push(...await stack.signIn());
          ok(others.length > 3);
          await until(
            "a destination failed",
            async () =>
              /vigie_webhook_consecutive_failures\{channel="[^"]+"\} [1-9]/.test(
                await textOf(`${stack.url("webhook")}/metrics`),
              ),
          );
          // It finds that nothing can be told.
          ok((await stack.task("doctor", ["--json"])).stdout.startsWith("{"));
        })();
        await Promise.all([backup, rest]);
        await stack.succeeds("restore", ["--list", "--json"]);
      });

      await t.step("each service sees its own secrets, as its own user", async () => {
        for (const [service, id] of await containersOf(stack)) {
          deepStrictEqual([service, await seenBy(id)], [service, SEEN[service] ?? []]);
          const [{ Config, Mounts }] = JSON.parse(await docker("inspect", id));
          const own = join(root, "state", "secrets", service);
          const mounted = Mounts.map(({ Source }: { Source: string }) => Source);
          deepStrictEqual(
            [service, mounted.filter((source: string) => source.startsWith(join(root, "state")))],
            [service, SEEN[service] ? [own] : []],
          );
          for await (const { name: file } of SEEN[service] ? Deno.readDir(own) : []) {
            const { uid, gid, mode } = await Deno.stat(join(own, file));
            // Only root can give files away.
            const [owner, open] = Deno.uid() === 0 ? [Config.User, 0o400] : [`${uid}:${gid}`, 0o644];
            deepStrictEqual([file, `${uid}:${gid}`, mode! & 0o777], [file, owner, open]);
          }
        }
      });

      await t.step("nothing else holds one, and what was planted is found", async () => {
        const planted = await plant(stack);
        await look(stack, planted);
        const leaks = leaksIn(stack.told, others);
        const found = leaks.map((leak) => leak.slice(0, leak.indexOf(":")));
        deepStrictEqual(
          found.sort(),
          ["inspect", "logs", "top", "environ"].map((what) => `${what} of planted`).concat(
            "build/planted.txt",
          )
            .filter((what) => stack.told.has(what)).sort(),
          leaks.join("\n"),
        );
        ok(["inspect of planted", "logs of planted", "top of planted"].every((what) => stack.told.has(what)));
        await docker("rm", "--force", planted);
        await Deno.remove(join(root, "build", "planted.txt"));
      });

      await t.step("no layer of an image that was made, and no volume, has one", async () => {
        const patterns = join(root, "patterns");
        await Deno.writeTextFile(
          patterns,
          [...Object.values(CANARIES), ...others].flatMap((each) => [each, btoa(each)]).join("\n"),
        );
        const lines = async (script: string, ...args: string[]) => {
          const { code, stdout, stderr } = await run("sh", [
            "-c",
            `${script} | grep -aFc -f "$0"`,
            patterns,
            ...args,
          ]);
          ok(code < 2 && stderr === "", stderr);
          return Number(stdout);
        };
        const [, webhook] = (await containersOf(stack)).find(([service]) => service === "webhook")!;
        ok(
          await lines('docker cp "$1" -', `${webhook}:${TARGET}`) > 0,
          "what is searched for is found where it is",
        );
        for (const image of [webhookImage(name), backupImage(name)]) {
          equal(await lines('docker image save "$1"', image), 0, image);
        }
        for (const [service, id] of await containersOf(stack)) {
          const [{ Mounts }] = JSON.parse(await docker("inspect", id));
          for (const { Type, Destination } of Mounts as { Type: string; Destination: string }[]) {
            // Its keys are what the entry's data is.
            const isEntry = service === "entry" || Destination.endsWith("/entry");
            if (Type !== "volume" || isEntry) continue;
            equal(await lines('docker cp "$1" -', `${id}:${Destination}`), 0, `${service} ${Destination}`);
          }
        }
        await Deno.remove(patterns);
      });

      await t.step("no file holds one but those of the secrets", async () => {
        const holding = (await filesBelow(root)).filter(([, text]) =>
          findCanary(text) >= 0 || others.some((each) => text.includes(each))
        ).map(([path]) => path);
        ok(holding.some((path) => path.startsWith("state/secrets/webhook/")));
        deepStrictEqual(
          holding.filter((path) => !path.startsWith("state/secrets/")).sort(),
          [COMMAND, FILE].sort(),
        );
      });
    } finally {
      await stack.task("clean", ["--yes"]);
      for (const kind of ["container", "volume", "network"] as const) {
        const ids = await list(kind, name);
        if (ids.length > 0) await run("docker", [kind, "rm", "--force", ...ids]);
      }
      await run("docker", ["image", "rm", "--force", webhookImage(name), backupImage(name)]);
      await Deno.remove(root, { recursive: true });
    }
  },
});

/** The canaries that each service is to see. The backup has what the others are told in its own directory too: it saves it. */
const SEEN: Readonly<Record<string, readonly Canary[]>> = {
  alertmanager: ["native-pagerduty-key", "native-slack-url", "native-smtp-password"],
  backup: ["backup-password", "s3-key"],
  prometheus: ["scrape-password", "scrape-token"],
  webhook: [
    ...[
      "discord-url",
      "heartbeat-url",
      "hook-bearer",
      "hook-secret",
      "hook-secret-before",
      "hook-url",
    ] as const,
    ...[
      "ldap-password",
      "ntfy-password",
      "ntfy-token",
      "openid-secret",
      "pagerduty-key",
      "slack-token",
    ] as const,
    ...["slack-url", "smtp-password", "teams-url", "telegram-token", "user-password"] as const,
  ],
};

/** Containers of the stack, with the services that they are of. */
async function containersOf({ name }: CanaryStack): Promise<[service: string, id: string][]> {
  const format = '{{index .Config.Labels "com.docker.compose.service"}} {{.Id}}';
  const text = await docker("inspect", "--format", format, ...await list("container", name));
  return text.split("\n").map((line) => line.split(" ") as [string, string]);
}

/** Names of the canaries in what a container has mounted for secrets. */
async function seenBy(id: string): Promise<string[]> {
  const { code, stdout, stderr } = await run("docker", ["cp", `${id}:${TARGET}`, "-"]);
  if (code !== 0) {
    ok(/could not find the file|no such file/i.test(stderr), stderr);
    return [];
  }
  return Object.entries(CANARIES).filter(([, text]) => stdout.includes(text)).map(([name]) => name).sort();
}

/** What the stack made for itself: the first user's password, and the keys of the entry's authority. */
async function madeSecrets(stack: CanaryStack): Promise<string[]> {
  const [, entry] = (await containersOf(stack)).find(([service]) => service === "entry")!;
  const keys = await Promise.all(
    ["root.key", "intermediate.key"].map((name) => docker("cp", `${entry}:${AUTHORITY}/${name}`, "-")),
  );
  return [
    await Deno.readTextFile(join(stack.root, "state", "secrets", "webhook", "sign-on-admin-password")),
    ...keys.map((key) => key.slice(key.indexOf("-----BEGIN")).split("\n")[1]!),
  ];
}

/** A canary wherever the search has to find one. @returns the id of a container of the stack. */
async function plant({ name, root }: CanaryStack): Promise<string> {
  await Deno.writeTextFile(join(root, "build", "planted.txt"), btoa(`a:${PLANTED}`));
  const { image, tagPrefix, version } = VERSIONS.alertmanager;
  return await docker(
    ...["run", "--detach", "--network=none", `--label=com.docker.compose.project=${name}`],
    ...["--label=com.docker.compose.service=planted", `--env=PLANTED=${PLANTED}`, "--entrypoint=/bin/sh"],
    ...[`${image}:${tagPrefix}${version}`, "-c", 'echo "$0"; sleep 600; true', PLANTED],
  );
}

/** Everything of the running stack that somebody may look at who has no business with its secrets. */
async function look(stack: CanaryStack, planted: string): Promise<void> {
  const { told, root, name } = stack;
  await until("the planted container speaks", async () => (await docker("logs", planted)) !== "");
  const images = new Set<string>();
  for (const [service, id] of await containersOf(stack)) {
    const inspected = await docker("inspect", id);
    images.add(JSON.parse(inspected)[0].Image);
    told.set(`inspect of ${service}`, inspected);
    const { stdout, stderr } = await run("docker", ["logs", id]);
    told.set(`logs of ${service}`, stdout + stderr);
    const top = await docker("top", id, "-eo", "pid,args");
    told.set(`top of ${service}`, top);
    // Processes of an engine elsewhere are not to be seen from here, nor another user's environment.
    const environ = await Promise.all(
      [...top.matchAll(/^ *(\d+) /gm)].map(([, pid]) => run("cat", [`/proc/${pid}/environ`])),
    );
    if (environ.some(({ code }) => code === 0)) {
      told.set(`environ of ${service}`, environ.map(({ stdout }) => stdout).join());
    }
  }
  for (const image of images) {
    told.set(`image ${image}`, await docker("image", "inspect", image));
    told.set(`history of ${image}`, await docker("history", "--no-trunc", "--format", "json", image));
  }
  for (const kind of ["volume", "network"] as const) {
    told.set(kind, await docker(kind, "inspect", ...await list(kind, name)));
  }
  told.set(
    "compose config",
    await docker("compose", "--file", join(root, "build", "compose.yaml"), "config"),
  );
  for (const [path, text] of await filesBelow(join(root, "build"))) told.set(`build/${path}`, text);
  await stack.lookAtPages();
}
