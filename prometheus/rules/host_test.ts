import { type AlertCase, type Series, testRules } from "../testing/rule_cases.ts";
import { fires, on } from "../testing/host_case.ts";
import { hostRules } from "./host.ts";

/** Two processors: what each spends in a mode in 15 seconds, in hundredths of a second, for 20 minutes; then they idle. */
function processors(modes: Readonly<Record<string, number>>): Series {
  return Object.fromEntries(
    ["0", "1"].flatMap((cpu) =>
      Object.entries(modes).map(([mode, step]) => {
        const after = mode === "idle" ? `${80 * step + 1500}+1500x40` : `${80 * step}+0x40`;
        return [on("node_cpu_seconds_total", { cpu, mode }), `0+${step}x80 ${after}`];
      })
    ),
  );
}

const CPU_HIGH = {
  summary: { fr: "Processeurs de web-1 très occupés", en: "Processors of web-1 very busy" },
  description: {
    fr:
      "Occupés à 91,0 % (seuil : 90 % pendant 15 minutes). Tout y devient lent : cherchez le processus qui les occupe.",
    en:
      "91.0% busy (limit: 90% for 15 minutes). Everything on it gets slow: look for the process that keeps them busy.",
  },
};
const STEAL_HIGH = {
  summary: {
    fr: "L'hyperviseur prend du temps processeur à web-1",
    en: "The hypervisor takes processor time from web-1",
  },
  description: {
    fr:
      "10,4 % du temps processeur est volé (seuil : 10 % pendant 15 minutes) : la machine physique porte trop de machines virtuelles, ou cette offre est bridée.",
    en:
      "10.4% of the processor time is stolen (limit: 10% for 15 minutes): the physical machine carries too many virtual ones, or this plan is throttled.",
  },
};
const IO_WAIT_HIGH = {
  summary: {
    fr: "Les processeurs de web-1 attendent les disques",
    en: "Processors of web-1 wait for disks",
  },
  description: {
    fr:
      "10,4 % de leur temps passe à attendre une entrée-sortie (seuil : 10 % pendant 30 minutes) : cherchez le disque lent et le processus qui l'occupe.",
    en:
      "10.4% of their time goes into waiting for input or output (limit: 10% for 30 minutes): look for the slow disk and the process that keeps it busy.",
  },
};

const PROCESSORS: readonly AlertCase[] = [
  {
    alert: "HostCpuHigh",
    series: processors({ user: 1365, idle: 75, iowait: 60 }),
    moments: [{ at: "15m15s", firing: [fires("warning", CPU_HIGH)] }, { at: "20m15s", firing: [] }],
    quiet: [processors({ user: 1335, idle: 105, iowait: 60 })],
  },
  {
    alert: "HostLoadHigh",
    series: { ...processors({ idle: 700 }), [on("node_load1")]: "4.2x80 4x20" },
    moments: [{
      at: "15m",
      firing: [fires("warning", {
        summary: { fr: "Charge de web-1 trop élevée", en: "Load of web-1 too high" },
        description: {
          fr:
            "2,1 tâches en attente par processeur (seuil : 2 pendant 15 minutes) : les processeurs ou les disques ne suivent plus.",
          en:
            "2.1 tasks waiting per processor (limit: 2 for 15 minutes): processors or disks cannot keep up.",
        },
      })],
    }, { at: "20m15s", firing: [] }],
    quiet: [{ ...processors({ idle: 700 }), [on("node_load1")]: "4x100" }],
  },
  {
    alert: "HostCpuStealHigh",
    series: processors({ user: 344, idle: 1000, steal: 156 }),
    moments: [{ at: "15m15s", firing: [fires("warning", STEAL_HIGH)] }, { at: "20m15s", firing: [] }],
    quiet: [processors({ user: 360, idle: 1000, steal: 140 })],
  },
  {
    alert: "HostIoWaitHigh",
    series: {
      [on("node_cpu_seconds_total", { cpu: "0", mode: "iowait" })]: "0+156x140 21840+0x20",
      [on("node_cpu_seconds_total", { cpu: "0", mode: "idle" })]: "0+1344x140 189660+1500x20",
    },
    moments: [{ at: "30m15s", firing: [fires("warning", IO_WAIT_HIGH)] }, { at: "35m15s", firing: [] }],
    quiet: [{
      [on("node_cpu_seconds_total", { cpu: "0", mode: "iowait" })]: "0+140x160",
      [on("node_cpu_seconds_total", { cpu: "0", mode: "idle" })]: "0+1360x160",
    }],
  },
];

const DOWN = {
  summary: { fr: "web-1 ne répond plus", en: "web-1 does not answer" },
  description: {
    fr:
      "Le node exporter de cette machine est injoignable depuis 2 minutes : machine arrêtée, réseau coupé ou exporter arrêté.",
    en:
      "This host's node exporter has been unreachable for 2 minutes: host down, network cut or exporter stopped.",
  },
};

const DESCRIPTORS = {
  summary: {
    fr: "web-1 n'a presque plus de descripteurs de fichiers",
    en: "web-1 has almost no file descriptors left",
  },
  description: (value: number, limit: number) => ({
    fr:
      `${value},0 % sont ouverts (seuil : ${limit} % pendant 15 minutes). Sans descripteur, rien ne peut plus s'ouvrir.`,
    en:
      `${value}.0% are open (limit: ${limit}% for 15 minutes). Without one, nothing can be opened any more.`,
  }),
};

function descriptors(severity: "warning" | "critical", value: number, limit: number) {
  return fires(severity, {
    summary: DESCRIPTORS.summary,
    description: DESCRIPTORS.description(value, limit),
  });
}

const KERNEL: readonly AlertCase[] = [
  {
    alert: "HostDown",
    series: { [on("up")]: "0x12 1x4" },
    moments: [{ at: "2m", firing: [fires("critical", DOWN)] }, { at: "3m15s", firing: [] }],
    quiet: [{ [on("up")]: "1x20" }, { [on("up")]: "1x1 0x6 1x8" }],
  },
  {
    alert: "HostFileDescriptorsHigh",
    series: { [on("node_filefd_allocated")]: "72x70 70x20", [on("node_filefd_maximum")]: "100x90" },
    moments: [{ at: "15m", firing: [descriptors("warning", 72, 70)] }, { at: "17m45s", firing: [] }],
    quiet: [{ [on("node_filefd_allocated")]: "70x90", [on("node_filefd_maximum")]: "100x90" }],
  },
  {
    alert: "HostFileDescriptorsHigh",
    series: { [on("node_filefd_allocated")]: "92x70 90x20", [on("node_filefd_maximum")]: "100x90" },
    moments: [
      { at: "15m", firing: [descriptors("critical", 92, 90), descriptors("warning", 92, 70)] },
      { at: "17m45s", firing: [descriptors("warning", 90, 70)] },
    ],
  },
  {
    alert: "HostCollectorFailed",
    series: { [on("node_scrape_collector_success", { collector: "filesystem" })]: "0x64 1x4" },
    moments: [{
      at: "15m",
      firing: [fires("warning", {
        summary: {
          fr: "Le node exporter de web-1 ne mesure plus tout",
          en: "The node exporter of web-1 no longer measures everything",
        },
        description: {
          fr:
            "Son collecteur filesystem échoue depuis 15 minutes : les alertes qui en dépendent ne peuvent plus se déclencher. Son journal dit pourquoi.",
          en:
            "Its collector filesystem has failed for 15 minutes: the alerts that depend on it cannot fire. Its log says why.",
        },
      }, { collector: "filesystem" })],
    }, { at: "16m15s", firing: [] }],
    quiet: [
      { [on("node_scrape_collector_success", { collector: "filesystem" })]: "1x70" },
      // Nothing to measure here.
      { [on("node_scrape_collector_success", { collector: "infiniband" })]: "0x70" },
    ],
  },
  {
    alert: "HostTextfileUnreadable",
    series: { [on("node_textfile_scrape_error")]: "1x24 0x4" },
    moments: [{
      at: "5m",
      firing: [fires("warning", {
        summary: {
          fr: "Un fichier de mesures de web-1 est illisible",
          en: "A file of metrics of web-1 cannot be read",
        },
        description: {
          fr:
            "Le node exporter refuse un fichier .prom de son dossier textfile : les mesures qu'un script y dépose manquent, et leurs alertes se taisent.",
          en:
            "The node exporter refuses a .prom file in its textfile directory: what a script measures is missing, and its alerts are silent.",
        },
      })],
    }, { at: "6m15s", firing: [] }],
    quiet: [{ [on("node_textfile_scrape_error")]: "0x28" }],
  },
];

const CLOCK: readonly AlertCase[] = [
  ...[{ value: "0.06", shown: "60" }, { value: "-0.0625", shown: "-62.5" }].map(({ value, shown }) => ({
    alert: "HostClockSkew",
    series: { [on("node_timex_offset_seconds")]: `${value}x60 0x10` },
    moments: [{
      at: "10m15s",
      firing: [fires("warning", {
        summary: { fr: "L'horloge de web-1 est décalée", en: "The clock of web-1 is off" },
        description: {
          fr: `Décalage de ${
            shown.replace(".", ",")
          }ms, qui ne se réduit pas (seuil : 50 ms pendant 10 minutes). Journaux, certificats et mesures en sont faussés : vérifiez le service de temps (chrony, systemd-timesyncd).`,
          en:
            `It is off by ${shown}ms and does not converge (limit: 50 ms for 10 minutes). Logs, certificates and metrics suffer: check the time service (chrony, systemd-timesyncd).`,
        },
      })],
    }, { at: "15m15s", firing: [] }],
    quiet: ["0.05x80", "-0.05x80", "0.2-0.002x80", "-0.2+0.002x80"].map((values) => ({
      [on("node_timex_offset_seconds")]: values,
    })),
  })),
  {
    alert: "HostClockNotSynchronised",
    series: {
      [on("node_timex_sync_status")]: "0x60 1x10",
      [on("node_timex_maxerror_seconds")]: "16x60 0x10",
    },
    moments: [{
      at: "10m",
      firing: [fires("warning", {
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
      })],
    }, { at: "15m15s", firing: [] }],
    quiet: [
      { [on("node_timex_sync_status")]: "0x80", [on("node_timex_maxerror_seconds")]: "15.9x80" },
      { [on("node_timex_sync_status")]: "1x80", [on("node_timex_maxerror_seconds")]: "16x80" },
    ],
  },
];

testRules(hostRules, [...PROCESSORS, ...KERNEL, ...CLOCK]);
