import assert from "node:assert/strict";
import fc from "fast-check";
import { pathText } from "./config_issue.ts";
import { ConfigError, defineStack, type StackInput } from "./stack.ts";

/** Paths that `defineStack` finds wrong. */
function wrong(input: StackInput): string[] {
  try {
    defineStack(input);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.issues.map(({ path }) => pathText(path));
    throw error;
  }
}

Deno.test("crossCheck finds nothing in the defaults", () => {
  assert.deepEqual(wrong({}), []);
});

Deno.test("crossCheck takes addresses of the loopback only", () => {
  for (const bind of ["127.0.0.1", "127.8.9.10", "::1", "0:0:0:0:0:0:0:1"]) {
    assert.deepEqual(wrong({ bind }), [], bind);
  }
  for (const bind of ["0.0.0.0", "10.0.0.7", "192.168.1.2", "::", "fd00::1", "::ffff:10.0.0.7", "1::1"]) {
    assert.deepEqual(wrong({ bind }), ["bind"], bind);
  }
});

Deno.test("crossCheck finds one port for two services that run", () => {
  assert.deepEqual(wrong({ ports: { grafana: 9090 } }), ["ports.grafana"]);
  assert.deepEqual(
    wrong({ ports: { prometheus: 3000 } }),
    ["ports.prometheus"],
    "the one that was set is named",
  );
  assert.deepEqual(wrong({ ports: { grafana: 9090 }, services: { grafana: false } }), []);
  assert.deepEqual(
    wrong({ ports: { cadvisor: 9090 }, engine: "local" }),
    [],
    "no cAdvisor on the local engine",
  );
  assert.deepEqual(wrong({ ports: { cadvisor: 9090 } }), ["ports.cadvisor"]);
});

Deno.test("crossCheck gives an issue for each port beyond the first", () => {
  const ports = fc.record({
    prometheus: fc.integer({ min: 1, max: 4 }),
    grafana: fc.integer({ min: 1, max: 4 }),
    webhook: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(fc.property(ports, (given) => {
    const doubles = Object.keys(given).length - new Set(Object.values(given)).size;
    assert.equal(wrong({ ports: given }).length, doubles);
  }));
});

Deno.test("crossCheck wants room for every service in the subnet", () => {
  assert.deepEqual(wrong({ network: { subnet: "172.31.94.0/28" } }), []);
  assert.deepEqual(wrong({ network: { subnet: "172.31.94.0/29" } }), ["network.subnet"]);
});

Deno.test("crossCheck finds intervals that break graphs", () => {
  assert.deepEqual(wrong({ scrape: { interval: "2m" }, evaluation: { interval: "120s" } }), []);
  assert.deepEqual(wrong({ scrape: { interval: "2m1s" } }), ["scrape.interval"]);
  assert.deepEqual(wrong({ evaluation: { interval: "1h" } }), ["evaluation.interval"]);
  assert.deepEqual(wrong({ scrape: { interval: "10s" } }), [], "a timeout as long as the interval");
  assert.deepEqual(wrong({ scrape: { interval: "9s" } }), ["scrape.timeout"]);
  const job = { name: "api", targets: ["a:1"] };
  assert.deepEqual(wrong({ jobs: [{ ...job, interval: "5m" }] }), ["jobs[0].interval"]);
  assert.deepEqual(
    wrong({ jobs: [{ ...job, interval: "5s" }] }),
    [],
    "a quick job has a shorter timeout of its own",
  );
});

Deno.test("crossCheck finds hosts that are one and the same, or that nothing measures", () => {
  assert.deepEqual(wrong({ hosts: [{ name: "a" }, { name: "b", address: "b:1" }] }), []);
  assert.deepEqual(wrong({ hosts: [{ name: "a", address: "a:1" }, { name: "a", address: "b:1" }] }), [
    "hosts[1].name",
  ]);
  assert.deepEqual(wrong({ hosts: [{ name: "a" }, { name: "b" }] }), ["hosts[1]"]);
  const off = { "node-exporter": false };
  assert.deepEqual(wrong({ services: off }), ['services["node-exporter"]']);
  assert.deepEqual(wrong({ services: off, hosts: [] }), []);
  assert.deepEqual(wrong({ services: off, hosts: [{ name: "a", address: "a:1" }] }), []);
});

Deno.test("crossCheck finds jobs without targets, of one name, or of a name that the stack has", () => {
  const targets = ["a:1"];
  assert.deepEqual(wrong({ jobs: [{ name: "api" }] }), ["jobs[0]"]);
  assert.deepEqual(wrong({ jobs: [{ name: "api", targets }, { name: "api", targets }] }), ["jobs[1].name"]);
  for (
    const name of [
      "prometheus",
      "alertmanager",
      "webhook",
      "node",
      "blackbox",
      "grafana",
      "cadvisor",
      "probe",
    ]
  ) {
    assert.deepEqual(wrong({ jobs: [{ name, targets }] }), ["jobs[0].name"], name);
  }
});

Deno.test("crossCheck finds probes that cannot run", () => {
  const probe = { name: "site", kind: "http", target: "https://example.org/" } as const;
  assert.deepEqual(wrong({ probes: [probe, probe] }), ["probes[1].name"]);
  assert.deepEqual(wrong({ probes: [probe], services: { blackbox: false } }), ["services.blackbox"]);
  assert.deepEqual(wrong({ services: { blackbox: false } }), []);
});

Deno.test("crossCheck wants the warning about a full disk before the critical alert", () => {
  assert.deepEqual(wrong({ thresholds: { diskFreeWarning: 10, diskFreeCritical: 10 } }), [
    "thresholds.diskFreeCritical",
  ]);
  assert.deepEqual(wrong({ thresholds: { diskFreeWarning: 6 } }), []);
});

Deno.test("crossCheck finds receivers that are missing or reserved, and takes one that nobody routes to", () => {
  const receivers = { console: [{ kind: "console" as const }], spare: [{ kind: "console" as const }] };
  const matchers = ["severity=critical"];
  assert.deepEqual(wrong({ notify: { receivers } }), []);
  assert.deepEqual(wrong({ notify: { receivers, severities: { info: "nobody" } } }), []);
  assert.deepEqual(wrong({ notify: { receivers, receiver: "spar" } }), ["notify.receiver"]);
  assert.deepEqual(wrong({ notify: { receivers, routes: [{ matchers, receiver: "somebody" }] } }), [
    "notify.routes[0].receiver",
  ]);
  for (const name of ["drill", "watchdog", "nobody"]) {
    const reserved = { ...receivers, [name]: receivers.console };
    assert.deepEqual(wrong({ notify: { receivers: reserved } }), [`notify.receivers.${name}`]);
  }
});

Deno.test("crossCheck looks at the sound parts of a configuration with refused ones, and at nothing that depends on those", () => {
  const unsound = { locale: "de" as never, hosts: [{ name: "A" }], services: { "node-exporter": false } };
  assert.deepEqual(wrong({ ...unsound, bind: "0.0.0.0" }), ["locale", "hosts[0].name", "bind"]);
  assert.deepEqual(wrong({ locale: "de" as never, services: { "node-exporter": false } }), [
    "locale",
    'services["node-exporter"]',
  ]);
});
