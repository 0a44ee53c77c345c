/** A stack with its entry on the local engine: what is published, every link and redirect through it, certificates, targets over TLS. */

import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { askByName } from "./entry/ask_by_name.ts";
import { clickThrough } from "./entry/click_through.ts";
import { drained, until } from "./entry/door.ts";
import { DOOR, makeEntryStack } from "./entry/entry_stack.ts";
import { startTlsExporter } from "./entry/tls_exporter.ts";
import { makeCertificate } from "../certificate.ts";
import { notOnLinux, unless } from "../unless.ts";

const PASSWORD = "correct horse battery";
/** Far more than two looks at the files and a run of `renew` take. */
const TAKEN_MS = 60_000;

Deno.test({
  ...unless(
    notOnLinux,
    "the entry of a stack: published alone, every link leads through it, certificates change without a pause",
  ),
  async fn(t) {
    await using stack = await makeEntryStack();
    const { root, buildDir, stateDir, ports, url, trust, get } = stack;
    const web = await makeCertificate(root, "web-1", "DNS:web-1.example.org");
    await Deno.writeTextFile(join(root, "web-1-password"), `${PASSWORD}\n`);
    await using exporter = await startTlsExporter(root, web, PASSWORD);
    const up = (tls: string, entry = "{}") => stack.up(keysOf(tls, entry, exporter.address));

    await t.step("brings it up, and names the root that browsers have to know", async () => {
      equal((await up('{ mode: "internal" }')).entry, "started");
      await trust(join(stateDir, "entry-root.crt"));
      // The first certificate is made when it has started.
      await until(async () => (await drained(await get("/"))).status === 401);
    });

    await t.step("nothing but the entry is bound to the address that config.ts names", () => {
      const open = Object.entries(ports).filter(([, port]) => isOpen(DOOR, port as number)).map(([key]) =>
        key
      );
      deepEqual(open.sort(), ["entry", "entry-http"]);
      ok(isOpen("127.0.0.1", ports.prometheus!));
    });

    const admin = { authorization: `Basic ${btoa(`admin:${await stack.password()}`)}` };

    await t.step("every page, API, link and redirect works through it", async () => {
      for (const path of ["/prometheus/graph", "/alertmanager/", "/blackbox/", "/"]) {
        const asked = await drained(await get(path, { headers: { accept: "text/html" } }));
        equal(asked.status, 302, path);
        match(asked.headers.get("location")!, /^(?:https:\/\/127\.0\.0\.2:\d+)?\/sign-on\?to=/);
      }
      const json = async (path: string) => {
        const answer = await get(path, { headers: admin });
        equal(answer.status, 200, path);
        return await answer.json();
      };
      equal((await json("/prometheus/api/v1/query?query=1")).status, "success");
      equal((await json("/alertmanager/api/v2/status")).cluster.status, "disabled");
      const { broken, seen } = await clickThrough(url, [
        "/blackbox/",
        "/node-exporter/",
        "/prometheus/graph",
        "/prometheus/alerts",
      ], (path) => get(path, { headers: { ...admin, accept: "text/html" } }));
      deepEqual(broken, []);
      ok(seen.size >= 8, [...seen].join());
    });

    await t.step("links in alerts lead through it", async () => {
      const rules = await Deno.readTextFile(join(buildDir, "local/prometheus/rules/target.yml"));
      match(rules, new RegExp(`runbook_url: "?${url.replaceAll(".", "\\.")}/runbooks/TargetDown`));
      const page = await get("/runbooks/TargetDown", { headers: admin });
      equal(page.status, 200);
      await page.body?.cancel();
      const flags = await fetch(`http://127.0.0.1:${ports.prometheus}/api/v1/status/flags`);
      match(await flags.text(), new RegExp(`"web.external-url":"${url}/prometheus"`));
    });

    await t.step(
      "a host over TLS with a password is measured, and its certificate is watched",
      async () => {
        const up = async (query: string) => {
          const asked = `http://127.0.0.1:${ports.prometheus}/api/v1/query?query=${
            encodeURIComponent(query)
          }`;
          const { data } = await (await fetch(asked)).json();
          return data.result.length === 1 && Number(data.result[0].value[1]) === 1;
        };
        await until(() => up('up{job="node",instance="web-1"}'));
        await until(() => up('count(node_load1{job="node",instance="web-1"})'));
        await until(() => up('up{job="entry"}'));
        await until(() => up('count(probe_ssl_earliest_cert_expiry{job="entry-tls"} > time() + 8 * 86400)'));
        const generated = await Deno.readTextFile(join(buildDir, "local/prometheus/prometheus.yml"));
        ok(!generated.includes(PASSWORD) && generated.includes("host-web-1.password"));
      },
    );

    await t.step(
      "a certificate of one's own takes its place, and a new one the place of that, without a pause",
      async () => {
        const first = await makeCertificate(root, "first", `IP:${DOOR}`);
        const second = await makeCertificate(root, "second", `IP:${DOOR}`);
        const place = { certificate: join(root, "entry.pem"), key: join(root, "entry-key.pem") };
        const put = async ({ certificate, key }: typeof first) => {
          await Deno.copyFile(certificate, place.certificate);
          await Deno.copyFile(key, place.key);
        };
        await put(first);
        const files = '{ mode: "files", certificate: "entry.pem", key: "entry-key.pem" }';
        equal((await up(files)).entry, "reloaded");
        await trust(place.certificate);
        equal((await drained(await get("/"))).status, 401);
        ok(!await Deno.stat(join(stateDir, "entry-root.crt")).then(() => true, () => false));

        // Half of a renewal: the key is still the other's.
        const serves = async ({ certificate }: typeof first) => {
          await trust(certificate);
          return (await drained(await get("/"))).status === 401;
        };
        const troubled = async () =>
          (await Deno.readTextFile(join(stateDir, "local/status.json"))).includes('"trouble"');
        await Deno.copyFile(second.certificate, place.certificate);
        await until(troubled, TAKEN_MS);
        ok(await serves(first));
        match(
          await Deno.readTextFile(join(stateDir, "local/logs/entry.log")),
          /tls\.key: it is not the key/,
        );
        await Deno.copyFile(second.key, place.key);
        await until(() => serves(second).catch(() => false), TAKEN_MS);
        await until(async () => !await troubled(), TAKEN_MS);
        deepEqual((await up(files)).entry, "unchanged");
      },
    );

    await t.step(
      "each service has a name of its own, and browsers are told to come by HTTPS alone",
      async () => {
        await up('{ mode: "internal" }', '{ name: "vigie.example.org", layout: "hosts" }');
        const door = {
          address: DOOR,
          port: ports.entry!,
          ca: await Deno.readTextFile(join(stateDir, "entry-root.crt")),
        };
        const at = (prefix: string) => `https://${prefix}vigie.example.org:${ports.entry}`;
        const [home, metrics] = [at(""), at("node-exporter.")];
        const paths = {
          [home]: "/sign-on",
          [at("prometheus.")]: "/api/v1/query?query=1",
          [at("alertmanager.")]: "/api/v2/status",
          [at("blackbox.")]: "/",
          [metrics]: "/metrics",
        };
        // Each certificate is made when it is wanted first.
        await until(async () => {
          const asked = Object.keys(paths).map((base) => askByName(door, base));
          return (await Promise.all(asked)).every(({ status }) => status === 401);
        });
        for (const [base, path] of Object.entries(paths)) {
          const stranger = await askByName(door, `${base}/?a=b`, { accept: "text/html" });
          const { origin, pathname, searchParams } = new URL(stranger.headers.get("location")!, base);
          deepEqual([stranger.status, origin, pathname], [302, home, "/sign-on"]);
          equal(new URL(searchParams.get("to")!, base).href, `${base}/?a=b`);
          const known = await askByName(door, base + path, admin);
          equal(known.status, 200, base);
          equal(known.headers.get("strict-transport-security"), "max-age=31536000", base);
        }
        await rejects(askByName(door, at("other.")), "there is no certificate for a name that nobody has");
        const http = { ...door, port: ports["entry-http"]! };
        const plain = await askByName(http, metrics.replace(/^https(.*):\d+$/, "http$1") + "/metrics?a=b");
        deepEqual([plain.status, plain.headers.get("location")], [308, `${metrics}/metrics?a=b`]);
      },
    );
  },
});

function keysOf(tls: string, entry: string, exporter: string): string {
  return `name: "entry-test", engine: "local",
  scrape: { interval: "1s", timeout: "1s" }, evaluation: { interval: "1s" },
  retention: { time: "1d", size: "20MB" },
  services: { grafana: false, cadvisor: false },
  tls: ${tls}, entry: ${entry},
  hosts: [
    { name: "localhost" },
    {
      name: "web-1", address: "${exporter}",
      tls: { ca: "web-1.pem", serverName: "web-1.example.org" },
      auth: { basic: { user: "vigie", password: secretFile("web-1-password") } },
    },
  ],`;
}

function isOpen(hostname: string, port: number): boolean {
  // Whoever can listen there too shows that nobody does.
  try {
    Deno.listen({ hostname, port }).close();
    return false;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return true;
    throw error;
  }
}
