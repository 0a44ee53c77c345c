import { type AlertCase, testRules } from "../testing/rule_cases.ts";
import { fires, on } from "../testing/host_case.ts";
import { memoryRules } from "./memory.ts";

const CASES: readonly AlertCase[] = [
  {
    alert: "HostMemoryHigh",
    series: {
      [on("node_memory_MemTotal_bytes")]: "16000000000x80",
      [on("node_memory_MemAvailable_bytes")]: "1400000000x70 1600000000x10",
    },
    moments: [{
      at: "15m",
      firing: [fires("warning", {
        summary: { fr: "Mémoire de web-1 presque pleine", en: "Memory of web-1 almost full" },
        description: {
          fr:
            "Mémoire utilisée à 91,2 % (seuil : 90 % pendant 15 minutes). Si elle se remplit, le noyau arrêtera des processus.",
          en:
            "91.2% of the memory is used (limit: 90% for 15 minutes). Once it is full, the kernel kills processes.",
        },
      })],
    }, { at: "17m45s", firing: [] }],
    quiet: [{
      [on("node_memory_MemTotal_bytes")]: "16000000000x80",
      [on("node_memory_MemAvailable_bytes")]: "1600000000x80",
    }],
  },
  {
    alert: "HostSwapHigh",
    series: {
      [on("node_memory_SwapTotal_bytes")]: "2000000000x80",
      [on("node_memory_SwapFree_bytes")]: "380000000x70 400000000x10",
    },
    moments: [{
      at: "15m",
      firing: [fires("warning", {
        summary: {
          fr: "Espace d'échange de web-1 presque plein",
          en: "Swap of web-1 almost full",
        },
        description: {
          fr:
            "Utilisé à 81,0 % (seuil : 80 % pendant 15 minutes). Une fois plein, il ne reste que la mémoire : le noyau arrêtera des processus.",
          en:
            "81.0% used (limit: 80% for 15 minutes). Once it is full only memory is left: the kernel kills processes.",
        },
      })],
    }, { at: "17m45s", firing: [] }],
    quiet: [
      {
        [on("node_memory_SwapTotal_bytes")]: "2000000000x80",
        [on("node_memory_SwapFree_bytes")]: "400000000x80",
      },
      // A host without swap.
      { [on("node_memory_SwapTotal_bytes")]: "0x80", [on("node_memory_SwapFree_bytes")]: "0x80" },
    ],
  },
  {
    alert: "HostMajorPageFaultsHigh",
    series: { [on("node_vmstat_pgmajfault")]: "900000+7650x90 1588500+0x40" },
    moments: [{
      at: "19m45s",
      firing: [fires("warning", {
        summary: {
          fr: "web-1 relit sans cesse sa mémoire sur disque",
          en: "web-1 keeps reading its memory from disk",
        },
        description: {
          fr:
            "510,0 défauts de page majeurs par seconde (seuil : 500 pendant 15 minutes) : la mémoire ne suffit plus à ce qui tourne, tout y devient lent.",
          en:
            "510.0 major page faults per second (limit: 500 for 15 minutes): memory no longer holds what runs, everything on it gets slow.",
        },
      })],
    }, { at: "22m45s", firing: [] }],
    quiet: [{ [on("node_vmstat_pgmajfault")]: "900000+7350x130" }],
  },
  {
    alert: "HostOomKill",
    series: { [on("node_vmstat_oom_kill")]: "3x3 4x60" },
    moments: [{
      at: "1m",
      firing: [fires("warning", {
        summary: { fr: "web-1 a manqué de mémoire", en: "web-1 ran out of memory" },
        description: {
          fr:
            "Le noyau a arrêté au moins un processus faute de mémoire. Son nom est dans le journal du noyau : dmesg | grep -i oom",
          en:
            "The kernel killed at least one process for lack of memory. Its name is in the kernel's log: dmesg | grep -i oom",
        },
      })],
    }, { at: "10m45s", firing: [] }],
    quiet: [{ [on("node_vmstat_oom_kill")]: "3x44" }],
  },
];

testRules(memoryRules, CASES);
