/** What a test of the alert path asks of Alertmanager: to hold an alert, and whether it does. */

import { DRILL_ALERT } from "../../drill.ts";
import { alertmanagerOf, listIn } from "../alertmanager.ts";
import type { PageOptions } from "../view.ts";

/** Alertmanager, as far as a drill needs it. */
export interface DrillAlertmanager {
  /** Raises the alert of drill `id` until `endMs`; a moment that is over ends it. @throws {AlertmanagerSilent} */
  raise(id: string, endMs: number): Promise<void>;
  /** Whether it has the alert of drill `id`, and tells of it; undefined when it has not. @throws {AlertmanagerSilent} */
  holds(id: string): Promise<"active" | "muted" | undefined>;
}

/** Alertmanager at `page.alertmanager`. */
export function createAlertmanager(
  options: Pick<PageOptions, "page" | "fetch" | "redact">,
): DrillAlertmanager {
  const ask = alertmanagerOf(options);
  return {
    async raise(id, endMs) {
      const alert = {
        labels: { alertname: DRILL_ALERT, severity: "info", drill: id },
        annotations: { summary: id },
        endsAt: new Date(endMs).toISOString(),
      };
      await ask("alerts", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify([alert]),
      });
    },
    async holds(id) {
      const text = await ask(`alerts?${new URLSearchParams({ filter: `drill="${id}"` })}`);
      const [alert] = listIn(text) as { readonly status?: { readonly state?: string } }[];
      if (!alert) return undefined;
      return alert.status?.state === "suppressed" ? "muted" : "active";
    },
  };
}
