/** An alert that a test raises in Alertmanager. */

import { equal } from "node:assert/strict";

/** @param url Of Alertmanager. @param name Of the alert. */
export async function raiseAlert(
  url: string,
  name: string,
  annotations: Readonly<Record<string, string>> = {},
  labels: Readonly<Record<string, string>> = {},
): Promise<void> {
  const response = await fetch(`${url}/api/v2/alerts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify([{
      labels: { ...labels, alertname: name, severity: "critical", instance: "nowhere" },
      annotations,
    }]),
  });
  equal(response.status, 200);
  await response.body?.cancel();
}
