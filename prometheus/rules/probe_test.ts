import { probeRules } from "./probe.ts";
import { type AlertCase, testRules } from "../testing/rule_cases.ts";

const CASES: readonly AlertCase[] = [
  {
    alert: "ProbeFailed",
    series: {
      'probe_success{instance="site",job="probe",kind="http",target="https://example.org/"}': "0x20",
    },
    moments: [{
      at: "1m",
      firing: [{
        severity: "critical",
        labels: { instance: "site", job: "probe", kind: "http", target: "https://example.org/" },
        summary: { fr: "La sonde site échoue", en: "Probe site fails" },
        description: {
          fr:
            "La sonde http n'obtient pas la réponse attendue de https://example.org/ : service arrêté, réseau coupé ou réponse changée.",
          en:
            "The http probe does not get the expected answer from https://example.org/: service stopped, network cut or answer changed.",
        },
      }],
    }],
    quiet: [{
      'probe_success{instance="site",job="probe",kind="http",target="https://example.org/"}': "1x20",
    }],
  },
  {
    alert: "ProbeNotMade",
    series: {
      'up{instance="site",job="probe",kind="http",target="https://example.org/"}': "0x20",
      'up{instance="blackbox",job="blackbox"}': "1x20",
    },
    moments: [{
      at: "2m",
      firing: [{
        severity: "warning",
        labels: { instance: "site", job: "probe", kind: "http", target: "https://example.org/" },
        summary: { fr: "La sonde site n'est plus faite", en: "Probe site is no longer made" },
        description: {
          fr:
            "Le blackbox exporter tourne mais ne rend pas de résultat pour https://example.org/ : sa configuration est peut-être plus ancienne que celle de Prometheus.",
          en:
            "The blackbox exporter runs but gives no result for https://example.org/: its configuration may be older than Prometheus's.",
        },
      }],
    }],
    quiet: [{
      'up{instance="site",job="probe",kind="http",target="https://example.org/"}': "0x20",
      'up{instance="blackbox",job="blackbox"}': "0x20",
    }, {
      'up{instance="site",job="probe",kind="http",target="https://example.org/"}': "1x20",
      'up{instance="blackbox",job="blackbox"}': "1x20",
    }],
  },
  {
    alert: "CertificateExpiring",
    series: {
      'probe_ssl_earliest_cert_expiry{instance="site",job="probe",kind="http",target="https://example.org/"}':
        "1684800x40",
    },
    moments: [{
      at: "5m",
      firing: [{
        severity: "warning",
        labels: { instance: "site", job: "probe", kind: "http", target: "https://example.org/" },
        summary: { fr: "Le certificat de site expire bientôt", en: "The certificate of site ends soon" },
        description: {
          fr:
            "Il reste 19,5 jours au certificat de https://example.org/ (seuil : 20 jours). Les clients refusent un certificat expiré : vérifiez son renouvellement.",
          en:
            "The certificate of https://example.org/ is good for another 19.5 days (limit: 20 days). Clients refuse one that has ended: check its renewal.",
        },
      }],
    }],
    quiet: [{
      'probe_ssl_earliest_cert_expiry{instance="site",job="probe",kind="http",target="https://example.org/"}':
        "1728300x40",
    }],
  },
  {
    alert: "CertificateExpiring",
    series: {
      'probe_ssl_earliest_cert_expiry{instance="site",job="probe",kind="http",target="https://example.org/"}':
        "216000x40",
    },
    moments: [{
      at: "5m",
      firing: [{
        severity: "critical",
        labels: { instance: "site", job: "probe", kind: "http", target: "https://example.org/" },
        summary: { fr: "Le certificat de site expire bientôt", en: "The certificate of site ends soon" },
        description: {
          fr:
            "Il reste 2,5 jours au certificat de https://example.org/ (seuil : 3 jours). Les clients refusent un certificat expiré : vérifiez son renouvellement.",
          en:
            "The certificate of https://example.org/ is good for another 2.5 days (limit: 3 days). Clients refuse one that has ended: check its renewal.",
        },
      }, {
        severity: "warning",
        labels: { instance: "site", job: "probe", kind: "http", target: "https://example.org/" },
        summary: { fr: "Le certificat de site expire bientôt", en: "The certificate of site ends soon" },
        description: {
          fr:
            "Il reste 2,5 jours au certificat de https://example.org/ (seuil : 20 jours). Les clients refusent un certificat expiré : vérifiez son renouvellement.",
          en:
            "The certificate of https://example.org/ is good for another 2.5 days (limit: 20 days). Clients refuse one that has ended: check its renewal.",
        },
      }],
    }],
  },
];

testRules(probeRules, CASES);
