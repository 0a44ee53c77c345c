/** A stack with its entry on Docker: what is published, the way in, every link and redirect through it, and a certificate that is renewed. */

import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { webhookImage } from "../../compose/mod.ts";
import { VERSIONS } from "../../compose/versions.ts";
import { run } from "../../lib/process.ts";
import { dockerAnswers } from "../../tasks/engine/docker.ts";
import { makeCertificate } from "../certificate.ts";
import { unless } from "../unless.ts";
import { canHave, docker, freeSubnet, list } from "./docker/docker_stack.ts";
import { clickThrough } from "./entry/click_through.ts";
import { drained, until } from "./entry/door.ts";
import { DOOR, makeEntryStack } from "./entry/entry_stack.ts";
import { browserAt } from "./sign_on/browser.ts";

Deno.test({
  ...unless(
    await reason(),
    "the entry of a stack on Docker is the one way in, and takes a renewed certificate",
  ),
  async fn(t) {
    const stack = await makeEntryStack();
    const { root, stateDir, ports, url, attempt, task, trust, get } = stack;
    const name = `vigie-entry-${crypto.randomUUID().slice(0, 8)}`;
    const subnet = await freeSubnet();
    const up = (tls: string) =>
      stack.up(`name: "${name}", engine: "docker", network: { subnet: "${subnet}" }, hosts: [],
  services: { grafana: false, cadvisor: false, "node-exporter": false },
  tls: ${tls},`);
    let client: Deno.HttpClient | undefined;
    try {
      await t.step("brings it up with an authority of its own", async () => {
        equal((await up('{ mode: "internal" }')).entry, "started");
        client = await trust(join(stateDir, "entry-root.crt"));
        // The first certificate is made when it has started.
        await until(async () => (await drained(await get("/"))).status === 401);
      });

      await t.step("nothing but the entry is published beyond this machine", async () => {
        const ids = await list("container", name);
        const format =
          '{{index .Config.Labels "com.docker.compose.service"}} {{json .HostConfig.PortBindings}}';
        const bound = (await docker("inspect", "--format", format, ...ids)).split("\n").flatMap((line) => {
          const [service, ...json] = line.split(" ");
          const bindings = Object.values(JSON.parse(json.join(" ")) ?? {}) as {
            readonly HostIp: string;
            readonly HostPort: string;
          }[][];
          return bindings.flat().map(({ HostIp, HostPort }) => ({ service, HostIp, port: Number(HostPort) }));
        });
        ok(bound.some(({ service }) => service === "prometheus"));
        const beyond = bound.filter(({ HostIp }) => HostIp !== "127.0.0.1");
        deepEqual(
          beyond.map(({ service, HostIp, port }) => `${service} ${HostIp}:${port}`).sort(),
          [ports.entry!, ports["entry-http"]!].map((port) => `entry ${DOOR}:${port}`).sort(),
        );
      });

      await t.step("HTTP leads to HTTPS, and only who signs in gets further", async () => {
        const plain = await drained(
          await fetch(`http://${DOOR}:${ports["entry-http"]}/prometheus/graph?a=b`, { redirect: "manual" }),
        );
        deepEqual([plain.status, plain.headers.get("location")], [308, `${url}/prometheus/graph?a=b`]);
        for (const path of ["/prometheus/graph", "/alertmanager/", "/blackbox/", "/"]) {
          const asked = await drained(await get(path, { headers: { accept: "text/html" } }));
          equal(asked.status, 302, path);
          match(asked.headers.get("location")!, /^(?:https:\/\/127\.0\.0\.2:\d+)?\/sign-on\?to=/);
        }
        equal((await drained(await get("/webhook", { method: "POST" }))).status, 404);
      });

      await t.step("every link and redirect works through it, for who signed in with the form", async () => {
        const browser = browserAt(url, client!);
        equal((await browser.signIn("admin", "wrong")).status, 401);
        equal((await browser.ask("/prometheus/api/v1/query?query=1")).status, 302);
        equal((await browser.signIn("admin", await stack.password())).status, 303);
        equal(JSON.parse((await browser.ask("/prometheus/api/v1/query?query=1")).said).status, "success");
        // Vigie's own pages lead to ranges of time without end: they are not followed.
        equal((await browser.ask("/")).status, 200);
        const starts = ["/blackbox/", "/alertmanager/", "/prometheus/graph", "/prometheus/alerts"];
        const { broken, seen } = await clickThrough(url, starts, browser.fetch);
        deepEqual(broken, []);
        ok(seen.size >= 8, [...seen].join());
      });

      await t.step("a certificate of one's own takes its place, and renew the place of that", async () => {
        const [first, second] = [
          await makeCertificate(root, "first", `IP:${DOOR}`),
          await makeCertificate(root, "second", `IP:${DOOR}`),
        ];
        const place = { certificate: join(root, "entry.pem"), key: join(root, "entry-key.pem") };
        await Deno.copyFile(first.certificate, place.certificate);
        await Deno.copyFile(first.key, place.key);
        await up('{ mode: "files", certificate: "entry.pem", key: "entry-key.pem" }');
        const serves = async ({ certificate }: typeof first) => {
          await trust(certificate);
          return (await drained(await get("/"))).status === 401;
        };
        ok(await serves(first));
        const before = await containerOf(name);
        await Deno.copyFile(second.certificate, place.certificate);
        const half = await attempt("renew");
        equal(half.code, 1);
        match(half.stderr, /tls\.key: it is not the key of the certificate/);
        ok(await serves(first));
        await Deno.copyFile(second.key, place.key);
        equal(JSON.parse(await task("renew", "--json")).action, "renewed");
        ok(await serves(second));
        // As a timer does it: with nothing of this environment.
        await task("renew", "--systemd", join(root, "units"));
        const unit = await Deno.readTextFile(join(root, "units", `${name}-renew.service`));
        const [, command] = /^ExecStart=(.*)$/m.exec(unit)!;
        const variables = [...unit.matchAll(/^Environment="(.*)"$/gm)].map(([, variable]) => variable!);
        const timed = await run("env", ["-i", ...variables, ...command!.split(" ")]);
        deepEqual([timed.code, timed.stderr], [0, ""]);
        match(timed.stdout, /has the certificate that its files hold/);
        equal(await containerOf(name), before, "it was not started again");
      });
    } finally {
      await stack[Symbol.asyncDispose]();
      // Its layers are what the next test builds from; only the name is the test's own.
      await run("docker", ["image", "rm", webhookImage(name)]);
    }
  },
});

/** Why it cannot be tried here. */
async function reason(): Promise<string | undefined> {
  const answer = await dockerAnswers();
  if (!answer.ok) return answer.reason;
  const { image, version } = VERSIONS.entry;
  return await canHave(`${image}:${version}`) ? undefined : `the image ${image}:${version} cannot be had`;
}

/** Run of the entry's container. */
async function containerOf(name: string): Promise<string> {
  return await docker("inspect", "--format", "{{.Id}} {{.State.StartedAt}}", `${name}-entry-1`);
}
