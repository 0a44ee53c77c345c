/** Every fault. */

import { damages } from "./damages.ts";
import { disks } from "./disks.ts";
import { engines } from "./engines.ts";
import type { Fault } from "./fault.ts";
import { hangs } from "./hangs.ts";
import { kills, reboots } from "./kills.ts";
import { memory } from "./memory.ts";
import { partitions } from "./partitions.ts";

/** What can happen to a stack, in the order in which it is done. */
export const FAULTS: readonly Fault[] = [
  ...kills,
  ...partitions,
  ...disks,
  ...damages,
  ...memory,
  ...hangs,
  ...reboots,
  ...engines,
];
