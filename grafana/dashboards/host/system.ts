/** Rows of the host dashboard that are rarely needed: kernel, clock, hardware, services. */

import type { Text } from "../../../lib/text.ts";
import type { GrafanaLinks } from "../../links.ts";
import type { Row } from "../dashboard.ts";
import { HOST } from "./queries.ts";

/** Clock, open files, connections, versions. */
export function kernel({ lines }: GrafanaLinks): Row {
  return {
    title: { fr: "Système et horloge", en: "System and clock" },
    collapsed: true,
    panels: [
      {
        kind: "stat",
        width: 6,
        title: { fr: "Noyau", en: "Kernel" },
        description: { fr: "Version du noyau qui tourne.", en: "Version of the kernel that runs." },
        unit: "count",
        shows: "legend",
        queries: [{ expr: `node_uname_info{${HOST}}`, legend: "{{release}}" }],
      },
      {
        kind: "stat",
        width: 6,
        title: { fr: "Distribution", en: "Distribution" },
        description: { fr: "Ce que dit /etc/os-release.", en: "What /etc/os-release says." },
        unit: "count",
        shows: "legend",
        absent: { fr: "aucun fichier /etc/os-release", en: "no file /etc/os-release" },
        queries: [{ expr: `node_os_info{${HOST}}`, legend: "{{pretty_name}}" }],
      },
      {
        kind: "stat",
        width: 4,
        title: { fr: "Processeurs", en: "Processors" },
        description: { fr: "Nombre de processeurs logiques.", en: "Number of logical processors." },
        unit: "count",
        queries: [{
          expr: `count by (instance) (node_cpu_seconds_total{${HOST},mode="idle"})`,
          legend: { fr: "processeurs", en: "processors" },
        }],
      },
      {
        kind: "stat",
        width: 4,
        title: { fr: "Mémoire", en: "Memory" },
        description: { fr: "Mémoire que le noyau gère.", en: "Memory that the kernel manages." },
        unit: "bytes",
        queries: [{ expr: `node_memory_MemTotal_bytes{${HOST}}`, legend: { fr: "mémoire", en: "memory" } }],
      },
      {
        kind: "stat",
        width: 4,
        title: { fr: "Horloge réglée", en: "Clock disciplined" },
        description: {
          fr: "Si le noyau se sait réglé sur une source de temps (NTP, PTP).",
          en: "Whether the kernel knows its clock to follow a source of time (NTP, PTP).",
        },
        unit: "count",
        values: [
          { value: 1, text: { fr: "oui", en: "yes" }, color: "good" },
          { value: 0, text: { fr: "non", en: "no" }, color: "warning" },
        ],
        queries: [{ expr: `node_timex_sync_status{${HOST}}`, legend: { fr: "réglée", en: "disciplined" } }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Décalage de l'horloge", en: "Clock offset" },
        description: {
          fr:
            "Écart que le noyau connaît entre l'horloge et sa source de temps ; 0 aussi quand rien ne la règle.",
          en:
            "Difference the kernel knows between the clock and its source of time; 0 also when nothing disciplines it.",
        },
        unit: "seconds",
        limits: lines.HostClockSkew,
        queries: [{
          expr: `abs(node_timex_offset_seconds{${HOST}})`,
          legend: { fr: "décalage", en: "offset" },
        }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Fichiers ouverts", en: "Open files" },
        description: {
          fr: "Part des descripteurs de fichiers de tout l'hôte qui sont ouverts.",
          en: "Share of the whole host's file descriptors that are open.",
        },
        unit: "percent",
        limits: lines.HostFileDescriptorsHigh,
        queries: [{
          expr: `100 * node_filefd_allocated{${HOST}} / node_filefd_maximum{${HOST}}`,
          legend: { fr: "ouverts", en: "open" },
        }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Processus", en: "Processes" },
        description: {
          fr: "Processus prêts à calculer, et processus bloqués par une entrée-sortie.",
          en: "Processes ready to run, and processes blocked by input or output.",
        },
        unit: "count",
        queries: [
          { expr: `node_procs_running{${HOST}}`, legend: { fr: "prêts", en: "ready" } },
          { expr: `node_procs_blocked{${HOST}}`, legend: { fr: "bloqués", en: "blocked" }, color: "warning" },
        ],
      },
      {
        kind: "graph",
        title: { fr: "Connexions TCP", en: "TCP connections" },
        description: {
          fr: "Connexions établies, et connexions fermées qui attendent encore des paquets en retard.",
          en: "Connections established, and closed ones that still wait for late packets.",
        },
        unit: "count",
        queries: [
          { expr: `node_netstat_Tcp_CurrEstab{${HOST}}`, legend: { fr: "établies", en: "established" } },
          { expr: `node_sockstat_TCP_tw{${HOST}}`, legend: { fr: "en fin d'attente", en: "time wait" } },
        ],
      },
      {
        kind: "graph",
        title: { fr: "Suivi des connexions", en: "Connection tracking" },
        description: {
          fr: "Part de la table conntrack qui est prise : pleine, le noyau jette les nouvelles connexions.",
          en: "Share of the conntrack table that is taken: once it is full the kernel drops new connections.",
        },
        unit: "percent",
        max: 100,
        limits: lines.HostConntrackHigh,
        absent: { fr: "ce noyau ne suit pas les connexions", en: "this kernel does not track connections" },
        queries: [{
          expr: `100 * node_nf_conntrack_entries{${HOST}} / node_nf_conntrack_entries_limit{${HOST}}`,
          legend: { fr: "pris", en: "taken" },
        }],
      },
    ],
  };
}

/** Temperatures and what is broken. */
export function hardware({ lines }: GrafanaLinks): Row {
  const none: Text = { fr: "aucun sur cet hôte", en: "none on this host" };
  return {
    title: { fr: "Matériel", en: "Hardware" },
    collapsed: true,
    panels: [
      {
        kind: "graph",
        title: { fr: "Températures", en: "Temperatures" },
        description: {
          fr: "Ce que mesurent les sondes de la machine. Une machine virtuelle n'en a pas.",
          en: "What the machine's sensors measure. A virtual machine has none.",
        },
        unit: "celsius",
        limits: lines.HostTemperatureHigh,
        absent: { fr: "aucune sonde de température", en: "no temperature sensor" },
        queries: [
          { expr: `node_hwmon_temp_celsius{${HOST}}`, legend: "{{chip}} {{sensor}}" },
          { expr: `node_thermal_zone_temp{${HOST}}`, legend: "{{type}} {{zone}}" },
        ],
      },
      {
        kind: "graph",
        width: 6,
        title: { fr: "Erreurs de mémoire (ECC)", en: "Memory errors (ECC)" },
        description: {
          fr:
            "Erreurs corrigées et non corrigées en une heure : une barrette qui en produit est à remplacer.",
          en:
            "Errors corrected and not corrected within an hour: a module that makes them is to be replaced.",
        },
        unit: "count",
        limits: lines.HostMemoryErrorsCorrected,
        absent: { fr: "pas de mémoire ECC", en: "no ECC memory" },
        queries: [
          {
            expr: `sum by (instance) (increase(node_edac_correctable_errors_total{${HOST}}[1h]))`,
            legend: { fr: "corrigées", en: "corrected" },
            color: "warning",
          },
          {
            expr: `sum by (instance) (increase(node_edac_uncorrectable_errors_total{${HOST}}[1h]))`,
            legend: { fr: "non corrigées", en: "not corrected" },
            color: "critical",
          },
        ],
      },
      {
        kind: "table",
        width: 6,
        title: { fr: "Grappes RAID", en: "RAID arrays" },
        description: {
          fr: "Disques actifs et en panne de chaque grappe md.",
          en: "Disks active and failed of each md array.",
        },
        unit: "count",
        absent: none,
        labels: [{ label: "device", title: { fr: "Grappe", en: "Array" } }],
        columns: [
          {
            expr: `node_md_disks{${HOST},state="active"}`,
            title: { fr: "Actifs", en: "Active" },
            unit: "count",
          },
          {
            expr: `node_md_disks{${HOST},state="failed"}`,
            title: { fr: "En panne", en: "Failed" },
            unit: "count",
            limits: { critical: 1 },
          },
        ],
      },
    ],
  };
}

// Those that work on any Linux, as the alert has them: most of the others fail where there is no such hardware.
const COLLECTORS = "cpu|diskstats|filefd|filesystem|loadavg|meminfo|netdev|vmstat";
const RESTARTS = `node_systemd_service_restart_total{${HOST}}`;
const NO_UNIT: Text = {
  fr: "aucun, ou l'exporter n'interroge pas systemd",
  en: "none, or the exporter does not ask systemd",
};

/** Services that systemd gave up or starts over and over, and what the exporter itself cannot read. */
export function units({ lines }: GrafanaLinks): Row {
  return {
    title: { fr: "Services systemd et exporter", en: "systemd services and exporter" },
    collapsed: true,
    panels: [
      {
        kind: "table",
        width: 8,
        title: { fr: "Unités en échec", en: "Failed units" },
        description: {
          fr: "Unités que systemd dit en échec : systemctl status UNITÉ dit pourquoi.",
          en: "Units that systemd calls failed: systemctl status UNIT says why.",
        },
        unit: "count",
        absent: NO_UNIT,
        labels: [
          { label: "name", title: { fr: "Unité", en: "Unit" } },
          { label: "type", title: { fr: "Type", en: "Type" } },
        ],
        columns: [{
          expr: `node_systemd_unit_state{${HOST},state="failed"} == 1`,
          title: { fr: "État", en: "State" },
          unit: "count",
          values: [{ value: 1, text: { fr: "en échec", en: "failed" }, color: "critical" }],
        }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Redémarrages de services", en: "Restarts of services" },
        description: {
          fr: "Redémarrages de chaque service par systemd en 5 minutes ; la ligne est le seuil de l'alerte.",
          en: "Restarts of each service by systemd within 5 minutes; the line is the alert's threshold.",
        },
        unit: "count",
        limits: lines.HostServiceRestarting,
        absent: NO_UNIT,
        queries: [{
          // Only who restarts at all: a host has hundreds of services.
          expr: `${RESTARTS} - min_over_time(${RESTARTS}[5m]) > 0`,
          legend: "{{name}}",
        }],
      },
      {
        kind: "table",
        width: 8,
        title: { fr: "Ce que l'exporter ne peut pas lire", en: "What the exporter cannot read" },
        description: {
          fr: "Collecteurs du node exporter qui ont échoué à la dernière mesure.",
          en: "Collectors of the node exporter that failed at the last scrape.",
        },
        unit: "count",
        absent: { fr: "tout est lu", en: "everything is read" },
        labels: [{ label: "collector", title: { fr: "Collecteur", en: "Collector" } }],
        columns: [{
          expr: `node_scrape_collector_success{${HOST},collector=~"${COLLECTORS}"} == 0`,
          title: { fr: "État", en: "State" },
          unit: "count",
          values: [{ value: 0, text: { fr: "échoue", en: "fails" }, color: "warning" }],
        }],
      },
    ],
  };
}
