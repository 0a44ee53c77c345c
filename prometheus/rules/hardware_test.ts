import { type AlertCase, type Series, testRules } from "../testing/rule_cases.ts";
import { fires, on } from "../testing/host_case.ts";
import { hardwareRules } from "./hardware.ts";

const CORE = { chip: "platform_coretemp_0", sensor: "temp1" };

function temperature(values: string): Series {
  return { [on("node_hwmon_temp_celsius", CORE)]: values };
}

function hot(severity: "warning" | "critical", degrees: string, limit: number, minutes: number) {
  return fires(severity, {
    summary: { fr: "web-1 chauffe", en: "web-1 is hot" },
    description: {
      fr: `${
        degrees.replace(".", ",")
      } °C au capteur temp1 de platform_coretemp_0 (seuil : ${limit} °C pendant ${minutes} minutes). Le matériel ralentira, puis s'arrêtera : vérifiez ventilateurs, poussière et climatisation.`,
      en:
        `${degrees} °C at sensor temp1 of platform_coretemp_0 (limit: ${limit} °C for ${minutes} minutes). The hardware will slow down, then stop: check fans, dust and air conditioning.`,
    },
  }, CORE);
}

const HEAT: readonly AlertCase[] = [
  {
    alert: "HostTemperatureHigh",
    series: temperature("80.5x60 80x10"),
    moments: [{ at: "10m", firing: [hot("warning", "80.5", 80, 10)] }, { at: "15m15s", firing: [] }],
    // Just below; and a sensor that is not connected.
    quiet: [temperature("80x70"), temperature("127.5x70")],
  },
  {
    alert: "HostTemperatureHigh",
    series: temperature("90.5x60 90x10"),
    moments: [
      { at: "5m", firing: [hot("critical", "90.5", 90, 5)] },
      { at: "10m", firing: [hot("critical", "90.5", 90, 5), hot("warning", "90.5", 80, 10)] },
      { at: "15m15s", firing: [hot("warning", "90.0", 80, 10)] },
    ],
  },
];

const MD0 = { device: "md0" };

function raid(active: string, failed: string): Series {
  return {
    [on("node_md_disks_required", MD0)]: "2x100",
    [on("node_md_disks", { ...MD0, state: "active" })]: active,
    [on("node_md_disks", { ...MD0, state: "failed" })]: failed,
    [on("node_md_disks", { ...MD0, state: "spare" })]: "1x100",
  };
}

const RAID: readonly AlertCase[] = [
  {
    alert: "HostRaidDegraded",
    series: raid("1x70 2x10", "1x100"),
    moments: [{
      at: "15m",
      firing: [fires("critical", {
        summary: { fr: "RAID md0 de web-1 dégradé", en: "RAID md0 of web-1 degraded" },
        description: {
          fr:
            "Disques manquants depuis 15 minutes : 1. Les données tiennent encore ; la prochaine panne peut les perdre : remplacez le disque.",
          en:
            "Disks missing for 15 minutes: 1. The data is still there; the next fault may lose it: replace the disk.",
        },
      }, MD0)],
    }, { at: "17m45s", firing: [] }],
    quiet: [raid("2x100", "0x100")],
  },
  {
    alert: "HostRaidDiskFailed",
    series: raid("2x100", "1x10 0x10"),
    moments: [{
      at: "1m",
      firing: [fires("warning", {
        summary: {
          fr: "Disque en panne dans le RAID md0 de web-1",
          en: "Failed disk in RAID md0 of web-1",
        },
        description: {
          fr:
            "Disques en panne : 1. Un disque de réserve prend le relais s'il y en a un ; remplacez celui qui a lâché.",
          en: "Disks failed: 1. A spare takes over if there is one; replace the one that failed.",
        },
      }, MD0)],
    }, { at: "2m45s", firing: [] }],
    quiet: [raid("2x100", "0x100")],
  },
];

const MC0 = { controller: "0" };

const MEMORY: readonly AlertCase[] = [
  {
    alert: "HostMemoryErrorsCorrected",
    step: "1m",
    series: { [on("node_edac_correctable_errors_total", MC0)]: "7x69 9x90" },
    moments: [{
      at: "1h10m",
      firing: [fires("warning", {
        summary: { fr: "La mémoire de web-1 corrige des erreurs", en: "The memory of web-1 corrects errors" },
        description: {
          fr:
            "Erreurs corrigées en 1 heure : 2 (contrôleur 0). Une barrette qui en corrige souvent finit par en laisser passer : prévoyez de la remplacer.",
          en:
            "Errors corrected within 1 hour: 2 (controller 0). A module that often corrects some will let one pass in the end: plan to replace it.",
        },
      }, MC0)],
    }, { at: "2h9m", firing: [] }],
    // Errors of long ago.
    quiet: [{ [on("node_edac_correctable_errors_total", MC0)]: "7x150" }],
  },
  {
    alert: "HostMemoryErrorsUncorrected",
    // Then the host is started anew, with another module.
    series: { [on("node_edac_uncorrectable_errors_total", MC0)]: "0x3 1x10 0x10" },
    moments: [{
      at: "1m",
      firing: [fires("critical", {
        summary: { fr: "La mémoire de web-1 perd des données", en: "The memory of web-1 loses data" },
        description: {
          fr:
            "Erreurs impossibles à corriger depuis le démarrage : 1 (contrôleur 0). Des données sont faussées : arrêtez l'hôte et remplacez la barrette.",
          en:
            "Errors since boot that could not be corrected: 1 (controller 0). Data is spoilt: stop the host and replace the module.",
        },
      }, MC0)],
    }, { at: "3m45s", firing: [] }],
    quiet: [{ [on("node_edac_uncorrectable_errors_total", MC0)]: "0x40" }],
  },
];

testRules(hardwareRules, [...HEAT, ...RAID, ...MEMORY]);
