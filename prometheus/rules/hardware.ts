/** Alerts about the hardware of hosts, measured by the node exporter: heat, RAID, memory modules. A host without sensors raises none. */

import { CELSIUS, COUNT, hostAlert } from "./host_alert.ts";
import { type AlertRule, atLeast, type RuleContext, type RuleFamily } from "./rule.ts";
import { inWords, VALUE } from "./words.ts";

/** Hardware that is too hot, or broken. */
export const hardwareRules: RuleFamily = {
  name: "hardware",
  needs: "node",
  rules: (context) => [
    temperature(context, "warning", { threshold: 80, for: "10m" }),
    temperature(context, "critical", { threshold: 90, for: "5m" }),
    ...raid(context),
    ...memoryErrors(context),
  ],
};

function temperature(
  context: RuleContext,
  severity: "warning" | "critical",
  line: { readonly threshold: number; readonly for: string },
): AlertRule {
  return hostAlert(context, {
    alert: "HostTemperatureHigh",
    severity,
    line,
    // Sensors that are not connected read 125 to 128: no machine runs at that.
    expr: (threshold) => `node_hwmon_temp_celsius{job="node"} > ${threshold} < 120`,
    unit: CELSIUS,
    summary: {
      fr: "{{ $labels.instance }} chauffe",
      en: "{{ $labels.instance }} is hot",
    },
    description: ({ limit }) => ({
      fr:
        `${VALUE.fr} °C au capteur {{ $labels.sensor }} de {{ $labels.chip }} (${limit.fr}). Le matériel ralentira, puis s'arrêtera : vérifiez ventilateurs, poussière et climatisation.`,
      en:
        `${VALUE.en} °C at sensor {{ $labels.sensor }} of {{ $labels.chip }} (${limit.en}). The hardware will slow down, then stop: check fans, dust and air conditioning.`,
    }),
  });
}

function raid(context: RuleContext): AlertRule[] {
  return [
    hostAlert(context, {
      alert: "HostRaidDegraded",
      severity: "critical",
      line: { for: "15m" },
      variables: ["device"],
      expr: () =>
        'node_md_disks_required{job="node"} - ignoring (state) node_md_disks{job="node",state="active"} > 0',
      summary: {
        fr: "RAID {{ $labels.device }} de {{ $labels.instance }} dégradé",
        en: "RAID {{ $labels.device }} of {{ $labels.instance }} degraded",
      },
      description: ({ since }) => ({
        fr:
          `Disques manquants${since.fr} : ${COUNT}. Les données tiennent encore ; la prochaine panne peut les perdre : remplacez le disque.`,
        en:
          `Disks missing${since.en}: ${COUNT}. The data is still there; the next fault may lose it: replace the disk.`,
      }),
    }),
    hostAlert(context, {
      alert: "HostRaidDiskFailed",
      severity: "warning",
      line: { for: "1m" },
      variables: ["device"],
      expr: () => 'sum without (state) (node_md_disks{job="node",state="failed"}) > 0',
      summary: {
        fr: "Disque en panne dans le RAID {{ $labels.device }} de {{ $labels.instance }}",
        en: "Failed disk in RAID {{ $labels.device }} of {{ $labels.instance }}",
      },
      description: () => ({
        fr:
          `Disques en panne : ${COUNT}. Un disque de réserve prend le relais s'il y en a un ; remplacez celui qui a lâché.`,
        en: `Disks failed: ${COUNT}. A spare takes over if there is one; replace the one that failed.`,
      }),
    }),
  ];
}

function memoryErrors(context: RuleContext): AlertRule[] {
  const window = atLeast("1h", context);
  return [
    hostAlert(context, {
      alert: "HostMemoryErrorsCorrected",
      severity: "warning",
      line: { threshold: 0 },
      expr: (threshold) =>
        `increase(node_edac_correctable_errors_total{job="node"}[${window}]) > ${threshold}`,
      summary: {
        fr: "La mémoire de {{ $labels.instance }} corrige des erreurs",
        en: "The memory of {{ $labels.instance }} corrects errors",
      },
      description: () => ({
        fr: `Erreurs corrigées en ${
          inWords(window).fr
        } : ${COUNT} (contrôleur {{ $labels.controller }}). Une barrette qui en corrige souvent finit par en laisser passer : prévoyez de la remplacer.`,
        en: `Errors corrected within ${
          inWords(window).en
        }: ${COUNT} (controller {{ $labels.controller }}). A module that often corrects some will let one pass in the end: plan to replace it.`,
      }),
    }),
    hostAlert(context, {
      alert: "HostMemoryErrorsUncorrected",
      severity: "critical",
      line: {},
      // The count since the host started: what has been spoilt stays so until then.
      expr: () => 'node_edac_uncorrectable_errors_total{job="node"} > 0',
      summary: {
        fr: "La mémoire de {{ $labels.instance }} perd des données",
        en: "The memory of {{ $labels.instance }} loses data",
      },
      description: () => ({
        fr:
          `Erreurs impossibles à corriger depuis le démarrage : ${COUNT} (contrôleur {{ $labels.controller }}). Des données sont faussées : arrêtez l'hôte et remplacez la barrette.`,
        en:
          `Errors since boot that could not be corrected: ${COUNT} (controller {{ $labels.controller }}). Data is spoilt: stop the host and replace the module.`,
      }),
    }),
  ];
}
