/** Every fault. */

import { disks } from "./disks.ts";
import type { Fault } from "./fault.ts";
import { kills } from "./kills.ts";
import { partitions } from "./partitions.ts";

/** What can happen to a stack, in the order in which it is done. */
export const FAULTS: readonly Fault[] = [...kills, ...partitions, ...disks];
