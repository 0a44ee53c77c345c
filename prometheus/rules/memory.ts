/** Alerts about the memory of hosts, measured by the node exporter. */

import { hostAlert } from "./host_alert.ts";
import { type AlertRule, atLeast, type RecordingRule, type RuleContext, type RuleFamily } from "./rule.ts";
import { PERCENT } from "./settable_alert.ts";
import { VALUE } from "./words.ts";

// A figure that the host dashboard and an alert share.
const MEMORY_USED: RecordingRule = {
  record: "instance:node_memory_used:ratio",
  expr: '1 - node_memory_MemAvailable_bytes{job="node"} / node_memory_MemTotal_bytes{job="node"}',
};

/** Memory that is short. */
export const memoryRules: RuleFamily = {
  name: "memory",
  needs: "node",
  rules: (context) => [MEMORY_USED, ...shortage(context), oomKill(context)],
};

function shortage(context: RuleContext): AlertRule[] {
  return [
    hostAlert(context, {
      alert: "HostMemoryHigh",
      severity: "warning",
      line: { threshold: context.thresholds.memory, for: "15m" },
      expr: (threshold) => `100 * instance:node_memory_used:ratio > ${threshold}`,
      unit: PERCENT,
      summary: {
        fr: "Mémoire de {{ $labels.instance }} presque pleine",
        en: "Memory of {{ $labels.instance }} almost full",
      },
      description: ({ limit }) => ({
        fr:
          `Mémoire utilisée à ${VALUE.fr} % (${limit.fr}). Si elle se remplit, le noyau arrêtera des processus.`,
        en: `${VALUE.en}% of the memory is used (${limit.en}). Once it is full, the kernel kills processes.`,
      }),
    }),
    hostAlert(context, {
      alert: "HostSwapHigh",
      severity: "warning",
      line: { threshold: 80, for: "15m" },
      // Without any swap this is 0/0, which is above nothing.
      expr: (threshold) =>
        `100 * (1 - node_memory_SwapFree_bytes{job="node"} / node_memory_SwapTotal_bytes{job="node"}) > ${threshold}`,
      unit: PERCENT,
      summary: {
        fr: "Espace d'échange de {{ $labels.instance }} presque plein",
        en: "Swap of {{ $labels.instance }} almost full",
      },
      description: ({ limit }) => ({
        fr:
          `Utilisé à ${VALUE.fr} % (${limit.fr}). Une fois plein, il ne reste que la mémoire : le noyau arrêtera des processus.`,
        en:
          `${VALUE.en}% used (${limit.en}). Once it is full only memory is left: the kernel kills processes.`,
      }),
    }),
    hostAlert(context, {
      alert: "HostMajorPageFaultsHigh",
      severity: "warning",
      line: { threshold: 500, for: "15m" },
      expr: (threshold) =>
        `rate(node_vmstat_pgmajfault{job="node"}[${atLeast("5m", context)}]) > ${threshold}`,
      summary: {
        fr: "{{ $labels.instance }} relit sans cesse sa mémoire sur disque",
        en: "{{ $labels.instance }} keeps reading its memory from disk",
      },
      description: ({ limit }) => ({
        fr:
          `${VALUE.fr} défauts de page majeurs par seconde (${limit.fr}) : la mémoire ne suffit plus à ce qui tourne, tout y devient lent.`,
        en:
          `${VALUE.en} major page faults per second (${limit.en}): memory no longer holds what runs, everything on it gets slow.`,
      }),
    }),
  ];
}

function oomKill(context: RuleContext): AlertRule {
  return hostAlert(context, {
    alert: "HostOomKill",
    severity: "warning",
    line: {},
    expr: () => `increase(node_vmstat_oom_kill{job="node"}[${atLeast("10m", context)}]) > 0`,
    summary: {
      fr: "{{ $labels.instance }} a manqué de mémoire",
      en: "{{ $labels.instance }} ran out of memory",
    },
    description: () => ({
      fr:
        "Le noyau a arrêté au moins un processus faute de mémoire. Son nom est dans le journal du noyau : dmesg | grep -i oom",
      en:
        "The kernel killed at least one process for lack of memory. Its name is in the kernel's log: dmesg | grep -i oom",
    }),
  });
}
