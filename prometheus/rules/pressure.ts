/** Alerts about pressure (PSI): how long tasks wait for something that is short, measured by the kernel. Not every kernel does. */

import type { Text } from "../../lib/text.ts";
import { hostAlert } from "./host_alert.ts";
import { type AlertRule, atLeast, type RuleContext, type RuleFamily } from "./rule.ts";
import { PERCENT } from "./settable_alert.ts";
import { VALUE } from "./words.ts";

/** Tasks that wait for processors, memory, disks. */
export const pressureRules: RuleFamily = {
  name: "pressure",
  needs: "node",
  rules: (context) => [
    // "Waiting" is: some task waits; "stalled": all of them do. One backup alone makes some task wait for the disk all the time.
    pressure(context, {
      alert: "HostCpuPressureHigh",
      metric: "node_pressure_cpu_waiting_seconds_total",
      line: { threshold: 75, for: "30m" },
      short: { fr: "de processeurs", en: "processors" },
      time: (value) => ({
        fr: `au moins une tâche attend un processeur ${value.fr} % du temps`,
        en: `at least one task waits for a processor ${value.en}% of the time`,
      }),
    }),
    pressure(context, {
      alert: "HostMemoryPressureHigh",
      metric: "node_pressure_memory_waiting_seconds_total",
      line: { threshold: 20, for: "15m" },
      short: { fr: "de mémoire", en: "memory" },
      time: (value) => ({
        fr: `au moins une tâche attend de la mémoire ${value.fr} % du temps`,
        en: `at least one task waits for memory ${value.en}% of the time`,
      }),
    }),
    pressure(context, {
      alert: "HostIoPressureHigh",
      metric: "node_pressure_io_stalled_seconds_total",
      line: { threshold: 50, for: "30m" },
      short: { fr: "de débit disque", en: "disk throughput" },
      time: (value) => ({
        fr: `toutes les tâches attendent un disque ${value.fr} % du temps`,
        en: `all tasks wait for a disk ${value.en}% of the time`,
      }),
    }),
  ],
};

function pressure(
  context: RuleContext,
  { alert, metric, line, short, time }: {
    readonly alert: string;
    readonly metric: string;
    readonly line: { readonly threshold: number; readonly for: string };
    readonly short: Text;
    readonly time: (value: Text) => Text;
  },
): AlertRule {
  const words = time(VALUE);
  return hostAlert(context, {
    alert,
    severity: "warning",
    line,
    expr: (threshold) => `100 * rate(${metric}{job="node"}[${atLeast("5m", context)}]) > ${threshold}`,
    unit: PERCENT,
    summary: {
      fr: `{{ $labels.instance }} manque ${short.fr}`,
      en: `{{ $labels.instance }} is short of ${short.en}`,
    },
    description: ({ limit }) => ({
      fr: `D'après le noyau, ${words.fr} (${limit.fr}). Ce qui tourne en est ralenti d'autant.`,
      en: `By the kernel's account ${words.en} (${limit.en}). What runs is that much slower.`,
    }),
  });
}
