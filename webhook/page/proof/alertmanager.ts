/** What a test of the alert path asks of Alertmanager: to hold an alert, and whether it does. */

import { DRILL_ALERT } from "../../drill.ts";
import type { PageOptions } from "../view.ts";

/** Alertmanager did not do what it was asked for; the message says why. */
export class AlertmanagerSilent extends Error {
  override readonly name = "AlertmanagerSilent";
}

/** Alertmanager, as far as a drill needs it. */
export interface DrillAlertmanager {
  /** Raises the alert of drill `id` until `endMs`; a moment that is over ends it. @throws {AlertmanagerSilent} */
  raise(id: string, endMs: number): Promise<void>;
  /** True when it holds the alert of drill `id`; undefined otherwise. @throws {AlertmanagerSilent} also when it is muted. */
  holds(id: string): Promise<true | undefined>;
}

const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Alertmanager at `page.alertmanager`. */
export function createAlertmanager(
  { page, fetch, redact }: Pick<PageOptions, "page" | "fetch" | "redact">,
): DrillAlertmanager {
  async function ask(path: string, init: RequestInit = {}): Promise<string> {
    const base = page().alertmanager?.url;
    if (base === undefined) {
      throw new AlertmanagerSilent("There is no Alertmanager: webhook.json has no page.alertmanager");
    }
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    let response: Response;
    let text: string;
    try {
      response = await fetch(new URL(`api/v2/${path}`, base.endsWith("/") ? base : `${base}/`), {
        ...init,
        signal,
        redirect: "manual",
      });
      text = await limitedText(response);
    } catch (error) {
      if (error instanceof AlertmanagerSilent) throw error;
      throw new AlertmanagerSilent(
        signal.aborted
          ? `Alertmanager did not answer within ${TIMEOUT_MS / 1_000} s`
          : redact(`Alertmanager cannot be reached: ${(error as Error).message}`),
      );
    }
    if (response.ok) return text;
    throw new AlertmanagerSilent(
      redact(`Alertmanager answered HTTP ${response.status}: ${text.slice(0, 300)}`),
    );
  }

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
      const [alert] = alertsIn(text);
      if (alert?.status?.state === "suppressed") {
        throw new AlertmanagerSilent(
          "Alertmanager holds the alert back: a silence or an inhibition mutes it",
        );
      }
      return alert && true;
    },
  };
}

function alertsIn(text: string): { readonly status?: { readonly state?: string } }[] {
  try {
    const alerts = JSON.parse(text);
    if (Array.isArray(alerts)) return alerts;
  } catch {
    // Said below.
  }
  throw new AlertmanagerSilent("Alertmanager's answer is not as its API has it");
}

async function limitedText(response: Response): Promise<string> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > MAX_ANSWER_BYTES) throw new AlertmanagerSilent("Alertmanager's answer is larger than 1 MB");
    parts.push(part);
  }
  return await new Blob(parts).text();
}
