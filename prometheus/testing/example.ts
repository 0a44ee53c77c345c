/** A configuration that uses everything, for tests. */

import * as z from "zod";
import { type Files, mergeFiles } from "../../lib/files.ts";
import { type AlertmanagerLinks, type Receiver, renderAlertmanager } from "../alertmanager/mod.ts";
import { type Routing, routingShape } from "../alertmanager/schema.ts";
import { type PrometheusLinks, renderPrometheus } from "../mod.ts";
import { type Measure, measureShape } from "../schema.ts";

/** A measuring part, every default filled in. */
export function measure(input: z.input<z.ZodObject<typeof measureShape>>): Measure {
  return z.strictObject(measureShape).parse(input);
}

/** A routing part, every default filled in. */
export function routing(input: z.input<z.ZodObject<typeof routingShape>>): Routing {
  return z.strictObject(routingShape).parse(input);
}

/** Measuring with every kind of host, job and probe. */
export const MEASURE: Measure = measure({
  hosts: [
    { name: "localhost" },
    { name: "web-1", address: "10.0.0.7:9101", labels: { team: "web" } },
    { name: "db-1", address: "10.0.0.8" },
  ],
  jobs: [
    {
      name: "api",
      targets: ["10.0.0.7:8000"],
      labels: { tier: "front" },
      interval: "5s",
      path: "/m",
      scheme: "https",
    },
    { name: "found", files: ["targets/*.json"], interval: "2m" },
  ],
  probes: [
    { name: "site", kind: "http", target: "https://example.org/" },
    { name: "shop", kind: "http", target: "https://shop.example.org/", labels: { team: "web" } },
    { name: "moved", kind: "http", target: "http://example.org/", status: [302, 301], body: 'a\\d+ "x"' },
    { name: "smtp", kind: "tcp", target: "mail.example.org:25" },
    { name: "imaps", kind: "tcp", target: "mail.example.org:993", tls: true },
    { name: "gateway", kind: "icmp", target: "10.0.0.1" },
    { name: "dns", kind: "dns", target: "10.0.0.1:53", query: "example.org", type: "MX" },
  ],
});

/** Every service. */
export const LINKS: PrometheusLinks = {
  stack: "vigie",
  services: [
    { name: "prometheus", job: "prometheus", address: "127.0.0.1:9090" },
    { name: "alertmanager", job: "alertmanager", address: "127.0.0.1:9093" },
    { name: "webhook", job: "webhook", address: "127.0.0.1:9094" },
    { name: "node-exporter", job: "node", address: "127.0.0.1:9100" },
    { name: "blackbox", job: "blackbox", address: "127.0.0.1:9115" },
    { name: "grafana", job: "grafana", address: "127.0.0.1:3000" },
    { name: "cadvisor", job: "cadvisor", address: "127.0.0.1:8080" },
    { name: "entry", job: "entry", address: "127.0.0.1:9097" },
    { name: "backup", job: "backup", address: "127.0.0.1:9096" },
  ],
  alertmanager: "127.0.0.1:9093",
  blackbox: "127.0.0.1:9115",
  entry: { address: "127.0.0.1:8443", name: "vigie.example.org", renewal: "caddy" },
  secretsDir: "/run/secrets/vigie",
  filePaths: { "targets/*.json": "/etc/prometheus-file-sd/0/*.json" },
  runbookUrl: "http://127.0.0.1:9094/runbooks",
};

/** The same with nothing but `names`. */
export function linksOf(...names: readonly string[]): PrometheusLinks {
  const services = LINKS.services.filter(({ name }) => names.includes(name));
  return {
    ...LINKS,
    services,
    blackbox: names.includes("blackbox") ? LINKS.blackbox : undefined,
    entry: names.includes("entry") ? LINKS.entry : undefined,
  };
}

/** Routing with every kind of matcher. */
export const ROUTING: Routing = routing({
  routes: [
    { matchers: ["severity = critical", 'instance=~"web-\\d+\\."'], receiver: "oncall", continue: true },
    { matchers: ['team!~"web|db"', 'note!="say \\"hi\\""'], receiver: "oncall", repeatInterval: "30m" },
  ],
});

/** A receiver for the webhook alone, and one with every kind of destination. */
export const RECEIVERS: readonly Receiver[] = [
  { name: "console", webhook: true, native: [] },
  {
    name: "oncall",
    webhook: true,
    native: [
      { kind: "slack", urlFile: "/run/secrets/vigie/oncall-slack-url" },
      {
        kind: "pagerduty",
        routingKeyFile: "/run/secrets/vigie/oncall-pagerduty-routing-key",
        url: "https://events.eu.pagerduty.com/v2/enqueue",
      },
      {
        kind: "email",
        to: ["ops@example.org", "night@example.org"],
        from: "vigie@example.org",
        smarthost: "smtp.example.org:587",
        username: "vigie",
        passwordFile: "/run/secrets/vigie/oncall-email-password",
        tls: true,
        caFile: "/run/secrets/vigie/oncall-email-ca",
      },
    ],
  },
];

/** URL that the webhook takes notifications at. */
export const WEBHOOK_URL = "http://127.0.0.1:9094/webhook";

/** What Alertmanager is told of the rest. */
export const ALERTMANAGER_LINKS: AlertmanagerLinks = {
  webhookUrl: WEBHOOK_URL,
  watchdogWithin: "10m",
  serviceJobs: LINKS.services.map(({ job }) => job).filter((job) => job !== "node"),
  onHosts: { "web-1": ["10.0.0.7:8000", "shop"] },
  ownLabels: ["vhost"],
};

/** Everything that Prometheus, the blackbox exporter and Alertmanager read. */
export function exampleFiles(measured: Measure = MEASURE, routed: Routing = ROUTING): Files {
  return mergeFiles(
    renderPrometheus(measured, "fr", LINKS),
    renderAlertmanager(routed, RECEIVERS, "fr", ALERTMANAGER_LINKS),
  );
}
