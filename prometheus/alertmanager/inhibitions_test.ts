import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { AlertShape } from "./alert_shape.ts";
import { CONFIG, parseConfigFile } from "./config_file.ts";
import { inhibitors, inhibitRule } from "./inhibit.ts";
import { renderAlertmanager } from "./mod.ts";
import { compileFits } from "./ways.ts";
import { ALERTMANAGER_LINKS, RECEIVERS, routing } from "../testing/example.ts";
import { getJson, startServer, withFiles } from "../testing/programs.ts";

const DEADLINE_MS = 10_000;
const POLL_MS = 20;

type Labels = Readonly<Record<string, string>>;

const disk = (instance: string, mountpoint: string, severity: string): Labels => ({
  alertname: "HostDiskSpaceLow",
  instance,
  mountpoint,
  device: "sda",
  severity,
});
const host = (instance: string, alertname: string, severity: string): Labels => ({
  alertname,
  instance,
  job: "node",
  severity,
});

/** Alerts by a short name; those that must be muted are listed in MUTED. */
const ALERTS: Readonly<Record<string, Labels>> = {
  "critical of /srv on a": disk("a", "/srv", "critical"),
  "warning of /srv on a": disk("a", "/srv", "warning"),
  "warning of /var on a": disk("a", "/var", "warning"),
  "warning of /srv on b": disk("b", "/srv", "warning"),
  "another warning on a": host("a", "HostCpuHigh", "warning"),
  "critical certificate of a site": {
    alertname: "CertificateExpiring",
    instance: "site",
    severity: "critical",
  },
  "warning certificate of a site": {
    alertname: "CertificateExpiring",
    instance: "site",
    severity: "warning",
  },
  "warning certificate of another": {
    alertname: "CertificateExpiring",
    instance: "shop-2",
    severity: "warning",
  },

  // Containers of one cAdvisor differ by their name only.
  "critical of the container db": container("db", "critical"),
  "warning of the container db": container("db", "warning"),
  "warning of the container web": container("web", "warning"),
  "warning that a sensor is hot": { ...host("e", "HostHot", "warning"), chip: "platform_0", sensor: "temp1" },
  "info that the same sensor is warm": {
    ...host("e", "HostHot", "info"),
    chip: "platform_0",
    sensor: "temp1",
  },
  "info that another sensor is warm": {
    ...host("e", "HostHot", "info"),
    chip: "platform_0",
    sensor: "temp2",
  },

  // Alerts of config.ts's own differ by labels of their own.
  "critical of a virtual host": { alertname: "Own", instance: "f", vhost: "a", severity: "critical" },
  "warning of the same virtual host": { alertname: "Own", instance: "f", vhost: "a", severity: "warning" },
  "warning of another virtual host": { alertname: "Own", instance: "f", vhost: "b", severity: "warning" },

  // A job tells the same instance apart.
  "critical of a job": { alertname: "TargetDown", instance: "10.0.0.9:80", job: "one", severity: "critical" },
  "warning of another job": {
    alertname: "TargetDown",
    instance: "10.0.0.9:80",
    job: "two",
    severity: "warning",
  },

  "host c down": host("c", "HostDown", "critical"),
  "warning on c": host("c", "HostCpuHigh", "warning"),
  "critical on c": disk("c", "/", "critical"),
  "info on c": { alertname: "OfTheUser", instance: "c", severity: "info" },
  "host d down": host("d", "HostDown", "critical"),
  "warning on cc": host("cc", "HostCpuHigh", "warning"),

  // What runs at the address of a host that is down is down with it.
  "host web-1 down": host("web-1", "HostDown", "critical"),
  "job on web-1": { alertname: "TargetDown", instance: "10.0.0.7:8000", job: "api", severity: "critical" },
  "probe of web-1": { alertname: "ProbeFailed", instance: "shop", job: "probe", severity: "critical" },
  "job on another host": {
    alertname: "TargetDown",
    instance: "10.0.0.70:8000",
    job: "api",
    severity: "critical",
  },
  "job whose address looks alike": {
    alertname: "TargetDown",
    instance: "10x0x0x7:8000",
    job: "api",
    severity: "critical",
  },

  // A host may have the name of a service of the stack.
  "host grafana down": host("grafana", "HostDown", "critical"),
  "warning on the host grafana": host("grafana", "HostCpuHigh", "warning"),
  "service grafana": { alertname: "GrafanaDown", instance: "grafana", job: "grafana", severity: "warning" },

  // What follows from something that is told by itself.
  "target of api down": service("TargetDown", "10.0.0.1:80", "api", "critical"),
  "part of api down": { alertname: "JobTargetsDown", job: "api", severity: "warning" },
  "part of shop down": { alertname: "JobTargetsDown", job: "shop", severity: "warning" },
  "webhook down": service("WebhookDown", "webhook", "webhook", "critical"),
  "webhook starts over and over": service("ServiceCrashLooping", "webhook", "webhook", "critical"),
  "prometheus starts over and over": service("ServiceCrashLooping", "prometheus", "prometheus", "critical"),
  "webhook flaps": service("TargetFlapping", "webhook", "webhook", "warning"),
  "prometheus flaps": service("TargetFlapping", "prometheus", "prometheus", "warning"),
  "host b flaps": service("TargetFlapping", "b", "node", "warning"),
  "alertmanager cannot reach the webhook": {
    ...service("AlertmanagerNotificationsFailing", "alertmanager", "alertmanager", "critical"),
    integration: "webhook",
  },
  "alertmanager cannot reach email": {
    ...service("AlertmanagerNotificationsFailing", "alertmanager", "alertmanager", "critical"),
    integration: "email",
  },
  "queue of oncall stuck": {
    ...service("WebhookQueueStuck", "webhook", "webhook", "critical"),
    channel: "oncall",
  },
  "oncall paused": { ...service("WebhookChannelPaused", "webhook", "webhook", "warning"), channel: "oncall" },
  "queue of oncall grows": {
    ...service("WebhookQueueGrowing", "webhook", "webhook", "warning"),
    channel: "oncall",
  },
  "chat paused": { ...service("WebhookChannelPaused", "webhook", "webhook", "warning"), channel: "chat" },

  // What has no instance neither mutes nor is muted.
  "critical without instance": { alertname: "Custom", severity: "critical" },
  "warning without instance": { alertname: "Custom", severity: "warning" },
  "host down without instance": { alertname: "HostDown", severity: "critical" },
  "other without instance": { alertname: "Other", severity: "warning" },
};

const MUTED = [
  "warning of /srv on a",
  "warning certificate of a site",
  "warning of the container db",
  "warning of the same virtual host",
  "info that the same sensor is warm",
  "warning on c",
  "critical on c",
  "info on c",
  "job on web-1",
  "probe of web-1",
  "warning on the host grafana",
  "part of api down",
  "webhook starts over and over",
  "webhook flaps",
  "prometheus flaps",
  "alertmanager cannot reach the webhook",
  "oncall paused",
  "queue of oncall grows",
];

Deno.test("inhibitions mute what is less bad, and what a dead host causes, and nothing else", async () => {
  await withFiles(files(), async (directory) => {
    await using server = await startServer("alertmanager", directory);
    const post = async (alerts: readonly unknown[]) => {
      const response = await fetch(`${server.url}/api/v2/alerts`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(alerts),
      });
      assert.equal(response.status, 200, await response.text());
    };
    await post(Object.entries(ALERTS).map(([name, labels]) => ({ labels, annotations: { name } })));
    await mutes(server.url, Object.keys(ALERTS).length, MUTED);

    // The host is up again: what was muted is told.
    const endsAt = new Date(Date.now() - 1_000).toISOString();
    const startsAt = new Date(Date.now() - 60_000).toISOString();
    await post(["host c down", "host web-1 down"].map((name) => ({
      labels: ALERTS[name],
      annotations: { name },
      startsAt,
      endsAt,
    })));
    const still = MUTED.filter((name) => !/ on c$|web-1$/.test(name));
    await mutes(server.url, Object.keys(ALERTS).length - 2, still);
  });
});

/** Alertmanager takes alerts in before it looks what they mute. */
async function mutes(url: string, count: number, names: readonly string[]): Promise<void> {
  const wanted = names.toSorted();
  const deadline = performance.now() + DEADLINE_MS;
  let muted = await mutedOf(url, count);
  while (muted.join() !== wanted.join() && performance.now() < deadline) {
    await delay(POLL_MS);
    muted = await mutedOf(url, count);
  }
  assert.deepEqual(muted, wanted);
}

Deno.test("inhibitors finds what the real Alertmanager mutes", async () => {
  const config = parseConfigFile(files().get(CONFIG)!)!;
  const rules = config.inhibitRules.map(inhibitRule);
  const fits = await compileFits(rules.flatMap(({ source, target }) => [...source, ...target]));
  const shapes = Object.entries(ALERTS).map(([name, labels]): AlertShape => ({
    name: labels.alertname!,
    labels: { ...labels, short: name },
    sure: new Set(),
    maybe: new Set(),
    open: false,
  }));
  const mutedBy = inhibitors(rules, shapes, fits);
  const muted = shapes.filter((shape) => mutedBy(shape).length > 0).map(({ labels }) => labels.short);
  assert.deepEqual(muted.sort(), MUTED.toSorted());
});

/** Nothing is sent: only the state of the alerts is looked at. */
function files() {
  return renderAlertmanager(routing({ groupWait: "1h" }), RECEIVERS.slice(0, 1), "en", {
    ...ALERTMANAGER_LINKS,
    webhookUrl: "http://127.0.0.1:9/webhook",
  });
}

async function mutedOf(url: string, count: number): Promise<string[]> {
  const alerts = await getJson(`${url}/api/v2/alerts`) as {
    annotations: { name: string };
    status: { inhibitedBy: string[] };
  }[];
  assert.equal(alerts.length, count);
  return alerts.filter(({ status }) => status.inhibitedBy.length > 0).map(({ annotations }) =>
    annotations.name
  )
    .sort();
}

function service(alertname: string, instance: string, job: string, severity: string): Labels {
  return { alertname, instance, job, severity };
}

function container(name: string, severity: string): Labels {
  return { alertname: "ContainerMemoryHigh", instance: "cadvisor", job: "cadvisor", name, severity };
}
