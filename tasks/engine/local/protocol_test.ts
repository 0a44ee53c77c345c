import assert from "node:assert/strict";
import { keyOf, parseStatus, PROTOCOL, type ServiceSpec } from "./protocol.ts";

const PROCESS = { pid: 4711, startTicks: 123, bootId: "a-b" };
const STATUS = {
  protocol: PROTOCOL,
  revision: "r",
  supervisor: PROCESS,
  startedAt: "2026-01-01T00:00:00.000Z",
  services: [{ service: "prometheus", process: PROCESS, restarts: 0, key: "k" }, {
    service: "webhook",
    restarts: 1,
    key: "k",
  }],
};

Deno.test("parseStatus reads what the supervisor writes", () => {
  assert.deepEqual(parseStatus(JSON.stringify(STATUS)), STATUS);
});

const WRONG: [string, unknown][] = [
  ["cut text", '{"protocol": 1, "superv'],
  ["nothing", ""],
  ["null", null],
  ["a bare pid", 4711],
  ["another protocol", { ...STATUS, protocol: PROTOCOL + 1 }],
  ["a supervisor without its start", { ...STATUS, supervisor: { pid: 4711 } }],
  // Signals to 0, 1 and negative numbers reach whole groups of processes.
  ["pid 0", { ...STATUS, supervisor: { ...PROCESS, pid: 0 } }],
  ["pid 1", { ...STATUS, supervisor: { ...PROCESS, pid: 1 } }],
  ["pid -1", { ...STATUS, services: [{ service: "x", process: { ...PROCESS, pid: -1 } }] }],
  ["services that are no list", { ...STATUS, services: {} }],
];
for (const [what, value] of WRONG) {
  Deno.test(`parseStatus refuses ${what}`, () => {
    assert.equal(parseStatus(typeof value === "string" ? value : JSON.stringify(value)), undefined);
  });
}

Deno.test("keyOf changes with what a service is started from, and with nothing else", () => {
  const spec: ServiceSpec = {
    service: "prometheus",
    command: ["/x/prometheus", "--a"],
    env: { A: "1", B: "2" },
    cwd: "/data",
    fingerprint: "1",
    stopGraceMs: 1,
  };
  const key = keyOf(spec);
  assert.equal(keyOf({ ...spec, env: { B: "2", A: "1" }, stopGraceMs: 2, version: "3" }), key);
  const others = [{ command: ["/x/prometheus", "--b"] }, { env: { A: "2" } }, { cwd: "/y" }, {
    fingerprint: "2",
  }];
  for (const other of others) assert.notEqual(keyOf({ ...spec, ...other }), key);
});
