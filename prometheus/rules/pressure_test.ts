import type { Text } from "../../lib/text.ts";
import { type AlertCase, type Series, testRules } from "../testing/rule_cases.ts";
import { fires, on } from "../testing/host_case.ts";
import { pressureRules } from "./pressure.ts";

/** Seconds in which tasks wait, in 15 seconds, for 40 minutes; then nobody waits. */
function waiting(metric: string, step: number): Series {
  return { [on(metric)]: `100000+${step}x160 ${100_000 + 160 * step}+0x20` };
}

function pressure(
  alert: string,
  metric: string,
  line: { readonly high: number; readonly low: number; readonly at: string },
  summary: Text,
  description: Text,
): AlertCase {
  return {
    alert,
    series: waiting(metric, line.high),
    moments: [{ at: line.at, firing: [fires("warning", { summary, description })] }, {
      at: "40m15s",
      firing: [],
    }],
    quiet: [waiting(metric, line.low)],
  };
}

const CASES: readonly AlertCase[] = [
  pressure(
    "HostCpuPressureHigh",
    "node_pressure_cpu_waiting_seconds_total",
    { high: 11.5, low: 11.25, at: "34m45s" },
    { fr: "web-1 manque de processeurs", en: "web-1 is short of processors" },
    {
      fr:
        "D'après le noyau, au moins une tâche attend un processeur 76,7 % du temps (seuil : 75 % pendant 30 minutes). Ce qui tourne en est ralenti d'autant.",
      en:
        "By the kernel's account at least one task waits for a processor 76.7% of the time (limit: 75% for 30 minutes). What runs is that much slower.",
    },
  ),
  pressure(
    "HostMemoryPressureHigh",
    "node_pressure_memory_waiting_seconds_total",
    { high: 3.125, low: 3, at: "19m45s" },
    { fr: "web-1 manque de mémoire", en: "web-1 is short of memory" },
    {
      fr:
        "D'après le noyau, au moins une tâche attend de la mémoire 20,8 % du temps (seuil : 20 % pendant 15 minutes). Ce qui tourne en est ralenti d'autant.",
      en:
        "By the kernel's account at least one task waits for memory 20.8% of the time (limit: 20% for 15 minutes). What runs is that much slower.",
    },
  ),
  pressure(
    "HostIoPressureHigh",
    "node_pressure_io_stalled_seconds_total",
    { high: 7.75, low: 7.5, at: "34m45s" },
    { fr: "web-1 manque de débit disque", en: "web-1 is short of disk throughput" },
    {
      fr:
        "D'après le noyau, toutes les tâches attendent un disque 51,7 % du temps (seuil : 50 % pendant 30 minutes). Ce qui tourne en est ralenti d'autant.",
      en:
        "By the kernel's account all tasks wait for a disk 51.7% of the time (limit: 50% for 30 minutes). What runs is that much slower.",
    },
  ),
];

testRules(pressureRules, CASES);
