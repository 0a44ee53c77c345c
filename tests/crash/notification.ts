/** Notifications of the crash tests, each told from the others by a marker. */

/** What a notification is told by wherever it turns up: `mark-000042`. */
export const MARKER = /\bmark-\d{6}\b/g;

/** The marker of a number. */
export function markerOf(number: number): string {
  return `mark-${String(number).padStart(6, "0")}`;
}

/** How a notification is to be. */
export interface Shape {
  readonly marker: string;
  /** Its group; one of its own by default. */
  readonly group?: string;
  /** Bytes of text in its alert; few by default. */
  readonly padding?: number;
  /** Further labels of its alert. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A notification as Alertmanager posts it. */
export function notificationOf({ marker, group = marker, padding = 0, labels: further }: Shape): string {
  const labels = { alertname: "Crash", marker, ...further };
  return JSON.stringify({
    version: "4",
    groupKey: `{}:{group="${group}"}`,
    truncatedAlerts: 0,
    receiver: "team",
    status: "firing",
    notification_reason: "first notification",
    groupLabels: { group },
    commonLabels: labels,
    commonAnnotations: {},
    externalURL: "http://127.0.0.1:9093",
    alerts: [{
      status: "firing",
      labels,
      annotations: { summary: `Is ${marker} lost?`, description: "x".repeat(padding) },
      startsAt: "2026-03-14T10:02:11.123456789Z",
      endsAt: "0001-01-01T00:00:00Z",
      generatorURL: "",
      fingerprint: marker,
    }],
  });
}

/** Posts a notification. @returns the answer's status; undefined when there was none. */
export async function post(url: string, body: string): Promise<number | undefined> {
  try {
    const response = await fetch(`${url}/webhook`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    await response.text();
    return response.status;
  } catch {
    return undefined; // The webhook is gone, and with it the answer.
  }
}
