/** Disks that are full, or may no longer be written to. */

import { ok } from "node:assert/strict";
import { noDisk } from "../crash/small_disk.ts";
import { type Fault, goThrough, textAt } from "./fault.ts";
import { answers } from "./answers.ts";
import type { FaultStack, Keeper } from "./fault_stack.ts";
import { until } from "../until.ts";

const whyNot = () => noDisk;

/** Faults of disks. */
export const disks: readonly Fault[] = [
  {
    name: "the webhook's disk full: it takes nothing that it cannot keep, and everything once there is room",
    main: ["docker"],
    whyNot,
    run: (stack) =>
      throughFull(stack, "webhook", async () => {
        await until("the webhook says that its disk is full", async () => {
          return (await textAt(`${stack.urls.webhook}/ready`) ?? "").includes("full");
        });
        ok(
          await answers(`${stack.urls.webhook}/health`),
          "a probe of its liveness would end it, and mend nothing",
        );
      }),
  },
  {
    name: "Alertmanager's disk full: it goes on telling",
    whyNot,
    run: (stack) => throughFull(stack, "alertmanager", (raised) => stack.witness.hears(raised, "firing")),
  },
  {
    name: "Prometheus's disk full: alerts are told again once there is room, without a restart",
    whyNot,
    async run(stack) {
      const pid = await stack.pid("prometheus");
      await throughFull(stack, "prometheus", () =>
        until("Prometheus cannot write", async () => {
          const text = await textAt(`${stack.urls.prometheus}/metrics`) ?? "";
          return /^prometheus_target_scrapes_sample_|^prometheus_tsdb_wal_writes_failed_total [1-9]/m.test(
            text,
          ) &&
            /^prometheus_tsdb_wal_writes_failed_total [1-9]/m.test(text);
        }));
      ok(await stack.pid("prometheus") === pid, "it was restarted");
    },
  },
];

async function throughFull(
  stack: FaultStack,
  keeper: Keeper,
  meanwhile: (raised: string) => Promise<unknown>,
): Promise<void> {
  const disk = stack.disks.get(keeper)!;
  let isFull = false;
  const makeRoom = async () => {
    if (isFull) await disk.makeRoom();
    isFull = false;
  };
  try {
    await goThrough(stack, {
      hit: async () => {
        isFull = true;
        await disk.fill(0);
      },
      meanwhile,
      heal: makeRoom,
    });
  } finally {
    await makeRoom();
  }
}
