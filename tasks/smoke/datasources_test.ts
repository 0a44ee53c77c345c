import assert from "node:assert/strict";
import { runSmoke, type SmokeContext, type SmokeResult } from "./check.ts";
import { datasources } from "./datasources.ts";
import { fakeContext, messages, outcomes, type Reply } from "./testing.ts";

const PROVISIONED = `datasources:
  - { name: Prometheus, uid: prometheus, type: prometheus }
  - { name: Alertmanager, uid: alertmanager, type: alertmanager }
`;
const FILES = new Map([
  ["grafana/provisioning/datasources/vigie.yml", PROVISIONED],
  ["grafana/provisioning/dashboards/vigie.yml", "providers: []"],
  ["grafana/dashboards/host.json", JSON.stringify({ uid: "vigie-host", title: "Hosts" })],
]);
const ANSWERS: Record<string, Reply> = {
  "grafana/api/user": (request: Request) =>
    // admin:secret
    request.headers.get("authorization") === "Basic YWRtaW46c2VjcmV0"
      ? { login: "admin" }
      : Response.json({ message: "Invalid username or password" }, { status: 401 }),
  "grafana/api/datasources/uid/prometheus/health": { status: "OK" },
  "grafana/api/datasources/proxy/uid/alertmanager/api/v2/status": {},
  "grafana/api/search": [{ uid: "vigie-host" }],
};

async function run(
  answers: Record<string, Reply> = {},
  overrides: Partial<SmokeContext> = {},
): Promise<SmokeResult> {
  const context = fakeContext({ ...ANSWERS, ...answers }, { files: FILES, ...overrides });
  return (await runSmoke([datasources], context))[0]!;
}

Deno.test("datasources logs in, asks each datasource and finds the dashboards", async () => {
  assert.deepEqual(outcomes(await run()), [
    "login: passed",
    "Prometheus: passed",
    "Alertmanager: passed",
    "dashboard Hosts: passed",
  ]);
});

Deno.test("datasources is skipped, with the reason, where there is no Grafana", async () => {
  const off = await run({}, { services: new Set(["prometheus"]) });
  assert.deepEqual([off.outcome, off.reason], ["skipped", "Grafana is switched off in config.ts"]);
  const left = await run({}, {
    leftOut: { grafana: "no binary" },
  });
  assert.deepEqual([left.outcome, left.reason], ["skipped", "no binary"]);
});

Deno.test("datasources never shows the password that is refused", async () => {
  const grafana = {
    user: "admin",
    password: () => Promise.resolve("hunter2"),
    passwordPath: "admin-password",
  };
  const result = await run({}, { grafana });
  assert.deepEqual(messages(result), ['Grafana refuses the password of "admin" in "admin-password"']);
  assert.ok(!JSON.stringify(result).includes("hunter2"));
});

Deno.test("datasources says that there is no password", async () => {
  const password = () => Promise.reject(new Deno.errors.NotFound());
  const result = await run({}, { grafana: { user: "admin", password, passwordPath: "admin-password" } });
  assert.deepEqual(messages(result), ['Cannot log in to Grafana: there is no password in "admin-password"']);
});

Deno.test("datasources gives Grafana's reason for a datasource that does not answer", async () => {
  const result = await run({
    "grafana/api/datasources/uid/prometheus/health": Response.json({
      status: "ERROR",
      message: "dial tcp: lookup prometheus: no such host",
    }, { status: 400 }),
    "grafana/api/datasources/proxy/uid/alertmanager/api/v2/status": new Response(null, { status: 502 }),
  });
  assert.deepEqual(messages(result), [
    'Grafana\'s datasource "Prometheus" does not answer: dial tcp: lookup prometheus: no such host',
    'Grafana\'s datasource "Alertmanager" does not answer: GET http://grafana/api/datasources/proxy/uid/alertmanager/api/v2/status was answered with 502',
  ]);
});

Deno.test("datasources waits for the dashboards, and names the one that does not come", async () => {
  let looks = 0;
  const late = await run({ "grafana/api/search": () => ++looks < 3 ? [] : [{ uid: "vigie-host" }] });
  assert.equal(late.outcome, "passed");
  const never = await run({ "grafana/api/search": [] });
  assert.deepEqual(messages(never), ['Grafana does not have the dashboard "Hosts"']);
  assert.equal(never.problems[0]!.file, "grafana/dashboards/host.json");
});

Deno.test("datasources says that Grafana does not answer", async () => {
  const [result] = await runSmoke([datasources], fakeContext({}, { files: FILES }));
  assert.deepEqual(messages(result!), ["Cannot reach http://grafana/api/user: connection refused"]);
});
