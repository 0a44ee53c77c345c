import { hostRules } from "./host.ts";
import { type AlertCase, testRules } from "../testing/rule_cases.ts";

const CASES: readonly AlertCase[] = [
  {
    alert: "HostDown",
    series: { 'up{instance="web-1",job="node",team="web"}': "0x20" },
    moments: [{
      at: "2m",
      firing: [{
        severity: "critical",
        labels: { instance: "web-1", job: "node", team: "web" },
        summary: { fr: "web-1 ne répond plus", en: "web-1 does not answer" },
        description: {
          fr:
            "Le node exporter de cette machine est injoignable depuis 2 minutes : machine arrêtée, réseau coupé ou exporter arrêté.",
          en:
            "This host's node exporter has been unreachable for 2 minutes: host down, network cut or exporter stopped.",
        },
      }],
    }],
    quiet: [{ 'up{instance="web-1",job="node",team="web"}': "1x20" }],
  },
  {
    alert: "HostCpuHigh",
    series: {
      'node_cpu_seconds_total{cpu="0",instance="web-1",job="node",team="web",mode="user"}': "0+13.65x80",
      'node_cpu_seconds_total{cpu="0",instance="web-1",job="node",team="web",mode="idle"}': "0+0.75x80",
      'node_cpu_seconds_total{cpu="0",instance="web-1",job="node",team="web",mode="iowait"}': "0+0.6x80",
      'node_cpu_seconds_total{cpu="1",instance="web-1",job="node",team="web",mode="user"}': "0+13.65x80",
      'node_cpu_seconds_total{cpu="1",instance="web-1",job="node",team="web",mode="idle"}': "0+0.75x80",
      'node_cpu_seconds_total{cpu="1",instance="web-1",job="node",team="web",mode="iowait"}': "0+0.6x80",
    },
    moments: [{
      at: "15m15s",
      firing: [{
        severity: "warning",
        labels: { instance: "web-1", job: "node", team: "web" },
        summary: { fr: "Processeurs de web-1 très occupés", en: "Processors of web-1 very busy" },
        description: {
          fr:
            "Occupés à 91,0 % (seuil : 90 % pendant 15 minutes). Tout y devient lent : cherchez le processus qui les occupe.",
          en:
            "91.0% busy (limit: 90% for 15 minutes). Everything on it gets slow: look for the process that keeps them busy.",
        },
      }],
    }],
    quiet: [{
      'node_cpu_seconds_total{cpu="0",instance="web-1",job="node",team="web",mode="user"}': "0+13.35x80",
      'node_cpu_seconds_total{cpu="0",instance="web-1",job="node",team="web",mode="idle"}': "0+1.05x80",
      'node_cpu_seconds_total{cpu="0",instance="web-1",job="node",team="web",mode="iowait"}': "0+0.6x80",
      'node_cpu_seconds_total{cpu="1",instance="web-1",job="node",team="web",mode="user"}': "0+13.35x80",
      'node_cpu_seconds_total{cpu="1",instance="web-1",job="node",team="web",mode="idle"}': "0+1.05x80",
      'node_cpu_seconds_total{cpu="1",instance="web-1",job="node",team="web",mode="iowait"}': "0+0.6x80",
    }],
  },
  {
    alert: "HostLoadHigh",
    series: {
      'node_load1{instance="web-1",job="node",team="web"}': "4.2x80",
      'node_cpu_seconds_total{cpu="0",instance="web-1",job="node",team="web",mode="idle"}': "0+7x80",
      'node_cpu_seconds_total{cpu="1",instance="web-1",job="node",team="web",mode="idle"}': "0+7x80",
    },
    moments: [{
      at: "15m",
      firing: [{
        severity: "warning",
        labels: { instance: "web-1", job: "node", team: "web" },
        summary: { fr: "Charge de web-1 trop élevée", en: "Load of web-1 too high" },
        description: {
          fr:
            "2,1 tâches en attente par processeur (seuil : 2 pendant 15 minutes) : les processeurs ou les disques ne suivent plus.",
          en:
            "2.1 tasks waiting per processor (limit: 2 for 15 minutes): processors or disks cannot keep up.",
        },
      }],
    }],
    quiet: [{
      'node_load1{instance="web-1",job="node",team="web"}': "4x80",
      'node_cpu_seconds_total{cpu="0",instance="web-1",job="node",team="web",mode="idle"}': "0+7x80",
      'node_cpu_seconds_total{cpu="1",instance="web-1",job="node",team="web",mode="idle"}': "0+7x80",
    }],
  },
  {
    alert: "HostMemoryHigh",
    series: {
      'node_memory_MemTotal_bytes{instance="web-1",job="node",team="web"}': "16000000000x80",
      'node_memory_MemAvailable_bytes{instance="web-1",job="node",team="web"}': "1400000000x80",
    },
    moments: [{
      at: "15m",
      firing: [{
        severity: "warning",
        labels: { instance: "web-1", job: "node", team: "web" },
        summary: { fr: "Mémoire de web-1 presque pleine", en: "Memory of web-1 almost full" },
        description: {
          fr:
            "Mémoire utilisée à 91,2 % (seuil : 90 % pendant 15 minutes). Si elle se remplit, le noyau arrêtera des processus.",
          en:
            "91.2% of the memory is used (limit: 90% for 15 minutes). Once it is full, the kernel kills processes.",
        },
      }],
    }],
    quiet: [{
      'node_memory_MemTotal_bytes{instance="web-1",job="node",team="web"}': "16000000000x80",
      'node_memory_MemAvailable_bytes{instance="web-1",job="node",team="web"}': "1600000000x80",
    }],
  },
  {
    alert: "HostOomKill",
    series: { 'node_vmstat_oom_kill{instance="web-1",job="node",team="web"}': "3x3 4x40" },
    moments: [{
      at: "1m",
      firing: [{
        severity: "warning",
        labels: { instance: "web-1", job: "node", team: "web" },
        summary: { fr: "web-1 a manqué de mémoire", en: "web-1 ran out of memory" },
        description: {
          fr:
            "Le noyau a arrêté au moins un processus faute de mémoire. Son nom est dans le journal du noyau : dmesg | grep -i oom",
          en:
            "The kernel killed at least one process for lack of memory. Its name is in the kernel's log: dmesg | grep -i oom",
        },
      }],
    }],
    quiet: [{ 'node_vmstat_oom_kill{instance="web-1",job="node",team="web"}': "3x44" }],
  },
  {
    alert: "HostClockSkew",
    series: { 'node_timex_offset_seconds{instance="web-1",job="node",team="web"}': "0.06x80" },
    moments: [{
      at: "10m15s",
      firing: [{
        severity: "warning",
        labels: { instance: "web-1", job: "node", team: "web" },
        summary: { fr: "L'horloge de web-1 est décalée", en: "The clock of web-1 is off" },
        description: {
          fr:
            "Décalage de 60ms, qui ne se réduit pas. Journaux, certificats et mesures en sont faussés : vérifiez le service de temps (chrony, systemd-timesyncd).",
          en:
            "It is off by 60ms and does not converge. Logs, certificates and metrics suffer: check the time service (chrony, systemd-timesyncd).",
        },
      }],
    }],
    quiet: [{ 'node_timex_offset_seconds{instance="web-1",job="node",team="web"}': "0.05x80" }, {
      'node_timex_offset_seconds{instance="web-1",job="node",team="web"}': "0.2-0.002x80",
    }, { 'node_timex_offset_seconds{instance="web-1",job="node",team="web"}': "-0.2+0.002x80" }],
  },
  {
    alert: "HostClockSkew",
    series: { 'node_timex_offset_seconds{instance="web-1",job="node",team="web"}': "-0.06x80" },
    moments: [{
      at: "10m15s",
      firing: [{
        severity: "warning",
        labels: { instance: "web-1", job: "node", team: "web" },
        summary: { fr: "L'horloge de web-1 est décalée", en: "The clock of web-1 is off" },
        description: {
          fr:
            "Décalage de -60ms, qui ne se réduit pas. Journaux, certificats et mesures en sont faussés : vérifiez le service de temps (chrony, systemd-timesyncd).",
          en:
            "It is off by -60ms and does not converge. Logs, certificates and metrics suffer: check the time service (chrony, systemd-timesyncd).",
        },
      }],
    }],
    quiet: [{ 'node_timex_offset_seconds{instance="web-1",job="node",team="web"}': "-0.05x80" }],
  },
  {
    alert: "HostClockNotSynchronised",
    series: {
      'node_timex_sync_status{instance="web-1",job="node",team="web"}': "0x80",
      'node_timex_maxerror_seconds{instance="web-1",job="node",team="web"}': "16x80",
    },
    moments: [{
      at: "10m",
      firing: [{
        severity: "warning",
        labels: { instance: "web-1", job: "node", team: "web" },
        summary: {
          fr: "L'horloge de web-1 n'est plus synchronisée",
          en: "The clock of web-1 is not synchronised",
        },
        description: {
          fr:
            "Aucun service de temps ne la règle : elle va dériver. Vérifiez que chrony ou systemd-timesyncd tourne et joint ses serveurs.",
          en:
            "No time service keeps it right, so it will drift. Check that chrony or systemd-timesyncd runs and reaches its servers.",
        },
      }],
    }],
    quiet: [{
      'node_timex_sync_status{instance="web-1",job="node",team="web"}': "0x80",
      'node_timex_maxerror_seconds{instance="web-1",job="node",team="web"}': "15.9x80",
    }, {
      'node_timex_sync_status{instance="web-1",job="node",team="web"}': "1x80",
      'node_timex_maxerror_seconds{instance="web-1",job="node",team="web"}': "16x80",
    }],
  },
];

testRules(hostRules, CASES);
