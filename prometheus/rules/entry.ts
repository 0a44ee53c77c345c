/** Alerts about the entry: whether people come in, and how long its certificate is still good. */

import { type AlertRule, atLeast, type RuleContext, type RuleFamily } from "./rule.ts";
import { DAYS, settableAlert } from "./settable_alert.ts";
import { VALUE } from "./words.ts";

const DASHBOARD = { uid: "vigie-stack", variables: [] };
// Caddy renews one when a third of its time is left: 10 days of the stack's own authority's 30, 30 of the usual 90.
const RENEWED_DAYS = 7;

/** A door that is shut, or will be. */
export const entryRules: RuleFamily = {
  name: "entry",
  needs: "entry",
  rules: (context) => [
    settableAlert(context, {
      alert: "EntryDown",
      severity: "critical",
      line: { for: context.thresholds.targetDownFor },
      expr: () => 'up{job="entry"} == 0',
      summary: { fr: "L'entrée ne répond plus", en: "The entry does not answer" },
      description: ({ since }) => ({
        fr:
          `Injoignable${since.fr} : personne n'atteint plus les tableaux de bord ni les liens des alertes ; les alertes elles-mêmes continuent de partir. Pourquoi : deno task doctor`,
        en:
          `Unreachable${since.en}: nobody reaches dashboards or the links of alerts any more; alerts themselves are still sent. To find out why: deno task doctor`,
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "EntryReloadFailed",
      severity: "warning",
      line: { for: "5m" },
      expr: () => 'caddy_config_last_reload_successful{job="entry"} == 0',
      summary: { fr: "L'entrée refuse sa configuration", en: "The entry refuses its configuration" },
      description: () => ({
        fr:
          "Elle fonctionne encore avec l'ancienne, certificat compris, et ne redémarrerait plus. La cause est dans son journal : deno task logs entry",
        en:
          "It still runs with the old one, certificate included, and would not start again. Its log says why: deno task logs entry",
      }),
      dashboard: DASHBOARD,
    }),
    certificate(context, {
      alert: "EntryCertificateExpiring",
      severity: "warning",
      job: "entry-tls-own",
      days: context.thresholds.certificateDays,
      what: {
        fr:
          "Renouvelez-le et remplacez les fichiers que nomme config.ts ; s'ils le sont déjà : deno task renew dit pourquoi l'entrée ne les a pas pris",
        en:
          "Renew it and replace the files that config.ts names; where that is done: deno task renew says why the entry has not taken them",
      },
    }),
    certificate(context, {
      alert: "EntryCertificateNotRenewed",
      severity: "critical",
      job: "entry-tls",
      days: RENEWED_DAYS,
      what: {
        fr: "Caddy aurait dû le renouveler. La cause est dans son journal : deno task logs entry",
        en: "Caddy should have renewed it. Its log says why: deno task logs entry",
      },
    }),
  ],
};

function certificate(
  context: RuleContext,
  { alert, severity, job, days, what }: {
    readonly alert: string;
    readonly severity: "warning" | "critical";
    readonly job: string;
    readonly days: number;
    readonly what: { readonly fr: string; readonly en: string };
  },
): AlertRule {
  return settableAlert(context, {
    alert,
    severity,
    needs: job,
    line: { threshold: days, for: atLeast("5m", context, 2) },
    unit: DAYS,
    expr: (limit) => `(probe_ssl_earliest_cert_expiry{job="${job}"} - time()) / 86400 < ${limit}`,
    summary: {
      fr: "Le certificat de l'entrée expire bientôt",
      en: "The entry's certificate ends soon",
    },
    description: ({ limit }) => ({
      fr:
        `{{ if gt $value 0.0 }}Il reste ${VALUE.fr} jours au certificat de {{ $labels.target }} (${limit.fr}) : après, les navigateurs refusent d'entrer.{{ else }}Le certificat de {{ $labels.target }} a expiré : les navigateurs refusent d'entrer.{{ end }} ${what.fr}`,
      en:
        `{{ if gt $value 0.0 }}The certificate of {{ $labels.target }} is good for another ${VALUE.en} days (${limit.en}): after that browsers refuse to enter.{{ else }}The certificate of {{ $labels.target }} has ended: browsers refuse to enter.{{ end }} ${what.en}`,
    }),
    dashboard: DASHBOARD,
  });
}
