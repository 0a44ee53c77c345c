/** Probes and certificates: what is seen from outside. */

import type { GrafanaLinks } from "../links.ts";
import { SUCCESS } from "../states.ts";
import type { Text } from "../../lib/text.ts";
import type { Dashboard, Row } from "./dashboard.ts";

const PROBE = `job="probe",instance=~"$instance"`;
const DAYS_LEFT = `(probe_ssl_earliest_cert_expiry{${PROBE}} - time()) / 86400`;
const AVAILABLE = `100 * avg_over_time(probe_success{${PROBE}}[$__range])`;
const NO_CERTIFICATE: Text = { fr: "aucune sonde ne voit de certificat", en: "no probe sees a certificate" };
const NO_HTTP: Text = { fr: "aucune sonde HTTP", en: "no HTTP probe" };

/** The dashboard of probes. */
export const probes: Dashboard = {
  uid: "vigie-probes",
  title: { fr: "Sondes et certificats", en: "Probes and certificates" },
  description: {
    fr:
      "Ce que l'on voit de l'extérieur : le site répond-il, le port est-il ouvert, le certificat est-il encore bon.",
    en: "What is seen from outside: does the site answer, is the port open, is the certificate still good.",
  },
  variables: [{
    name: "instance",
    label: { fr: "Sonde", en: "Probe" },
    selector: `probe_success{job="probe"}`,
    of: "instance",
    all: true,
  }],
  alerts: PROBE,
  shown: ({ probes = true }) => probes,
  rows: (links) => [overview(links), history(), times(links), certificates(links)],
};

function overview({ lines }: GrafanaLinks): Row {
  return {
    panels: [
      {
        kind: "stat",
        width: 6,
        title: { fr: "Sondes réussies", en: "Probes that succeed" },
        description: {
          fr: "Sondes qui ont obtenu la réponse attendue.",
          en: "Probes that got the answer they want.",
        },
        unit: "count",
        queries: [{ expr: `sum(probe_success{${PROBE}})`, legend: { fr: "réussies", en: "succeed" } }],
      },
      {
        kind: "stat",
        width: 6,
        title: { fr: "Sondes en échec", en: "Probes that fail" },
        description: {
          fr: "Sondes qui n'ont pas obtenu la réponse attendue, ou qui n'ont pas pu être faites.",
          en: "Probes that did not get the answer they want, or could not be made.",
        },
        unit: "count",
        limits: { critical: 1 },
        queries: [{
          expr: `count(up{${PROBE}}) - (sum(probe_success{${PROBE}}) or vector(0))`,
          legend: { fr: "en échec", en: "fail" },
        }],
      },
      {
        kind: "stat",
        width: 6,
        title: { fr: "Disponibilité la plus basse", en: "Lowest availability" },
        description: {
          fr: "Part des essais réussis de la plus mauvaise sonde, sur la période affichée.",
          en: "Share of successful tries of the worst probe, over the range shown.",
        },
        unit: "percent",
        decimals: 2,
        queries: [{ expr: `min(${AVAILABLE})`, legend: { fr: "disponible", en: "available" } }],
      },
      {
        kind: "stat",
        width: 6,
        title: { fr: "Prochain certificat à expirer", en: "Next certificate to end" },
        description: {
          fr: "Jours avant l'expiration du premier certificat ; les couleurs sont celles des alertes.",
          en: "Days until the first certificate ends; the colours are the alerts'.",
        },
        unit: "days",
        decimals: 1,
        limits: { ...lines.CertificateExpiring, below: true },
        absent: NO_CERTIFICATE,
        queries: [{ expr: `min(${DAYS_LEFT})`, legend: { fr: "reste", en: "left" } }],
      },
      {
        kind: "table",
        title: { fr: "Sondes", en: "Probes" },
        description: {
          fr:
            "Chaque sonde, son état, sa durée, sa disponibilité sur la période affichée et les jours de son certificat.",
          en:
            "Each probe, its state, its time, its availability over the range shown and the days of its certificate.",
        },
        unit: "count",
        height: 9,
        labels: [
          { label: "instance", title: { fr: "Sonde", en: "Probe" } },
          { label: "kind", title: { fr: "Sorte", en: "Kind" } },
          { label: "target", title: { fr: "Cible", en: "Target" } },
        ],
        columns: [
          {
            expr: `probe_success{${PROBE}}`,
            title: { fr: "État", en: "State" },
            unit: "count",
            values: SUCCESS,
            sorted: "smallest first",
          },
          {
            expr: `probe_duration_seconds{${PROBE}}`,
            title: { fr: "Durée", en: "Time" },
            unit: "seconds",
            limits: lines.ProbeSlow ?? {},
          },
          {
            expr: AVAILABLE,
            title: { fr: "Disponibilité", en: "Availability" },
            unit: "percent",
            decimals: 2,
          },
          {
            expr: `probe_http_status_code{${PROBE}}`,
            title: { fr: "Code HTTP", en: "HTTP status" },
            unit: "code",
          },
          {
            expr: DAYS_LEFT,
            title: { fr: "Certificat", en: "Certificate" },
            unit: "days",
            decimals: 1,
            limits: { ...lines.CertificateExpiring, below: true },
          },
        ],
      },
    ],
  };
}

function history(): Row {
  return {
    title: { fr: "Historique", en: "History" },
    panels: [
      {
        kind: "timeline",
        title: { fr: "Historique des sondes", en: "History of the probes" },
        description: {
          fr: "Quand chaque sonde a réussi et quand elle a échoué ; un trou : elle n'a pas été faite.",
          en: "When each probe succeeded and when it failed; a gap: it was not made.",
        },
        unit: "count",
        height: 8,
        values: SUCCESS,
        queries: [{ expr: `probe_success{${PROBE}}`, legend: "{{instance}}" }],
      },
    ],
  };
}

function times({ lines }: GrafanaLinks): Row {
  return {
    title: { fr: "Durées", en: "Times" },
    panels: [
      {
        kind: "graph",
        title: { fr: "Durée des sondes", en: "Time of the probes" },
        description: {
          fr:
            "Durée de chaque essai, du nom à résoudre jusqu'à la réponse entière ; la ligne est le seuil de l'alerte.",
          en:
            "Time of each try, from looking the name up to the whole answer; the line is the alert's threshold.",
        },
        unit: "seconds",
        limits: lines.ProbeSlow,
        queries: [{ expr: `probe_duration_seconds{${PROBE}}`, legend: "{{instance}}" }],
      },
      {
        kind: "graph",
        title: { fr: "Durée moyenne des sondes HTTP par étape", en: "Mean time of HTTP probes by phase" },
        description: {
          fr:
            "Où le temps passe : « resolve » le nom, « connect » et « tls » la connexion, « processing » le serveur, « transfer » la réponse.",
          en:
            "Where the time goes: resolve the name, connect and tls the connection, processing the server, transfer the answer.",
        },
        unit: "seconds",
        stacked: true,
        absent: NO_HTTP,
        queries: [{
          expr: `avg by (phase) (probe_http_duration_seconds{${PROBE}})`,
          legend: "{{phase}}",
        }],
      },
      {
        kind: "graph",
        title: { fr: "Résolution du nom", en: "Looking the name up" },
        description: {
          fr: "Temps que prend la résolution du nom de la cible.",
          en: "Time it takes to look the target's name up.",
        },
        unit: "seconds",
        queries: [{ expr: `probe_dns_lookup_time_seconds{${PROBE}}`, legend: "{{instance}}" }],
      },
      {
        kind: "graph",
        title: { fr: "Codes HTTP", en: "HTTP status codes" },
        description: {
          fr: "Code de la dernière réponse de chaque sonde HTTP ; 0 sans réponse.",
          en: "Code of the last answer to each HTTP probe; 0 without an answer.",
        },
        unit: "code",
        absent: NO_HTTP,
        queries: [{ expr: `probe_http_status_code{${PROBE}}`, legend: "{{instance}}" }],
      },
    ],
  };
}

function certificates({ lines }: GrafanaLinks): Row {
  return {
    title: { fr: "Certificats", en: "Certificates" },
    panels: [
      {
        kind: "graph",
        title: { fr: "Jours restants", en: "Days left" },
        description: {
          fr:
            "Jours avant l'expiration du premier certificat de la chaîne ; les lignes sont les seuils des alertes.",
          en: "Days until the first certificate of the chain ends; the lines are the alerts' thresholds.",
        },
        unit: "days",
        signed: true,
        limits: { ...lines.CertificateExpiring, below: true },
        absent: NO_CERTIFICATE,
        queries: [{ expr: DAYS_LEFT, legend: "{{instance}}" }],
      },
      {
        kind: "table",
        width: 12,
        title: { fr: "Versions de TLS", en: "TLS versions" },
        description: {
          fr: "Version de TLS que chaque cible a négociée.",
          en: "TLS version that each target negotiated.",
        },
        unit: "count",
        absent: NO_CERTIFICATE,
        labels: [
          { label: "instance", title: { fr: "Sonde", en: "Probe" } },
          { label: "version", title: { fr: "TLS", en: "TLS" } },
        ],
        columns: [{
          expr:
            `1000 * probe_ssl_earliest_cert_expiry{${PROBE}} * on (instance) group_left (version) probe_tls_version_info{${PROBE}}`,
          title: { fr: "Expire", en: "Ends" },
          unit: "ago",
        }],
      },
    ],
  };
}
