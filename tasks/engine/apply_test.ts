import assert from "node:assert/strict";
import { BANNER } from "../../lib/files.ts";
import {
  driftOfBlackbox,
  reloadAlertmanager,
  reloadBlackbox,
  reloadPrometheus,
  reloadWebhook,
  waitReady,
} from "./apply.ts";

const RULES = `groups:
  - name: host
    rules:
      - alert: Down
        expr: up == 0
`;
const PROMETHEUS = new Map([
  ["prometheus/prometheus.yml", "global:\n  scrape_interval: 15s\nrule_files:\n  - rules/*.yml\n"],
  ["prometheus/rules/host.yml", RULES],
]);
const ALERTMANAGER = new Map([[
  "alertmanager/alertmanager.yml",
  `# ${BANNER}\nroute:\n  receiver: a\nreceivers:\n  - name: a\n`,
]]);
const BLACKBOX = new Map([[
  "blackbox/blackbox.yml",
  "modules:\n  http_2xx:\n    prober: http\n    timeout: 5s\n",
]]);

const never = new AbortController().signal;

/** A service that stands for a real one: answers by path, and counts what it was asked. */
function standIn(answers: Record<string, () => Response>) {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    asked.push(`${request.method} ${pathname}`);
    return answers[pathname]?.() ?? new Response("not found", { status: 404 });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    asked,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function json(value: unknown): Response {
  return new Response(JSON.stringify(value));
}

Deno.test("waitReady waits until the service answers 2xx", async () => {
  let left = 2;
  await using service = standIn({ "/ready": () => new Response("", { status: left-- > 0 ? 503 : 200 }) });
  assert.equal(await waitReady(service.url, "/ready", { signal: never, deadlineMs: 30_000 }), undefined);
  assert.equal(service.asked.length, 3);
});

Deno.test("waitReady says what the service answered when it is not ready in time", async () => {
  await using service = standIn({ "/ready": () => new Response("still reading", { status: 503 }) });
  assert.equal(
    await waitReady(service.url, "/ready", { signal: never, deadlineMs: 0 }),
    `${service.url}/ready did not become ready within 0 s: GET ${service.url}/ready answered 503: still reading`,
  );
});

Deno.test("waitReady ends as soon as the service is known to be dead", async () => {
  await using service = standIn({});
  const alive = () => Promise.resolve("it exited with code 1");
  assert.equal(
    await waitReady(service.url, "/", { signal: never, deadlineMs: 60_000, alive }),
    "it exited with code 1",
  );
  assert.deepEqual(service.asked, []);
});

Deno.test("waitReady throws when its signal aborts", async () => {
  await using service = standIn({});
  const stop = new AbortController();
  const waiting = waitReady(service.url, "/", { signal: stop.signal, deadlineMs: 60_000 });
  stop.abort();
  await assert.rejects(waiting, { name: "AbortError" });
});

Deno.test("reloadPrometheus reloads until it runs the files", async () => {
  let reloads = 0;
  const rule = {
    type: "alerting",
    name: "Down",
    query: "up == 0",
    duration: 0,
    keepFiringFor: 0,
    labels: {},
    annotations: {},
  };
  await using service = standIn({
    "/-/reload": () => new Response(String(++reloads)),
    "/api/v1/status/config": () => json({ data: { yaml: PROMETHEUS.get("prometheus/prometheus.yml") } }),
    // A file share that shows the new rules only at the second look.
    "/api/v1/rules": () =>
      json({
        data: {
          groups: reloads < 2
            ? []
            : [{ name: "host", file: "/etc/prometheus/rules/host.yml", interval: 15, rules: [rule] }],
        },
      }),
  });
  assert.deepEqual(await reloadPrometheus(service.url, PROMETHEUS, never), []);
  assert.equal(reloads, 2);
});

Deno.test("reloadPrometheus gives what it refused a reload with, at once", async () => {
  await using service = standIn({ "/-/reload": () => new Response("bad rule\n", { status: 500 }) });
  assert.deepEqual(await reloadPrometheus(service.url, PROMETHEUS, never), [
    `POST ${service.url}/-/reload answered 500: bad rule`,
  ]);
  assert.deepEqual(service.asked, ["POST /-/reload"]);
});

Deno.test("reloadAlertmanager compares what it runs", async () => {
  await using service = standIn({
    "/-/reload": () => new Response(""),
    "/api/v2/status": () => json({ config: { original: ALERTMANAGER.get("alertmanager/alertmanager.yml") } }),
  });
  assert.deepEqual(await reloadAlertmanager(service.url, ALERTMANAGER, never), []);
});

Deno.test("reloadBlackbox compares what it runs, whatever defaults it adds", async () => {
  await using service = standIn({
    "/-/reload": () => new Response(""),
    "/config": () =>
      new Response(
        "modules:\n  http_2xx:\n    prober: http\n    timeout: 5s\n    http:\n      ip_protocol_fallback: true\n",
      ),
  });
  assert.deepEqual(await reloadBlackbox(service.url, BLACKBOX, never), []);
});

Deno.test("driftOfBlackbox tells a changed, a missing and a foreign module", async () => {
  for (
    const modules of [
      "{http_2xx: {prober: http, timeout: 9s}}",
      "{}",
      "{http_2xx: {prober: http, timeout: 5s}, old: {prober: tcp}}",
    ]
  ) {
    await using service = standIn({ "/config": () => new Response(`modules: ${modules}\n`) });
    assert.notDeepEqual(await driftOfBlackbox(service.url, BLACKBOX, never), [], modules);
  }
});

function webhookMetrics(successful: number, at: number): Response {
  return new Response([
    "# TYPE vigie_webhook_config_last_reload_successful gauge",
    `vigie_webhook_config_last_reload_successful ${successful}`,
    `vigie_webhook_config_last_reload_success_timestamp_seconds ${at}`,
    "",
  ].join("\n"));
}

Deno.test("reloadWebhook waits until the webhook has read its file again", async () => {
  let [at, asked] = [1_700_000_000.5, 0];
  await using service = standIn({ "/metrics": () => webhookMetrics(1, ++asked > 2 ? at : 1_700_000_000.5) });
  let hung = 0;
  const hangUp = () => Promise.resolve(void (hung++, at = 1_700_000_009.25));
  assert.deepEqual(await reloadWebhook(service.url, hangUp, never), []);
  assert.equal(hung, 1);
  assert.ok(asked >= 3);
});

Deno.test("reloadWebhook tells that the webhook refused its file", async () => {
  let successful = 1;
  await using service = standIn({ "/metrics": () => webhookMetrics(successful, 1_700_000_000) });
  assert.deepEqual(await reloadWebhook(service.url, () => Promise.resolve(void (successful = 0)), never), [
    "The webhook refused webhook/webhook.json and keeps what it had: its log says why",
  ]);
});

Deno.test("reloadWebhook believes a webhook that refused a file before when it takes the next one", async () => {
  let [successful, at, asked] = [0, 1_700_000_000, 0];
  await using service = standIn({
    "/metrics": () => {
      // The signal takes a moment to be heeded.
      if (++asked === 3) [successful, at] = [1, 1_700_000_009];
      return webhookMetrics(successful, at);
    },
  });
  assert.deepEqual(await reloadWebhook(service.url, () => Promise.resolve(), never), []);
  assert.equal(asked, 3);
});
