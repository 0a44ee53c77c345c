/** Uses a running stack so that it exposes what it exposes only after an event, and reads what it exposes then. */

import { setTimeout as delay } from "node:timers/promises";
import { EXIT, Failure } from "../cli.ts";
import type { OutsideWorld } from "./outside_world.ts";
import type { Ports } from "./record.ts";

const DEADLINE_MS = 60_000;
const POLL_MS = 250;

// What Prometheus is asked, so that it counts the answers; the last one it refuses.
const QUESTIONS = [
  "/api/v1/query?query=up",
  "/api/v1/query_range?query=up&start=0&end=60&step=15",
  "/api/v1/series?match[]=up",
  "/api/v1/labels",
  "/api/v1/rules",
  "/api/v1/targets",
  "/api/v1/status/tsdb",
  "/federate?match[]=up",
  "/api/v1/query?query=)",
];

// What must have happened before the text is what is wanted: without it nothing would be recorded and nobody would know.
const SEEN: Readonly<Record<string, readonly RegExp[]>> = {
  prometheus: [
    /^prometheus_notifications_sent_total\{.*\} [1-9]/m,
    /^prometheus_target_interval_length_seconds\{/m,
    /^prometheus_tsdb_head_samples_appended_total\{/m,
  ],
  alertmanager: [
    /^alertmanager_notifications_total\{.*integration="webhook"\} [1-9]/m,
    /^alertmanager_notifications_failed_total\{.*integration="email".*\} [1-9]/m,
  ],
  webhook: [
    /^vigie_webhook_deliveries_total\{.*result="delivered"\} [1-9]/m,
    /^vigie_webhook_watchdog_last_seen/m,
  ],
  node: [/^node_cpu_seconds_total\{/m],
  blackbox: [/^blackbox_exporter_config_last_reload_successful 1/m],
};

/** What each job's program exposes once all of `SEEN` has happened. @throws {Failure} naming what has not. */
export async function exercise(
  ports: Ports,
  { url, dnsPort }: OutsideWorld,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const at = (service: keyof Ports, path: string) => `http://127.0.0.1:${ports[service]}${path}`;
  for (const path of QUESTIONS) await (await fetch(at("prometheus", path), { signal })).body?.cancel();
  await (await fetch(at("prometheus", "/-/reload"), { method: "POST", signal })).body?.cancel();
  await post(at("alertmanager", "/api/v2/alerts"), alerts(), signal);
  await post(at("alertmanager", "/api/v2/silences"), silence(), signal);

  const exposed = new Map<string, readonly string[]>();
  const jobs = {
    prometheus: "prometheus",
    alertmanager: "alertmanager",
    webhook: "webhook",
    node: "node-exporter",
    blackbox: "blackbox",
  } as const;
  for (const [job, service] of Object.entries(jobs)) {
    exposed.set(job, [await textWith(at(service, "/metrics"), SEEN[job]!, signal)]);
  }
  const probes = {
    http: url,
    tcp: new URL(url).host,
    icmp: "127.0.0.1",
    "dns_a_example.org": `127.0.0.1:${dnsPort}`,
  };
  const asked = Object.entries(probes).map(([module, target]) =>
    textWith(
      at("blackbox", `/probe?${new URLSearchParams({ module, target })}`),
      [/^probe_success 1/m],
      signal,
    )
  );
  return exposed.set("probe", await Promise.all(asked));
}

async function post(url: string, body: unknown, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Failure(`Cannot record: POST ${url} answered ${response.status}: ${text}`, EXIT.wrong);
  }
}

function alerts(): unknown {
  // Of two hosts: a critical alert mutes the warning of its own.
  return [{ severity: "critical", instance: "a" }, { severity: "warning", instance: "b" }]
    .map((labels) => ({
      labels: { alertname: "Recorded", ...labels },
      annotations: { summary: "Recorded" },
    }));
}

function silence(): unknown {
  return {
    matchers: [{ name: "alertname", value: "Nothing", isRegex: false, isEqual: true }],
    startsAt: new Date().toISOString(),
    endsAt: new Date(Date.now() + 600_000).toISOString(),
    createdBy: "catalogue",
    comment: "So that there is one",
  };
}

async function textWith(url: string, wanted: readonly RegExp[], signal: AbortSignal): Promise<string> {
  const deadline = performance.now() + DEADLINE_MS;
  while (true) {
    const response = await fetch(url, { signal });
    const text = await response.text();
    const missing = wanted.filter((line) => !line.test(text));
    if (missing.length === 0) return text;
    if (performance.now() > deadline) {
      throw new Failure(
        `Cannot record: ${url} does not expose ${missing.join(", ")} within ${DEADLINE_MS / 1_000} s`,
        EXIT.wrong,
      );
    }
    await delay(POLL_MS, undefined, { signal });
  }
}
