/** Whether Prometheus is well: configuration, storage, targets, rules, the way to Alertmanager. */

import type { Service } from "../../compose/services/mod.ts";
import { addressesOf } from "../stack.ts";
import type { Diagnosis, Sighting } from "./diagnosis.ts";
import { noneRuns } from "./services.ts";
import { sumOf } from "./metrics.ts";
import type { Scene } from "./scene.ts";

/** It looks for its targets and Alertmanagers every 5 seconds; twice that, for a busy machine. */
const DISCOVERY_SECONDS = 10;

/** What explains that a service does not answer Prometheus. */
export const SERVICE_FAILURES = [
  "doctor/not-running",
  "doctor/port-foreign",
  "doctor/service-hung",
  "doctor/restart-loop",
  "doctor/service-dead",
  "doctor/service-unready",
  "doctor/supervisor-dead",
  "doctor/network-detached",
  "doctor/host-firewall",
  "doctor/subnet-conflict",
  "doctor/name-resolution",
  "doctor/unreachable-between",
];

const reloadFailed: Diagnosis = {
  id: "doctor/reload-failed",
  area: "prometheus",
  title: "Every service accepted its last configuration",
  about:
    "Prometheus, Alertmanager, the blackbox exporter or the webhook refused the configuration it was last told to read, and goes on with the one " +
    "before it; after a restart it will not start at all. The evidence is its own message. Generated files are checked before they are " +
    "used, so look for an edit by hand; `deno task up` writes and applies them again.",
  weight: "error",
  mayFollowFrom: [
    "doctor/generated-differs",
    "doctor/generated-missing",
    "doctor/generated-foreign",
    "doctor/secret-missing",
  ],
  async run(scene) {
    const { services } = await scene.site();
    const sightings: Sighting[] = [];
    for (const [service, metric, pattern] of RELOADS) {
      if (!services.includes(service)) continue;
      const metrics = await scene.metrics(service).catch(() => undefined);
      if (metrics === undefined || sumOf(metrics, metric) !== 0) continue;
      const lines = (await scene.logs(service)).filter((line) => pattern.test(line)).slice(-1);
      const edited = FILES[service] ?? [];
      sightings.push({
        subject: service,
        involves: edited,
        cause: `${service} refused its last configuration and goes on with the one before`,
        evidence: [`${metric} 0`, ...lines.map((line) => `log: ${line.trim()}`)],
        cure: "`deno task up` writes the configuration again, checks it and applies it",
      });
    }
    return sightings;
  },
};

const RELOADS = [
  ["prometheus", "prometheus_config_last_reload_successful", /level=error/i],
  ["alertmanager", "alertmanager_config_last_reload_successful", /level=error/i],
  ["blackbox", "blackbox_exporter_config_last_reload_successful", /level=error/i],
  ["webhook", "vigie_webhook_config_last_reload_successful", /webhook\.json|reload|config/i],
] as const;

// Whichever engine is in use, an edit of these explains that a reload was refused.
const FILES: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  [
    "prometheus/prometheus.yml",
    "alertmanager/alertmanager.yml",
    "blackbox/blackbox.yml",
    "webhook/webhook.json",
  ]
    .map((path) => [path.split("/")[0]!, [path, `local/${path}`]]),
);

const storage: Diagnosis = {
  id: "doctor/storage",
  area: "prometheus",
  title: "Prometheus's storage is sound",
  about:
    "Prometheus has met damage or failures in its own storage since it started: a corrupt write-ahead log, blocks " +
    "that cannot be loaded, compactions or truncations that fail. A full disk and a hard stop of the machine are the usual causes. The " +
    "evidence has the counters. Free some space and restart Prometheus, which mends what it can.",
  weight: "error",
  mayFollowFrom: ["doctor/disk-full", "doctor/disk-inodes", "doctor/data-path", "doctor/state-path"],
  async run(scene) {
    const metrics = await scene.metrics("prometheus");
    const found = STORAGE_COUNTERS.filter((name) => (sumOf(metrics, name) ?? 0) > 0);
    if (found.length === 0) return "storage sound";
    const lines = (await scene.logs("prometheus")).filter((line) =>
      /component="?tsdb/.test(line) && /level=(error|warn)/i.test(line)
    );
    return [{
      subject: "prometheus",
      cause: "Prometheus's storage has had failures since it started",
      evidence: [
        ...found.map((name) => `${name} ${sumOf(metrics, name)}`),
        ...lines.slice(-2).map((line) => `log: ${line.trim()}`),
      ],
      cure:
        "free some disk space and restart it: `deno task down`, then `deno task up`; `promtool tsdb analyze` shows " +
        "what is damaged",
    }];
  },
};

const STORAGE_COUNTERS = [
  "prometheus_tsdb_wal_corruptions_total",
  "prometheus_tsdb_wal_truncations_failed_total",
  "prometheus_tsdb_wal_writes_failed_total",
  "prometheus_tsdb_checkpoint_creations_failed_total",
  "prometheus_tsdb_reloads_failures_total",
  "prometheus_tsdb_compactions_failed_total",
];

const outOfOrder: Diagnosis = {
  id: "doctor/samples-refused",
  area: "prometheus",
  title: "Prometheus takes every sample",
  about:
    "Prometheus has refused samples in the last 10 minutes: they were older than what it holds (a clock that was set " +
    "back), or two targets give the same series with different values (a host or a probe twice in config.ts). The evidence has the " +
    "counters and the job.",
  weight: "warning",
  mayFollowFrom: ["doctor/clock-jumped", "doctor/clock-skew", "doctor/clock-host"],
  async run(scene) {
    const found = (await Promise.all(REFUSALS.map(async (name) =>
      // One at a time: `increase` drops the name, and the three would be one series.
      (await scene.query(`increase(${name}[10m]) > 0`)).map((value) => ({ ...value, name }))
    ))).flat();
    if (found.length === 0) return "";
    const lines = (await scene.logs("prometheus")).filter((line) =>
      /out-of-order|different value but same timestamp|too old or .*future/i.test(line)
    );
    return [{
      subject: "prometheus",
      involves: found.flatMap(({ labels }) => labels.instance ?? []),
      cause: "Prometheus refuses samples",
      evidence: [
        ...found.map(({ name, value }) => `${name} rose by about ${Math.ceil(value)} in 10 minutes`),
        ...lines.slice(-2).map((line) => `log: ${line.trim()}`),
      ],
      cure:
        "give each host, job and probe in config.ts another name, and set the clocks of the hosts in the lines by NTP",
    }];
  },
};

const REFUSALS = [
  "prometheus_target_scrapes_sample_out_of_order_total",
  "prometheus_target_scrapes_sample_duplicate_timestamp_total",
  "prometheus_target_scrapes_sample_out_of_bounds_total",
];

interface ActiveTarget {
  readonly labels: Readonly<Record<string, string>>;
  readonly scrapeUrl: string;
  readonly health: "up" | "down" | "unknown";
  readonly lastError: string;
}

const targetDown: Diagnosis = {
  id: "doctor/target-down",
  area: "prometheus",
  title: "Every target is up",
  about:
    "Prometheus cannot scrape a target: nobody listens there, a firewall drops the packets, the path is wrong, or it " +
    "answers too slowly. The evidence is the URL and Prometheus's own error. Try the URL from the machine that Prometheus runs on; for " +
    "a host of yours, start its exporter and open its port.",
  weight: "error",
  mayFollowFrom: SERVICE_FAILURES,
  async run(scene) {
    const { stack, engine } = await scene.site();
    const { activeTargets } = await scene.prometheus<{ activeTargets: ActiveTarget[] }>(
      "/api/v1/targets?state=active",
    );
    const down = activeTargets.filter(({ health }) => health === "down");
    if (down.length === 0) {
      return activeTargets.length > 0 ? `${activeTargets.length} targets up` : "";
    }
    const addresses = Object.entries(addressesOf(stack, engine.name));
    const leftOut = new Set(
      (await scene.status()).flatMap(({ service, state }) => state === "left-out" ? service : []),
    );
    return down.flatMap(({ labels, scrapeUrl, lastError }) => {
      // A target of the stack's own is known by its address: the node exporter's name is the host's.
      const own = addresses.find(([, address]) => address === new URL(scrapeUrl).host)?.[0];
      if (leftOut.has(own as Service)) return [];
      return {
        subject: own ?? labels.instance ?? scrapeUrl,
        cause: `Prometheus cannot scrape the target "${labels.instance}" of the job "${labels.job}"`,
        evidence: [`GET ${scrapeUrl}: ${lastError}`],
        cure:
          `try it where Prometheus runs: curl -sS '${scrapeUrl}'; correct its address in config.ts, start its ` +
          "exporter, or open its port",
      };
    });
  },
};

const ruleFailing: Diagnosis = {
  id: "doctor/rule-failing",
  area: "prometheus",
  title: "Every rule can be evaluated",
  about:
    "Prometheus cannot evaluate a rule: its alert can never fire. The evidence is the rule's file and group, and the error. Series that " +
    "match several others (a host twice in config.ts) are the usual cause.",
  weight: "error",
  async run(scene) {
    const { groups } = await scene.prometheus<{
      groups: { name: string; file: string; rules: { name: string; health: string; lastError?: string }[] }[];
    }>("/api/v1/rules");
    const rules = groups.flatMap((group) => group.rules.map((rule) => ({ ...rule, group })));
    const failing = rules.filter(({ health }) => health === "err");
    if (failing.length === 0) return rules.length > 0 ? `${rules.length} rules healthy` : "";
    return failing.map(({ name, lastError, group }) => ({
      subject: name,
      cause: `Prometheus cannot evaluate the rule "${name}"`,
      evidence: [`${group.file}, group "${group.name}": ${lastError ?? "no reason given"}`],
      cure: "mend what the error names in config.ts, then run `deno task check` and `deno task up`",
    }));
  },
};

const alertmanagerLost: Diagnosis = {
  id: "doctor/alerts-undelivered",
  area: "prometheus",
  title: "Prometheus delivers its alerts to Alertmanager",
  about:
    "Prometheus knows no Alertmanager, or cannot send it alerts: whatever fires, nobody is told. The evidence has the addresses " +
    "Prometheus tries and its own error. Start Alertmanager, or mend what keeps the two apart.",
  weight: "error",
  mayFollowFrom: SERVICE_FAILURES,
  async run(scene) {
    const { activeAlertmanagers } = await scene.prometheus<{ activeAlertmanagers: { url: string }[] }>(
      "/api/v1/alertmanagers",
    );
    const urls = activeAlertmanagers.map(({ url }) => url);
    if (urls.length === 0) {
      const started = sumOf(await scene.metrics("prometheus"), "process_start_time_seconds") ?? 0;
      if (scene.now() / 1_000 - started < DISCOVERY_SECONDS) {
        return "Prometheus is still looking for its targets";
      }
      return [{
        subject: "alertmanager",
        cause: "Prometheus knows no Alertmanager",
        evidence: ["/api/v1/alertmanagers: activeAlertmanagers is empty"],
        cure: "`deno task up` gives Prometheus its configuration again",
      }];
    }
    const errors = await scene.query(
      "increase(prometheus_notifications_errors_total[2m]) > 0 or increase(prometheus_notifications_dropped_total[2m]) > 0",
    );
    if (errors.length === 0) return `alerts go to ${urls.map((url) => new URL(url).host).join(", ")}`;
    const lines = (await scene.logs("prometheus")).filter((line) => /Error sending alert/i.test(line));
    return [{
      subject: "alertmanager",
      involves: ["prometheus"],
      cause: "Prometheus cannot send alerts to Alertmanager",
      evidence: [
        ...errors.map(({ labels, value }) =>
          `${labels.alertmanager ?? "notification queue"}: about ${Math.ceil(value)} failures in 2 minutes`
        ),
        ...lines.slice(-1).map((line) => `log: ${line.trim()}`),
      ],
      cure: "make Alertmanager answer at that address: `deno task up`",
    }];
  },
};

const silentPrometheus: Diagnosis = {
  id: "doctor/prometheus-foreign",
  area: "prometheus",
  title: "What answers on Prometheus's port is Prometheus",
  about:
    "Something answers on Prometheus's port and is not Prometheus: a proxy, or another program on that port. The " +
    "evidence is how its answer begins. See `doctor/port-foreign` for who holds the port; where HTTP_PROXY is set, add " +
    "127.0.0.1 to NO_PROXY.",
  weight: "error",
  mayFollowFrom: ["doctor/port-foreign", "doctor/not-running"],
  async run(scene) {
    if (noneRuns(await scene.status())) return "";
    const { urls } = await scene.site();
    const answer = await scene.get(`${urls.prometheus}/api/v1/status/buildinfo`);
    if (answer.status === 0 || answer.body.includes('"goVersion"')) return "";
    const proxy = Deno.env.get("HTTP_PROXY") ?? Deno.env.get("http_proxy");
    return [{
      subject: "prometheus",
      cause: "What answers on Prometheus's port is not Prometheus",
      evidence: [
        `GET ${answer.url}: ${answer.detail}: ${answer.body.trim().slice(0, 100)}`,
        ...proxy ? [`HTTP_PROXY=${new URL(proxy).host}, NO_PROXY=${Deno.env.get("NO_PROXY") ?? ""}`] : [],
      ],
      cure: proxy
        ? "export NO_PROXY=127.0.0.1,localhost"
        : "stop that program, or set ports.prometheus in config.ts to another port",
    }];
  },
};

/** Diagnoses of Prometheus. */
export const prometheus: readonly Diagnosis[] = [
  silentPrometheus,
  reloadFailed,
  storage,
  outOfOrder,
  targetDown,
  ruleFailing,
  alertmanagerLost,
];

/** Whether Prometheus can be asked. */
export async function prometheusAnswers(scene: Scene): Promise<boolean> {
  const { urls } = await scene.site();
  return (await scene.get(`${urls.prometheus}/-/ready`)).ok;
}
