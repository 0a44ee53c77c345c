import assert from "node:assert/strict";
import { renderAlertmanager } from "./mod.ts";
import { RECEIVERS, routing } from "../testing/example.ts";
import { getJson, startServer, withFiles } from "../testing/programs.ts";

/** Alerts by a short name; those that must be muted are listed in MUTED. */
const ALERTS: Record<string, Record<string, string>> = {
  "critical of /srv on a": {
    alertname: "HostDiskSpaceLow",
    instance: "a",
    mountpoint: "/srv",
    device: "sda",
    severity: "critical",
  },
  "warning of /srv on a": {
    alertname: "HostDiskSpaceLow",
    instance: "a",
    mountpoint: "/srv",
    device: "sda",
    severity: "warning",
  },
  "warning of /var on a": {
    alertname: "HostDiskSpaceLow",
    instance: "a",
    mountpoint: "/var",
    device: "sda",
    severity: "warning",
  },
  "warning of /srv on b": {
    alertname: "HostDiskSpaceLow",
    instance: "b",
    mountpoint: "/srv",
    device: "sda",
    severity: "warning",
  },
  "another warning on a": { alertname: "HostCpuHigh", instance: "a", severity: "warning" },
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
  "host c down": { alertname: "HostDown", instance: "c", severity: "critical" },
  "warning on c": { alertname: "HostCpuHigh", instance: "c", severity: "warning" },
  "critical on c": { alertname: "HostDiskSpaceLow", instance: "c", mountpoint: "/", severity: "critical" },
  "host d down": { alertname: "HostDown", instance: "d", severity: "critical" },
  // What has no instance neither mutes nor is muted.
  "critical without instance": { alertname: "Custom", severity: "critical" },
  "warning without instance": { alertname: "Custom", severity: "warning" },
  "host down without instance": { alertname: "HostDown", severity: "critical" },
  "other without instance": { alertname: "Other", severity: "warning" },
};

const MUTED = ["warning of /srv on a", "warning certificate of a site", "warning on c", "critical on c"];

Deno.test("INHIBITIONS mute a warning under its own critical, and what a dead host causes, and nothing else", async () => {
  // Nothing is sent during the test: only the state of the alerts is looked at.
  const files = renderAlertmanager(routing({ groupWait: "1h" }), RECEIVERS.slice(0, 1), "en", {
    webhookUrl: "http://127.0.0.1:9/webhook",
  });
  await withFiles(files, async (directory) => {
    await using server = await startServer("alertmanager", directory);
    const response = await fetch(`${server.url}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(
        Object.entries(ALERTS).map(([name, labels]) => ({ labels, annotations: { name } })),
      ),
    });
    assert.equal(response.status, 200, await response.text());
    const alerts = await getJson(`${server.url}/api/v2/alerts`) as {
      annotations: { name: string };
      status: { inhibitedBy: string[] };
    }[];
    assert.equal(alerts.length, Object.keys(ALERTS).length);
    const muted = alerts.filter(({ status }) => status.inhibitedBy.length > 0).map(({ annotations }) =>
      annotations.name
    );
    assert.deepEqual(muted.sort(), MUTED.toSorted());
  });
});
