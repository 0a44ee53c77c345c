/** Alerts about what is seen from outside: does the site answer, how long is its certificate still good. */

import { atLeast, type RuleFamily } from "./rule.ts";
import { decimal, promqlNumber, VALUE } from "./words.ts";

const CERTIFICATE_CRITICAL_DAYS = 3;

const daysLeft = '(probe_ssl_earliest_cert_expiry{job="probe"} - time()) / 86400';

/** Probes that fail, probes that could not be made, certificates that end. */
export const probeRules: RuleFamily = {
  name: "probe",
  needs: "probe",
  rules: (context) => {
    const warningDays = context.thresholds.certificateDays;
    const criticalDays = Math.min(CERTIFICATE_CRITICAL_DAYS, warningDays);
    const certificate = (days: number) => ({
      alert: "CertificateExpiring",
      expr: `${daysLeft} < ${promqlNumber(days)}`,
      for: atLeast("5m", context, 2),
      summary: {
        fr: "Le certificat de {{ $labels.instance }} expire bientôt",
        en: "The certificate of {{ $labels.instance }} ends soon",
      },
      description: {
        fr:
          `{{ if gt $value 0.0 }}Il reste ${VALUE.fr} jours au certificat de {{ $labels.target }} (seuil : ${
            decimal(days).fr
          } jours).{{ else }}Le certificat de {{ $labels.target }} a expiré.{{ end }} Les clients refusent un certificat expiré : vérifiez son renouvellement.`,
        en:
          `{{ if gt $value 0.0 }}The certificate of {{ $labels.target }} is good for another ${VALUE.en} days (limit: ${
            decimal(days).en
          } days).{{ else }}The certificate of {{ $labels.target }} has ended.{{ end }} Clients refuse one that has ended: check its renewal.`,
      },
    });
    return [
      {
        alert: "ProbeFailed",
        expr: 'probe_success{job="probe"} == 0',
        for: atLeast("1m", context, 2),
        severity: "critical",
        summary: {
          fr: "La sonde {{ $labels.instance }} échoue",
          en: "Probe {{ $labels.instance }} fails",
        },
        description: {
          fr:
            "La sonde {{ $labels.kind }} n'obtient pas la réponse attendue de {{ $labels.target }} : service arrêté, réseau coupé ou réponse changée.",
          en:
            "The {{ $labels.kind }} probe does not get the expected answer from {{ $labels.target }}: service stopped, network cut or answer changed.",
        },
      },
      {
        alert: "ProbeNotMade",
        // With the exporter itself down, TargetDown says so once instead of once for each probe.
        expr: 'up{job="probe"} == 0 unless on () up{job="blackbox"} == 0',
        for: atLeast("2m", context, 2),
        severity: "warning",
        summary: {
          fr: "La sonde {{ $labels.instance }} n'est plus faite",
          en: "Probe {{ $labels.instance }} is no longer made",
        },
        description: {
          fr:
            "Le blackbox exporter tourne mais ne rend pas de résultat pour {{ $labels.target }} : sa configuration est peut-être plus ancienne que celle de Prometheus.",
          en:
            "The blackbox exporter runs but gives no result for {{ $labels.target }}: its configuration may be older than Prometheus's.",
        },
      },
      { ...certificate(warningDays), severity: "warning" },
      { ...certificate(criticalDays), severity: "critical" },
    ];
  },
};
