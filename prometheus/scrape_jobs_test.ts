import assert from "node:assert/strict";
import { scrapeJobs } from "./scrape_jobs.ts";
import { LINKS, linksOf, MEASURE, measure } from "./testing/example.ts";

function jobOf(name: string, ...[input, links = LINKS]: [typeof MEASURE, typeof LINKS?]) {
  return JSON.parse(
    JSON.stringify(scrapeJobs(input, links).find(({ job_name }) => job_name === name) ?? null),
  );
}

Deno.test("scrapeJobs gives each host its name and labels, and the node exporter's port when it names none", () => {
  assert.deepEqual(jobOf("node", MEASURE).static_configs, [
    { targets: ["127.0.0.1:9100"], labels: { instance: "localhost" } },
    { targets: ["10.0.0.7:9101"], labels: { team: "web", instance: "web-1" } },
    { targets: ["10.0.0.8:9100"], labels: { instance: "db-1" } },
  ]);
});

Deno.test("scrapeJobs watches the stack's own node exporter even when no host is this machine", () => {
  const input = measure({ hosts: [{ name: "web-1", address: "[fd00::7]:9100" }] });
  assert.deepEqual(jobOf("node", input).static_configs, [
    { targets: ["[fd00::7]:9100"], labels: { instance: "web-1" } },
    { targets: ["127.0.0.1:9100"], labels: { instance: "node-exporter" } },
  ]);
});

Deno.test("scrapeJobs leaves this machine out when its node exporter is switched off", () => {
  const links = linksOf("prometheus", "alertmanager", "webhook");
  assert.equal(jobOf("node", measure({}), links), null);
  assert.equal(jobOf("node", MEASURE, links).static_configs.length, 2);
});

Deno.test("scrapeJobs does not let a label take the place of the instance", () => {
  const input = measure({ hosts: [{ name: "a", address: "a:1", labels: { instance: "b" } }] });
  assert.equal(jobOf("node", input).static_configs[0].labels.instance, "a");
});

Deno.test("scrapeJobs gives a job of the user's what it says, and never a timeout longer than its interval", () => {
  assert.deepEqual(jobOf("api", MEASURE), {
    job_name: "api",
    scrape_interval: "5s",
    scrape_timeout: "5s",
    metrics_path: "/m",
    scheme: "https",
    static_configs: [{ targets: ["10.0.0.7:8000"], labels: { tier: "front" } }],
  });
  assert.deepEqual(jobOf("found", MEASURE), {
    job_name: "found",
    scrape_interval: "2m",
    scrape_timeout: "10s",
    metrics_path: "/metrics",
    scheme: "http",
    file_sd_configs: [{ files: ["/etc/prometheus-file-sd/0/*.json"] }],
  });
});

Deno.test("scrapeJobs asks the blackbox exporter for each probe, under the probe's name", () => {
  const { static_configs, relabel_configs, metrics_path } = jobOf("probe", MEASURE);
  assert.equal(metrics_path, "/probe");
  assert.deepEqual(static_configs[1], {
    targets: ["https://shop.example.org/"],
    labels: {
      team: "web",
      instance: "shop",
      kind: "http",
      target: "https://shop.example.org/",
      __param_module: "http",
    },
  });
  assert.deepEqual(relabel_configs, [
    { source_labels: ["__address__"], target_label: "__param_target" },
    { target_label: "__address__", replacement: "127.0.0.1:9115" },
  ]);
});

Deno.test("scrapeJobs asks a service on its own path, when it has one", () => {
  const service = { name: "pushes", job: "pushes", address: "pushes:9091", path: "/m" };
  assert.deepEqual(jobOf("pushes", MEASURE, { ...LINKS, services: [service] }), {
    job_name: "pushes",
    metrics_path: "/m",
    static_configs: [{ targets: ["pushes:9091"], labels: { instance: "pushes" } }],
  });
});
