import assert from "node:assert/strict";
import { configSchema } from "../../stack.ts";
import type { Binary } from "../../binaries/mod.ts";
import { DEFINITIONS, type LocalService, SERVICES } from "../../../compose/services/mod.ts";
import { commandOf, environmentOf, type Plan, specOf, START_ORDER } from "./command.ts";
import type { Start } from "./confine.ts";

const STACK = configSchema.parse({ bind: "127.0.0.1" });
const PLAN: Plan = {
  stack: STACK,
  target: { engine: "local", buildDir: "/b", stateDir: "/s", configDir: "/" },
  directory: "/s/local",
  environment: {
    PATH: "/home/me/bin",
    HOME: "/home/me",
    TZ: "Europe/Paris",
    SECRET: "x",
    HTTPS_PROXY: "http://p:3128",
  },
  start: () => ({ as: "unchanged", root: false }),
  hasUdev: true,
  hasSystemd: true,
  webhook: { command: ["deno", "run", "main.ts"], fingerprint: "1", files: [] },
};
const program = (name: string, more: Partial<Binary> = {}) =>
  ({ name, path: `/c/${name}`, version: "1.0.0", source: "cache", ...more }) as Binary;

Deno.test("START_ORDER has each service that the local engine runs", () => {
  const local = SERVICES.filter((service) =>
    DEFINITIONS[service].engines.some((engine) => engine === "local")
  );
  assert.deepEqual([...START_ORDER].sort(), [...local].sort());
});

Deno.test("commandOf gives Prometheus its storage, both limits, its address and the right to be reloaded", () => {
  assert.deepEqual(commandOf("prometheus", PLAN, program("prometheus")), [
    "/c/prometheus",
    "--config.file=/b/local/prometheus/prometheus.yml",
    "--storage.tsdb.path=/s/local/data/prometheus",
    "--storage.tsdb.retention.time=15d",
    "--storage.tsdb.retention.size=5GB",
    "--web.external-url=http://127.0.0.1:9090",
    "--web.enable-lifecycle",
    "--web.enable-admin-api",
    "--web.listen-address=127.0.0.1:9090",
  ]);
});

Deno.test("specOf lays an overlay under an Alertmanager that wants one, and takes its rights from it after that", () => {
  const alertmanager = program("alertmanager", { overlay: "/c/usr/share" });
  const start = (start: Start) =>
    specOf("alertmanager", { ...PLAN, start: () => start }, alertmanager, "").command;
  const [unshare, flag, ...rest] = start({ as: "self", root: false });
  assert.deepEqual([unshare, flag], ["unshare", "-Urm"]);
  assert.equal(rest[4], "/c/usr/share");
  assert.deepEqual(rest.slice(5, 11), [
    "setpriv",
    "--no-new-privs",
    "--inh-caps=-all",
    "--bounding-set=-all",
    "--",
    "/c/alertmanager",
  ]);
  assert.ok(rest.includes("--cluster.listen-address="));
  assert.equal(start({ as: "unchanged", root: true })[1], "-m");
});

Deno.test("commandOf writes an IPv6 address in brackets", () => {
  const plan = { ...PLAN, stack: configSchema.parse({ bind: "::1" }) };
  assert.ok(commandOf("blackbox", plan, program("blackbox")).includes("--web.listen-address=[::1]:9115"));
  assert.deepEqual(commandOf("webhook", plan, undefined).slice(0, 5), [
    "deno",
    "run",
    "main.ts",
    "--listen",
    "[::1]:9094",
  ]);
});

Deno.test("commandOf gives the node exporter an empty directory where there is no udev", () => {
  const flags = commandOf("node-exporter", { ...PLAN, hasUdev: false }, program("node_exporter"));
  assert.ok(flags.includes("--path.udev.data=/s/local/data/node-exporter"));
});

Deno.test("commandOf lets the node exporter ask systemd only where there is one", () => {
  const flags = (hasSystemd: boolean) =>
    commandOf("node-exporter", { ...PLAN, hasSystemd }, program("node_exporter"))
      .filter((flag) => flag.includes("systemd"));
  assert.deepEqual(flags(false), ["--no-collector.systemd"]);
  assert.deepEqual(flags(true), ["--collector.systemd", "--collector.systemd.enable-restarts-metrics"]);
});

Deno.test("commandOf starts Grafana from its home, by either of its names", () => {
  const grafana = program("grafana", { home: "/c/home" });
  assert.deepEqual(commandOf("grafana", PLAN, grafana), ["/c/grafana", "server", "--homepath", "/c/home"]);
  const server = { ...grafana, path: "/usr/sbin/grafana-server" };
  assert.deepEqual(commandOf("grafana", PLAN, server), ["/usr/sbin/grafana-server", "--homepath", "/c/home"]);
});

Deno.test("environmentOf gives a service what it needs and no more", () => {
  const names = (service: LocalService) => Object.keys(environmentOf(service, PLAN)).sort();
  assert.deepEqual(names("node-exporter"), ["PATH", "TZ", "VIGIE_LOCAL", "VIGIE_SERVICE"]);
  assert.deepEqual(names("alertmanager"), [
    "HTTPS_PROXY",
    "PATH",
    "TZ",
    "VIGIE_LOCAL",
    "VIGIE_SERVICE",
  ]);
  assert.deepEqual(names("webhook"), ["HOME", "HTTPS_PROXY", "PATH", "TZ", "VIGIE_LOCAL", "VIGIE_SERVICE"]);
  assert.notEqual(environmentOf("prometheus", PLAN).PATH, PLAN.environment.PATH);
});

Deno.test("environmentOf gives Grafana no secret, only where it lies, and lets it call nobody", () => {
  const environment = environmentOf("grafana", PLAN);
  assert.equal(environment.GF_SECURITY_ADMIN_PASSWORD, "$__file{/s/secrets/grafana/admin-password}");
  assert.equal(environment.GF_SERVER_HTTP_ADDR, "127.0.0.1");
  assert.equal(environment.GF_PATHS_DATA, "/s/local/data/grafana");
  for (const name of ["REPORTING_ENABLED", "CHECK_FOR_UPDATES", "CHECK_FOR_PLUGIN_UPDATES"]) {
    assert.equal(environment[`GF_ANALYTICS_${name}`], "false");
  }
  assert.equal(environment.GF_USERS_ALLOW_SIGN_UP, "false");
  assert.equal(environment.GF_SECURITY_DISABLE_GRAVATAR, "true");
});
