/** A stack with its entry on the local engine: what is published, every link and redirect through it, certificates, targets over TLS. */

import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { SERVICES } from "../../compose/services/mod.ts";
import { portsOf } from "../../compose/services/mod.ts";
import { run } from "../../lib/process.ts";
import { drained, until } from "./entry/door.ts";
import { makeCertificate, startTlsExporter } from "./entry/tls_exporter.ts";
import { freePort } from "../free_port.ts";
import { notOnLinux, unless } from "../unless.ts";

const PROJECT = new URL("../../", import.meta.url).pathname;
const PERMISSIONS = ["read", "write", "env", "run", "net", "sys"].map((name) => `--allow-${name}`);
/** The entry's address: only this machine has it, and it is another than the services'. */
const DOOR = "127.0.0.2";
const PASSWORD = "correct horse battery";

Deno.test({
  ...unless(
    notOnLinux,
    "the entry of a stack: published alone, every link leads through it, certificates change without a pause",
  ),
  async fn(t) {
    const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "vigie-entry-" }));
    const ports = Object.fromEntries(SERVICES.flatMap(portsOf).map(([key]) => [key, freePort()]));
    const paths = ["config.ts", "build", "state"].map((name) => join(root, name));
    const [config, buildDir, stateDir] = paths as [string, string, string];
    const task = async (name: string, ...args: string[]) => {
      const done = await run(Deno.execPath(), [
        ...["run", "--quiet", "--no-check", ...PERMISSIONS, join(PROJECT, "tasks", `${name}.ts`)],
        ...["--config", config, "--build", buildDir, "--state", stateDir, ...args],
      ], { cwd: PROJECT, timeoutMs: 120_000 });
      if (done.code !== 0) throw new Error(`"${name}" ended with ${done.code}: ${done.stderr}${done.stdout}`);
      return done.stdout;
    };
    const up = async (tls: string): Promise<Record<string, string>> => {
      await Deno.writeTextFile(config, configText(ports, tls, exporter.address));
      const { services } = JSON.parse(await task("up", "--json"));
      return Object.fromEntries(
        services.map(({ service, action }: Record<string, string>) => [service, action]),
      );
    };
    const url = `https://${DOOR}:${ports.entry}`;
    const web = await makeCertificate(root, "web-1", "DNS:web-1.example.org");
    await Deno.writeTextFile(join(root, "web-1-password"), `${PASSWORD}\n`);
    await using exporter = await startTlsExporter(root, web, PASSWORD);
    let client: Deno.HttpClient | undefined;
    const trust = async (path: string) => {
      client?.close();
      client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(path)] });
    };
    const get = (path: string, init: RequestInit = {}) =>
      fetch(new URL(path, url), { redirect: "manual", ...init, client });
    try {
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

      const password = (await Deno.readTextFile(join(stateDir, "secrets/webhook/sign-on-admin-password")))
        .trim();
      const admin = { authorization: `Basic ${btoa(`admin:${password}`)}` };

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
        const { text } = await flags(ports.prometheus!);
        match(text, new RegExp(`"web.external-url":"${url}/prometheus"`));
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
          await until(() =>
            up('count(probe_ssl_earliest_cert_expiry{job="entry-tls"} > time() + 8 * 86400)')
          );
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
          await until(troubled);
          ok(await serves(first));
          match(
            await Deno.readTextFile(join(stateDir, "local/logs/entry.log")),
            /tls\.key: it is not the key/,
          );
          await Deno.copyFile(second.key, place.key);
          await until(() => serves(second).catch(() => false));
          await until(async () => !await troubled());
          deepEqual((await up(files)).entry, "unchanged");
        },
      );
    } finally {
      client?.close();
      await task("clean", "--yes");
      await Deno.remove(root, { recursive: true });
    }
  },
});

function configText(ports: object, tls: string, exporter: string): string {
  return `import { defineStack, secretFile } from "vigie";
export default defineStack({
  name: "entry-test", engine: "local", locale: "en", bind: "${DOOR}",
  scrape: { interval: "1s", timeout: "1s" }, evaluation: { interval: "1s" },
  retention: { time: "1d", size: "20MB" },
  ports: ${JSON.stringify(ports)},
  services: { grafana: false, cadvisor: false },
  tls: ${tls},
  hosts: [
    { name: "localhost" },
    {
      name: "web-1", address: "${exporter}",
      tls: { ca: "web-1.pem", serverName: "web-1.example.org" },
      auth: { basic: { user: "vigie", password: secretFile("web-1-password") } },
    },
  ],
});
`;
}

async function flags(port: number): Promise<{ text: string }> {
  return { text: await (await fetch(`http://127.0.0.1:${port}/api/v1/status/flags`)).text() };
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

/** Follows every link and redirect from `starts` on. @returns what led nowhere, or out of the entry. */
async function clickThrough(
  base: string,
  starts: readonly string[],
  get: (path: string) => Promise<Response>,
): Promise<{ broken: string[]; seen: Set<string> }> {
  const broken: string[] = [];
  const seen = new Set<string>();
  const waiting: { path: string; from: string }[] = starts.map((path) => ({ path, from: "start" }));
  while (waiting.length > 0) {
    const { path, from } = waiting.shift()!;
    if (seen.has(path)) continue;
    seen.add(path);
    const answer = await get(path);
    const text = await answer.text();
    const where = `${from} → ${path}: ${answer.status}`;
    const location = answer.headers.get("location");
    // Debian's Prometheus has no pages of its own: where it leads to is right, and empty.
    const isMissingPage = answer.status === 404 && /^\/prometheus\/(?:query|alerts)/.test(path);
    // The exporter asks whatever it is told to, and is not to be told from elsewhere.
    const isClosed = answer.status === 404 && path.startsWith("/blackbox/probe?");
    if (answer.status >= 400 && !isMissingPage && !isClosed) broken.push(where);
    const isPage = answer.headers.get("content-type")?.startsWith("text/html");
    const links = [
      location,
      ...(isPage ? [...text.matchAll(/(?:href|src|action)="([^"]+)"/g)].map(([, to]) => to!) : []),
    ];
    for (const link of links) {
      if (link === null || link.startsWith("data:") || link.startsWith("#")) continue;
      const to = new URL(link.replaceAll("&amp;", "&"), new URL(path, base));
      if (to.origin !== base) {
        // Elsewhere is fine; past the entry to a service is not.
        if (/127\.0\.0\.|localhost/.test(to.hostname)) broken.push(`${path} leads to ${to.href}`);
        continue;
      }
      if (!/sign-on\/out|logout|debug/.test(to.pathname)) {
        waiting.push({ path: to.pathname + to.search, from: path });
      }
    }
  }
  return { broken, seen };
}
