/** Whether the webhook takes notifications and delivers them. */

import type { Diagnosis, Sighting } from "./diagnosis.ts";
import { samplesOf } from "./metrics.ts";
import { prometheusAnswers } from "./prometheus.ts";
import type { Scene } from "./scene.ts";

const DELIVERIES = "vigie_webhook_deliveries_total";
const REJECTED = "vigie_webhook_rejected_total";

const deliveriesFailing: Diagnosis = {
  id: "doctor/deliveries-failing",
  area: "webhook",
  title: "The webhook's deliveries arrive",
  about:
    "The webhook has notifications that it could not deliver to a channel in the last 10 minutes: the destination " +
    "refuses them or does not answer. The evidence has the channel, the number and the webhook's own log line.",
  weight: "error",
  mayFollowFrom: ["doctor/disk-full", "doctor/secret-missing"],
  async run(scene) {
    const failed = samplesOf(await scene.metrics("webhook"), DELIVERIES, { result: "failed" });
    const sightings: Sighting[] = [];
    for (const { labels, value } of failed.filter((sample) => sample.value > 0)) {
      const channel = labels.channel ?? "unknown";
      if (!await increased(scene, `${DELIVERIES}{result="failed",channel="${channel}"}`)) continue;
      const lines = (await scene.logs("webhook")).filter((line) =>
        line.includes(channel) && /fail|error|échec/i.test(line)
      );
      sightings.push({
        subject: `channel ${channel}`,
        involves: ["webhook"],
        cause: `The webhook cannot deliver to the channel "${channel}"`,
        evidence: [
          `${DELIVERIES}{channel="${channel}",result="failed"} ${value}`,
          ...lines.slice(-1).map((line) => `log: ${line.trim()}`),
        ],
        cure: "correct that channel's receiver in config.ts (notify.receivers), then `deno task up`",
      });
    }
    return sightings.length > 0 ? sightings : "deliveries arrive";
  },
};

const rejecting: Diagnosis = {
  id: "doctor/webhook-rejecting",
  area: "webhook",
  title: "The webhook takes what it is sent",
  about:
    "The webhook has refused requests in the last 10 minutes: they were no notifications of Alertmanager's. Often Prometheus itself or " +
    "another program was pointed at it. The evidence has the reason; its log has the sender.",
  weight: "warning",
  async run(scene) {
    const rejected = samplesOf(await scene.metrics("webhook"), REJECTED).filter(({ value }) => value > 0);
    const sightings: Sighting[] = [];
    for (const { labels, value } of rejected) {
      const reason = labels.reason ?? "unknown";
      if (!await increased(scene, `${REJECTED}{reason="${reason}"}`)) continue;
      sightings.push({
        subject: "webhook",
        cause: `The webhook refuses requests: ${reason}`,
        evidence: [`${REJECTED}{reason="${reason}"} ${value}`],
        cure: "`deno task logs webhook` shows who sends them; only Alertmanager is to post to /webhook",
      });
    }
    return sightings;
  },
};

/** Diagnoses of the webhook. */
export const webhook: readonly Diagnosis[] = [deliveriesFailing, rejecting];

/** Whether a counter has risen lately; without Prometheus nobody knows when it did, and any count is worth a look. */
async function increased(scene: Scene, series: string): Promise<boolean> {
  if (!await prometheusAnswers(scene)) return true;
  // A series that is new begins at its first value: `increase` does not see that step.
  const found = await scene.query(
    `increase(${series}[10m]) > 0 or (${series} > 0 unless ${series} offset 10m)`,
  );
  return found.length > 0;
}
