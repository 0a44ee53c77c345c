import assert from "node:assert/strict";
import { VERSIONS } from "../../compose/versions.ts";
import { defineStack } from "../stack.ts";
import { heldStack, readVersions, runningVersions, waitingChanges } from "./held.ts";
import { isDowngrade, planUpgrade } from "./plan.ts";

const STACK = defineStack({});
const RUNNING = {
  prometheus: "2.53.3",
  alertmanager: "0.28.1",
  "node-exporter": VERSIONS["node-exporter"].version,
};

Deno.test("planUpgrade changes what runs another version than it should, what keeps no data first", () => {
  const plan = planUpgrade(STACK, { ...RUNNING, "node-exporter": "1.9.0" }, { services: [] });
  assert.deepEqual(plan.map(({ service, from }) => [service, from]), [
    ["node-exporter", "1.9.0"],
    ["alertmanager", "0.28.1"],
    ["prometheus", "2.53.3"],
  ]);
  assert.deepEqual(plan.map(({ to }) => to), [
    VERSIONS["node-exporter"].version,
    VERSIONS.alertmanager.version,
    VERSIONS.prometheus.version,
  ]);
});

Deno.test("planUpgrade takes the version of config.ts, of --to, and only the services that are named", () => {
  const pinned = defineStack({ versions: { prometheus: "3.0.1" } });
  assert.deepEqual(planUpgrade(pinned, RUNNING, { services: ["prometheus"] }), [
    { service: "prometheus", from: "2.53.3", to: "3.0.1" },
  ]);
  assert.deepEqual(planUpgrade(STACK, RUNNING, { services: ["alertmanager"], to: "0.27.0" }), [
    { service: "alertmanager", from: "0.28.1", to: "0.27.0" },
  ]);
  assert.deepEqual(planUpgrade(STACK, RUNNING, { services: ["node-exporter"] }), []);
});

Deno.test("planUpgrade refuses what it cannot change, and says what it could", () => {
  const refusal = (services: string[], to?: string) => {
    try {
      planUpgrade(STACK, RUNNING, { services, to });
    } catch (error) {
      return (error as Error).message;
    }
  };
  assert.equal(
    refusal(["promtheus"]),
    'Cannot upgrade "promtheus": there is no such service; did you mean "prometheus"?',
  );
  assert.equal(
    refusal(["webhook"]),
    "Cannot upgrade webhook: it is part of Vigie itself, and `up` applies it",
  );
  assert.equal(refusal(["grafana"]), "Cannot upgrade grafana: it does not run");
  assert.match(refusal([], "3.0.0")!, /^Cannot use "--to" without the one service/);
  assert.match(
    refusal(["prometheus"], "v3.0.0")!,
    /^Cannot upgrade to "v3\.0\.0": expected a version without "v"/,
  );
});

Deno.test("isDowngrade tells an older version from a newer one", () => {
  assert.equal(isDowngrade({ service: "prometheus", from: "3.10.0", to: "3.9.1" }), true);
  assert.equal(isDowngrade({ service: "prometheus", from: "3.9.1", to: "3.10.0" }), false);
});

Deno.test("heldStack keeps the versions that run, whatever config.ts or the version table say", () => {
  const pinned = defineStack({ versions: { prometheus: "3.6.0", grafana: "13.0.0" } });
  const held = heldStack(pinned, RUNNING);
  assert.deepEqual(runningVersions(held, { engine: "local", leftOut: { grafana: "none" } }), {
    prometheus: "2.53.3",
    alertmanager: "0.28.1",
    "node-exporter": RUNNING["node-exporter"],
    blackbox: VERSIONS.blackbox.version,
  });
  assert.equal(held.versions.grafana, "13.0.0");
  assert.equal(heldStack(pinned, undefined), pinned);
  assert.deepEqual(waitingChanges(pinned, { prometheus: "2.53.3" }), [
    { service: "prometheus", from: "2.53.3", to: "3.6.0" },
  ]);
});

Deno.test("readVersions takes versions of known services and nothing else", () => {
  assert.deepEqual(readVersions({ prometheus: "3.0.0", nothing: "1.0.0", alertmanager: 7 }), {
    prometheus: "3.0.0",
  });
  assert.deepEqual(readVersions(null), {});
});
