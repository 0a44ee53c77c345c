/** Networks that are cut between those who tell one another. */

import { ok } from "node:assert/strict";
import { type Fault, goThrough, textAt } from "./fault.ts";
import type { FaultStack } from "./fault_stack.ts";
import { cut, noCut } from "./network.ts";
import { until } from "../until.ts";

const whyNot = () => noCut;

/** Faults of the network. */
export const partitions: readonly Fault[] = [
  {
    name: "Prometheus cut from Alertmanager: alerts arrive once when it heals",
    whyNot,
    run: (stack) =>
      throughCut(stack, "alertmanager", "requests", async (raised) => {
        const dropped = await valueAt(
          `${stack.urls.prometheus}/metrics`,
          "prometheus_notifications_errors_total",
        );
        await until("Prometheus fails to tell Alertmanager", async () => {
          const now = await valueAt(
            `${stack.urls.prometheus}/metrics`,
            "prometheus_notifications_errors_total",
          );
          return now > dropped;
        });
        ok(stack.witness.count(raised, "firing") === 0, "it was told through a network that is cut");
      }),
  },
  {
    name: "Alertmanager cut from the webhook: alerts arrive once when it heals",
    main: ["local"],
    whyNot,
    run: (stack) =>
      throughCut(stack, "webhook", "requests", async (raised) => {
        await failsToTell(stack);
        ok(stack.witness.count(raised, "firing") === 0, "it was told through a network that is cut");
      }),
  },
  {
    name: "the webhook's answers lost: what Alertmanager sends again is told once",
    whyNot,
    run: (stack) => throughCut(stack, "webhook", "answers", () => failsToTell(stack)),
  },
];

async function throughCut(
  stack: FaultStack,
  service: "alertmanager" | "webhook",
  what: "requests" | "answers",
  meanwhile: (raised: string) => Promise<void>,
): Promise<void> {
  let network: AsyncDisposable | undefined;
  try {
    await goThrough(stack, {
      hit: async () => network = await cut(stack, service, what),
      meanwhile,
      heal: async () => {
        await network?.[Symbol.asyncDispose]();
        network = undefined;
      },
    });
  } finally {
    await network?.[Symbol.asyncDispose]();
  }
}

async function failsToTell({ urls }: FaultStack): Promise<void> {
  const name = "alertmanager_notification_requests_failed_total";
  const failed = await valueAt(`${urls.alertmanager}/metrics`, name);
  await until("Alertmanager fails to tell the webhook", async () => {
    return await valueAt(`${urls.alertmanager}/metrics`, name) > failed;
  });
}

/** Sum of a metric's series. */
async function valueAt(url: string, name: string): Promise<number> {
  const text = await textAt(url) ?? "";
  return [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, "gm"))].reduce(
    (sum, [, value]) => sum + Number(value),
    0,
  );
}
