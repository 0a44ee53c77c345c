/** Alerts about what is seen from outside: does the site answer, how fast, how long is its certificate still good. */

import { type AlertRule, type AlertSeverity, atLeast, type RuleContext, type RuleFamily } from "./rule.ts";
import { DAYS, SECONDS, settableAlert } from "./settable_alert.ts";
import { DURATION, VALUE } from "./words.ts";

const CERTIFICATE_CRITICAL_DAYS = 3;
const DASHBOARD = { uid: "vigie-probes", variables: ["instance"] };

/** Probes that fail, are slow or could not be made, certificates that end. */
export const probeRules: RuleFamily = {
  name: "probe",
  needs: "probe",
  rules: (context) => {
    const { certificateDays } = context.thresholds;
    return [
      ...probes(context),
      certificate(context, "warning", certificateDays),
      certificate(context, "critical", Math.min(CERTIFICATE_CRITICAL_DAYS, certificateDays)),
      reloadFailed(context),
    ];
  },
};

function probes(context: RuleContext): AlertRule[] {
  return [
    settableAlert(context, {
      alert: "ProbeFailed",
      severity: "critical",
      line: { for: atLeast("1m", context, 2) },
      expr: () => 'probe_success{job="probe"} == 0',
      summary: {
        fr: "La sonde {{ $labels.instance }} échoue",
        en: "Probe {{ $labels.instance }} fails",
      },
      description: () => ({
        fr:
          "La sonde {{ $labels.kind }} n'obtient pas la réponse attendue de {{ $labels.target }} : service arrêté, réseau coupé ou réponse changée.",
        en:
          "The {{ $labels.kind }} probe does not get the expected answer from {{ $labels.target }}: service stopped, network cut or answer changed.",
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "ProbeSlow",
      severity: "warning",
      line: { threshold: 2, for: "10m" },
      unit: SECONDS,
      // One that fails takes long, too: ProbeFailed says so.
      expr: (seconds) =>
        `avg_over_time(probe_duration_seconds{job="probe"}[${
          atLeast("5m", context)
        }]) > ${seconds} and probe_success{job="probe"} == 1`,
      summary: {
        fr: "{{ $labels.instance }} répond lentement",
        en: "{{ $labels.instance }} answers slowly",
      },
      description: ({ limit }) => ({
        fr:
          `{{ $labels.target }} met ${DURATION.fr} en moyenne à répondre à la sonde {{ $labels.kind }} (${limit.fr}) : service surchargé, ou réseau lent.`,
        en:
          `{{ $labels.target }} takes ${DURATION.en} on average to answer the {{ $labels.kind }} probe (${limit.en}): service overloaded, or network slow.`,
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "ProbeNotMade",
      severity: "warning",
      line: { for: atLeast("2m", context, 2) },
      // With the exporter itself down, TargetDown says so once instead of once for each probe.
      expr: () => 'up{job="probe"} == 0 unless on () up{job="blackbox"} == 0',
      summary: {
        fr: "La sonde {{ $labels.instance }} n'est plus faite",
        en: "Probe {{ $labels.instance }} is no longer made",
      },
      description: () => ({
        fr:
          "Le blackbox exporter tourne mais ne rend pas de résultat pour {{ $labels.target }} : sa configuration est peut-être plus ancienne que celle de Prometheus.",
        en:
          "The blackbox exporter runs but gives no result for {{ $labels.target }}: its configuration may be older than Prometheus's.",
      }),
      dashboard: DASHBOARD,
    }),
  ];
}

function certificate(context: RuleContext, severity: AlertSeverity, days: number): AlertRule {
  return settableAlert(context, {
    alert: "CertificateExpiring",
    severity,
    line: { threshold: days, for: atLeast("5m", context, 2) },
    unit: DAYS,
    expr: (limit) => `(probe_ssl_earliest_cert_expiry{job="probe"} - time()) / 86400 < ${limit}`,
    summary: {
      fr: "Le certificat de {{ $labels.instance }} expire bientôt",
      en: "The certificate of {{ $labels.instance }} ends soon",
    },
    description: ({ limit }) => ({
      fr:
        `{{ if gt $value 0.0 }}Il reste ${VALUE.fr} jours au certificat de {{ $labels.target }} (${limit.fr}).{{ else }}Le certificat de {{ $labels.target }} a expiré.{{ end }} Les clients refusent un certificat expiré : vérifiez son renouvellement.`,
      en:
        `{{ if gt $value 0.0 }}The certificate of {{ $labels.target }} is good for another ${VALUE.en} days (${limit.en}).{{ else }}The certificate of {{ $labels.target }} has ended.{{ end }} Clients refuse one that has ended: check its renewal.`,
    }),
    dashboard: DASHBOARD,
  });
}

function reloadFailed(context: RuleContext): AlertRule {
  return settableAlert(context, {
    alert: "BlackboxReloadFailed",
    severity: "warning",
    needs: "blackbox",
    line: { for: "5m" },
    expr: () => 'blackbox_exporter_config_last_reload_successful{job="blackbox"} == 0',
    summary: {
      fr: "Le blackbox exporter refuse sa configuration",
      en: "The blackbox exporter refuses its configuration",
    },
    description: () => ({
      fr:
        "Il tourne encore avec l'ancienne et ne démarrerait plus : de nouvelles sondes ne sont pas faites. La cause est dans son journal : deno task logs blackbox",
      en:
        "It still runs with the old one and would not start again: new probes are not made. Its log says why: deno task logs blackbox",
    }),
    dashboard: { uid: "vigie-stack", variables: [] },
  });
}
