import { probeRules } from "./probe.ts";
import { type AlertCase, type Firing, testRules } from "../testing/rule_cases.ts";

const SITE = { instance: "site", job: "probe", kind: "http", target: "https://example.org/" };
const MATCHERS = Object.entries(SITE).map(([name, value]) => `${name}="${value}"`).join(",");
const of = (metric: string) => `${metric}{${MATCHERS}}`;
const EXPIRY = of("probe_ssl_earliest_cert_expiry");
const DAY = 86_400;

const certificate = (severity: "warning" | "critical", left: number, limit: number): Firing => ({
  severity,
  labels: SITE,
  summary: { fr: "Le certificat de site expire bientôt", en: "The certificate of site ends soon" },
  description: {
    fr:
      `Il reste ${left},5 jours au certificat de https://example.org/ (seuil : ${limit} jours pendant 5 minutes). Les clients refusent un certificat expiré : vérifiez son renouvellement.`,
    en:
      `The certificate of https://example.org/ is good for another ${left}.5 days (limit: ${limit} days for 5 minutes). Clients refuse one that has ended: check its renewal.`,
  },
});

const CASES: readonly AlertCase[] = [
  {
    alert: "ProbeFailed",
    series: { [of("probe_success")]: "0x20 1x20" },
    moments: [{
      at: "1m",
      firing: [{
        severity: "critical",
        labels: SITE,
        summary: { fr: "La sonde site échoue", en: "Probe site fails" },
        description: {
          fr:
            "La sonde http n'obtient pas la réponse attendue de https://example.org/ : service arrêté, réseau coupé ou réponse changée.",
          en:
            "The http probe does not get the expected answer from https://example.org/: service stopped, network cut or answer changed.",
        },
      }],
    }, { at: "5m15s", firing: [] }],
    quiet: [{ [of("probe_success")]: "1x40" }, { [of("probe_success")]: "0x2 1 0x2 1 0x2 1 0x2 1x20" }],
  },
  {
    alert: "ProbeSlow",
    series: { [of("probe_duration_seconds")]: "2.5x100", [of("probe_success")]: "1x70 0x30" },
    moments: [{
      at: "10m",
      firing: [{
        severity: "warning",
        labels: SITE,
        summary: { fr: "site répond lentement", en: "site answers slowly" },
        description: {
          fr:
            "https://example.org/ met 2,5s en moyenne à répondre à la sonde http (seuil : 2 secondes pendant 10 minutes) : service surchargé, ou réseau lent.",
          en:
            "https://example.org/ takes 2.5s on average to answer the http probe (limit: 2 seconds for 10 minutes): service overloaded, or network slow.",
        },
      }],
      // One that fails is told by ProbeFailed.
    }, { at: "17m45s", firing: [] }],
    quiet: [
      { [of("probe_duration_seconds")]: "2x100", [of("probe_success")]: "1x100" },
      // Slow now and then.
      { [of("probe_duration_seconds")]: "1x18 9 1x18 9 1x18 9 1x40", [of("probe_success")]: "1x100" },
    ],
  },
  {
    alert: "ProbeNotMade",
    series: { [of("up")]: "0x20 1x20", 'up{instance="blackbox",job="blackbox"}': "1x40" },
    moments: [{
      at: "2m",
      firing: [{
        severity: "warning",
        labels: SITE,
        summary: { fr: "La sonde site n'est plus faite", en: "Probe site is no longer made" },
        description: {
          fr:
            "Le blackbox exporter tourne mais ne rend pas de résultat pour https://example.org/ : sa configuration est peut-être plus ancienne que celle de Prometheus.",
          en:
            "The blackbox exporter runs but gives no result for https://example.org/: its configuration may be older than Prometheus's.",
        },
      }],
    }, { at: "5m15s", firing: [] }],
    quiet: [
      { [of("up")]: "0x20", 'up{instance="blackbox",job="blackbox"}': "0x20" },
      { [of("up")]: "1x20", 'up{instance="blackbox",job="blackbox"}': "1x20" },
    ],
  },
  {
    alert: "CertificateExpiring",
    // Renewed in the end.
    series: { [EXPIRY]: `${19.5 * DAY}x40 ${90 * DAY}x20` },
    moments: [{ at: "5m", firing: [certificate("warning", 19, 20)] }, { at: "10m15s", firing: [] }],
    quiet: [{ [EXPIRY]: `${20 * DAY + 615}x50` }],
  },
  {
    alert: "CertificateExpiring",
    series: { [EXPIRY]: `${2.5 * DAY}x40 ${90 * DAY}x20` },
    moments: [
      { at: "5m", firing: [certificate("warning", 2, 20), certificate("critical", 2, 3)] },
      { at: "10m15s", firing: [] },
    ],
  },
  {
    alert: "CertificateExpiring",
    // Just above what is critical.
    series: { [EXPIRY]: `${3.5 * DAY}x40` },
    moments: [{ at: "5m", firing: [certificate("warning", 3, 20)] }],
  },
  {
    alert: "CertificateExpiring",
    series: { [EXPIRY]: "0x40" },
    moments: [{
      at: "5m",
      firing: (["warning", "critical"] as const).map((severity) => ({
        severity,
        labels: SITE,
        summary: { fr: "Le certificat de site expire bientôt", en: "The certificate of site ends soon" },
        description: {
          fr:
            "Le certificat de https://example.org/ a expiré. Les clients refusent un certificat expiré : vérifiez son renouvellement.",
          en:
            "The certificate of https://example.org/ has ended. Clients refuse one that has ended: check its renewal.",
        },
      })),
    }],
  },
  {
    alert: "BlackboxReloadFailed",
    series: {
      'blackbox_exporter_config_last_reload_successful{instance="blackbox",job="blackbox"}': "0x40 1x20",
    },
    moments: [{
      at: "5m",
      firing: [{
        severity: "warning",
        labels: { instance: "blackbox", job: "blackbox" },
        summary: {
          fr: "Le blackbox exporter refuse sa configuration",
          en: "The blackbox exporter refuses its configuration",
        },
        description: {
          fr:
            "Il tourne encore avec l'ancienne et ne démarrerait plus : de nouvelles sondes ne sont pas faites. La cause est dans son journal : deno task logs blackbox",
          en:
            "It still runs with the old one and would not start again: new probes are not made. Its log says why: deno task logs blackbox",
        },
      }],
    }, { at: "10m15s", firing: [] }],
    quiet: [{
      'blackbox_exporter_config_last_reload_successful{instance="blackbox",job="blackbox"}': "1x60",
    }],
  },
];

testRules(probeRules, CASES);
